"""A waiting disposal, a hold of a child and requests for records, for the proof of the second lock."""

from dataclasses import dataclass
from datetime import date, timedelta

from sharing.models import Child, Disposal, DisposalLine, LegalHold, Pupil, SubjectRequest
from tests.locks.attempts import Attempt
from tests.locks.switches import rows
from tests.people import as_batch


@dataclass(frozen=True)
class Waiting:
    """A disposal that waits for a second person, the pupil whose records are asked for, and those requests."""

    disposal: int
    of: Pupil
    requests: list[int]


def plant_disposals(today: date) -> Waiting:
    with as_batch():
        disposal = Disposal.objects.create(as_of=today, state=Disposal.State.COUNTED, asked_by_id=0, asked_by_name="x")
        DisposalLine.objects.create(disposal=disposal, kind="child", counted=1)
        child = Child.objects.order_by("pk")[0]
        LegalHold.objects.create(child=child, reason="", placed_by_id=0, placed_by_name="x")
        # At a school whose head is not among those who try.
        pupil = Pupil.objects.filter(establishment__urn=999003, visible__covers=today).order_by("pk")[0]
        requests = [
            SubjectRequest.objects.create(
                child_id=pupil.child_id, establishment_id=pupil.establishment_id, through=through, asks="parent",
                identity="photo", received_on=today, due_on=today + timedelta(days=30), recorded_by_id=0,
                recorded_by_name="x",
            ).pk
            for through in ("edunet", "schools_online")
        ]  # fmt: skip
        return Waiting(disposal.pk, pupil, requests)


def holes_in_retention(waiting: Waiting, attempt: Attempt) -> None:
    """Attempts of somebody who is neither an information manager nor the head of 999003."""
    attempt("requests for records", SubjectRequest.objects.exists)
    attempt("disposals", Disposal.objects.exists)
    attempt("lines of disposals", DisposalLine.objects.exists)
    attempt("holds", LegalHold.objects.exists)
    attempt("keys of children", lambda: rows("SELECT 1 FROM portal_keys.key LIMIT 1"))
    for name, done in (
        ("disposal asked for", "sharing_ask_disposal('x') IS NOT NULL"),
        ("disposal decided", f"sharing_decide_disposal({waiting.disposal}, true, 'x')"),
        ("hold placed", "sharing_place_hold('', 999002, 'x', NULL, 'x') IS NOT NULL"),
        (
            "request for records recorded",
            f"sharing_record_subject_request('{waiting.of.upn_index}', NULL, NULL, NULL, "
            f"{waiting.of.establishment_id}, 'parent', 'x', 'photo', CURRENT_DATE, 'x') IS NOT NULL",
        ),
        (
            "request for records settled",
            f"EXISTS (SELECT FROM unnest(ARRAY{waiting.requests}::bigint[]) AS id "
            "WHERE sharing_settle_subject_request(id, 'answered', NULL, 'x'))",
        ),
        ("hold lifted", "sharing_lift_hold((SELECT max(id) FROM sharing_legalhold), 'x')"),
    ):
        attempt(name, lambda done=done: rows(f"SELECT 1 WHERE {done}"))
