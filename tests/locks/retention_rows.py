"""A disposal that waits, and a hold of a child, for the proof of the second lock: the information manager's alone."""

from collections.abc import Callable
from datetime import date

from sharing.models import Child, Disposal, DisposalLine, LegalHold
from tests.locks.switches import rows
from tests.people import as_batch


def plant_disposals(today: date) -> int:
    """The number of a disposal that waits for a second person."""
    with as_batch():
        disposal = Disposal.objects.create(as_of=today, state=Disposal.State.COUNTED, asked_by_id=0, asked_by_name="x")
        DisposalLine.objects.create(disposal=disposal, kind="child", counted=1)
        child = Child.objects.order_by("pk")[0]
        LegalHold.objects.create(child=child, reason="", placed_by_id=0, placed_by_name="x")
        return disposal.pk


def holes_in_retention(disposal: int, attempt: Callable[[str, Callable[[], object]], None]) -> None:
    """For somebody who is no information manager."""
    attempt("disposals", Disposal.objects.exists)
    attempt("lines of disposals", DisposalLine.objects.exists)
    attempt("holds", LegalHold.objects.exists)
    attempt("keys of children", lambda: rows("SELECT 1 FROM portal_keys.key LIMIT 1"))
    for name, done in (
        ("disposal asked for", "sharing_ask_disposal('x') IS NOT NULL"),
        ("disposal decided", f"sharing_decide_disposal({disposal}, true, 'x')"),
        ("hold placed", "sharing_place_hold('', 999002, 'x', NULL, 'x') IS NOT NULL"),
        ("hold lifted", "sharing_lift_hold((SELECT max(id) FROM sharing_legalhold), 'x')"),
    ):
        attempt(name, lambda done=done: rows(f"SELECT 1 WHERE {done}"))
