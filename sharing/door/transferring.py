"""The steps of a transfer (R7, R8): asserted by the sender or an officer, answered by the receiver, and the arrival.

The web application writes none of it: each step is a function of the database (sharing/sql/transfers.sql), which checks
again whether this person may take it, and answers with one of the words of REFUSED, or with "days".
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Visit, the_one, visit
from sharing.authorise.visits import NEEDED, NEEDED_ON_EDUNET
from sharing.cannot import CannotDo, check_unchanged, version_of
from sharing.crypto import blind_index, encrypt
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.door.pupils import pupils_here
from sharing.door.transfers import duties, find, stage_of
from sharing.grace import kept_until, lapses_on
from sharing.models import Enrolment, Establishment, Pupil, Transfer
from sharing.models.establishments import names_apart
from sharing.records.transfers import BeginPage, FromOutsidePage, LeavingPage, Stage, Stay
from sharing.signals import transfer_cancelled, transfer_declined
from sharing.statements import hold_lock, value_of
from sharing.upn import tidy_upn, upn_problem

REFUSED = {
    "on_roll": "The child is already on the receiving school’s register, so there is nothing to transfer.",
    "under_way": "A transfer of this child is already under way. Cancel that one first, or wait for its answer.",
    "nowhere": "Choose an open establishment of the community, other than the child’s own.",
    "moved_on": "This transfer has moved on in the meantime. Look at it again.",
    "no_such": "Nothing can be recorded for this UPN. Check it, or ask the information manager.",
    "another": "Your record with this UPN has another surname and birth date. Decline, and ask Admissions whose it is.",
    "own": "You started this transfer, so somebody else at the receiving school, or another officer, has to answer.",
    "not_yours": "You cannot take this step here.",
}
# The database answers "days" for any day that does not fit: these say which do, by the field of the form.
DAYS = {
    "expected_on": "Choose an expected day from today to a year ahead.",
    "on": "Choose the day the child came: today or earlier, but at most 60 days before you accepted the child. It "
    "cannot be a day on which they were already here.",
    "last_day": "Choose a last day from the child’s first day on your register to a year ahead.",
}


class CannotTransfer(CannotDo):
    """The step of the transfer cannot be taken as asked."""


def show_beginning(asker: Asker, urn: int, pupil_id: UUID) -> BeginPage:
    """A child on roll today, and the establishments of the community to which the child may go."""
    with _keeping(asker, urn, "show_beginning") as here:
        pupil = _on_roll(here, pupil_id)
        places = _open_places(here.today).exclude(pk=here.establishment.pk)
        here.showed(pupils=[pupil.pk])
        return BeginPage(
            here.here,
            pupil.pk,
            f"{pupil.forename} {pupil.surname}",
            tuple(names_apart(places).items()),
            settings.TRANSFER_LAPSE_SCHOOL_DAYS,
            here.why,
        )


def begin_transfer(asker: Asker, urn: int, pupil_id: UUID, *, to: int, expected_on: date) -> None:
    """Record, as the sender, that a child is going to the establishment with URN `to` (R7). Raises CannotTransfer."""
    with _keeping(asker, urn, "begin_transfer") as here:
        pupil = _on_roll(here, pupil_id)
        receiver = _open_places(here.today).filter(urn=to).first()
        if receiver is None:
            raise CannotTransfer(REFUSED["nowhere"], "to")
        _step(
            "SELECT sharing_assert_transfer(%s, %s::uuid, %s, %s, %s)",
            receiver.pk, str(pupil.pk), expected_on, lapses_on(expected_on), asker.name,
            fields={"nowhere": "to", "days": "expected_on"},
        )  # fmt: skip
        here.changed(pupils=[pupil.pk], to=to, expected_on=expected_on)


def show_from_outside(asker: Asker) -> FromOutsidePage:
    """The establishments for which an officer may announce a child from outside the community."""
    with visit(asker, Permission.KEEP_RECORDS, action="show_from_outside") as here:
        mine = duties(here) & here.holdings.at(Permission.VIEW_PUPILS)
        places = _open_places(here.today).filter(pk__in=mine)
        here.showed(establishments=len(places))
        return FromOutsidePage(tuple(names_apart(places).items()), here.why_anywhere())


def tell_from_outside(asker: Asker, *, to: int, expected_on: date, upn: str = "", **facts: Any) -> None:
    """Announce a child from outside, as an officer (R7).

    `facts`: forename, surname, born_on, sex, year_group, from_name. Raises CannotTransfer, also for an impossible UPN.
    """
    if upn and (problem := upn_problem(upn)):
        raise CannotTransfer(problem, "upn")
    upn = tidy_upn(upn)
    with _keeping(asker, to, "tell_from_outside") as here:
        told = json.dumps(facts | {"upn_index": blind_index(upn) if upn else ""}, default=str)
        sealed = encrypt(upn, column="sharing_transfer.upn") if upn else None
        _step(
            "SELECT sharing_assert_from_outside(%s, %s, %s, %s, %s, %s)",
            here.establishment.pk, told, sealed, expected_on, lapses_on(expected_on), asker.name,
            fields={"on_roll": "to", "nowhere": "to", "days": "expected_on", "no_such": "upn"},
        )  # fmt: skip
        here.changed(children=1, expected_on=expected_on)


def accept_transfer(asker: Asker, urn: int, transfer_id: int) -> UUID:
    """Accept, as the receiver (R7): from now on it has a record of its own, and sees it. Returns that record's id.

    A second click finds that the same person has accepted it, and changes nothing. Raises CannotTransfer.
    """
    with _keeping(asker, urn, "accept_transfer") as here:
        row = find(here, transfer_id)
        sealed = encrypt(str(row.upn), column="sharing_pupil.upn") if row.upn else None
        accepted = {"answered_by_name": asker.name}
        step = "SELECT sharing_accept_transfer(%s, %s, %s)", transfer_id, sealed, asker.name
        if _is_taken_now(here, row, Stage.AGREED, accepted, *step):
            row.refresh_from_db(fields=["pupil"])
            here.changed(transfers=[transfer_id], pupils=[row.pupil_id])
        assert row.pupil_id is not None
        return row.pupil_id


def decline_transfer(asker: Asker, urn: int, transfer_id: int, *, because: str) -> None:
    """Decline, as the receiver, with a reason, which is kept encrypted. Raises CannotTransfer."""
    with _keeping(asker, urn, "decline_transfer") as here:
        row = find(here, transfer_id)
        sealed = encrypt(because, column="sharing_transfer.declined_because")
        _step("SELECT sharing_decline_transfer(%s, %s, %s)", transfer_id, sealed, asker.name)
        here.changed(transfers=[transfer_id])
        transfer_declined.send(sender=Visit, transfer=row)


def cancel_transfer(asker: Asker, urn: int, transfer_id: int) -> None:
    """Call it off before the arrival, as the sender or an officer; the receiver then no longer sees the child."""
    with _keeping(asker, urn, "cancel_transfer") as here:
        row = find(here, transfer_id)
        step = "SELECT sharing_cancel_transfer(%s, %s)", transfer_id, asker.name
        if _is_taken_now(here, row, Stage.CANCELLED, {"cancelled_by_name": asker.name}, *step):
            here.changed(transfers=[transfer_id])
            transfer_cancelled.send(sender=Visit, transfer=row)


def say_arrived(asker: Asker, urn: int, transfer_id: int, *, on: date, kind: str) -> None:
    """Record that the child arrived on that day and is on roll here from then on. Raises CannotTransfer.

    An only registration elsewhere ends the day before. The sender sees the record as long as the file has to be sent
    (R8).
    """
    with _keeping(asker, urn, "say_arrived") as here:
        row = find(here, transfer_id)
        keeps = kept_until(date.fromordinal(on.toordinal() - 1))
        step = "SELECT sharing_arrive(%s, %s, %s, %s)", transfer_id, on, kind, keeps
        if _is_taken_now(here, row, Stage.ARRIVED, {"arrived_on": on}, *step, fields={"days": "on"}):
            here.changed(transfers=[transfer_id], on=on)


def show_leaving(asker: Asker, urn: int, pupil_id: UUID) -> LeavingPage:
    """Today's enrolment of a child whose leaving may be recorded."""
    with _keeping(asker, urn, "show_leaving") as here:
        pupil = _on_roll(here, pupil_id)
        stay = _stay(pupil, here.today)
        files = list(pupil.departures.agreed(here.today).values_list("file_sent_at", flat=True))
        here.showed(pupils=[pupil.pk])
        names = ("starts_on", "ends_on", "leaving_reason", "destination", "file_until")
        facts = {name: getattr(stay, name) for name in names}
        return LeavingPage(
            here.here,
            pupil.pk,
            f"{pupil.forename} {pupil.surname}",
            Stay(stay.pk, stay.get_kind_display(), **facts),
            settings.CTF_GRACE_SCHOOL_DAYS,
            is_agreed_elsewhere=bool(files),
            file_is_made=None not in files if files else stay.file_made_on is not None,
            version=version_of(*_facts(stay)),
            why=here.why,
        )


def end_enrolment(
    asker: Asker, urn: int, pupil_id: UUID, *, last_day: date, reason: str, destination: str = "",
    outside: bool = False, version: str | None = None,
) -> None:  # fmt: skip
    """Record that a child has left or will: `last_day` is the last one on the register. `outside`: the transfer file
    has to be sent to a school outside the community, and the record is seen for that (R8). If the child has died, its
    transfers are called off.

    `version`: of what the form showed. Raises CannotTransfer, and ChangedMeanwhile unless the same is recorded already.
    """
    with _keeping(asker, urn, "end_enrolment") as here:
        pupil, stay = _leaving(here, pupil_id)
        keeps = kept_until(last_day)
        is_recorded = _facts(stay) == (stay.pk, last_day, reason, destination, keeps if outside else None)  # sent twice
        if not is_recorded:
            check_unchanged(version, *_facts(stay), message=_meanwhile(stay))
        called_off = _call_off(here, pupil) if reason == codes.DIED else []
        if is_recorded and not called_off:
            here.showed(pupils=[pupil.pk])
            return
        _step(
            "SELECT sharing_end_enrolment(%s, %s, %s, %s, %s, %s)",
            stay.pk, last_day, reason, destination, keeps, outside,
            fields={"days": "last_day"},
        )  # fmt: skip
        seen = {"seen_until": keeps} if outside else {}
        here.changed(pupils=[pupil.pk], last_day=last_day, **seen, **({"transfers": called_off} if called_off else {}))


def _call_off(here: Visit, pupil: Pupil) -> list[int]:
    """Call off the transfers from here of a child who has died, so that nobody is asked where the child is."""
    under_way = list(Transfer.objects.leaving_from([here.establishment.pk]).filter(leaving=pupil).under_way(here.today))
    for row in under_way:
        _step("SELECT sharing_cancel_transfer(%s, %s)", row.pk, here.asker.name)
        transfer_cancelled.send(sender=Visit, transfer=row)
    return [row.pk for row in under_way]


def take_back_leaving(asker: Asker, urn: int, pupil_id: UUID, *, version: str | None = None) -> None:
    """Take back the last day until it has passed: the child stays after all. Without one, nothing changes.

    `version`: of what the page showed. Raises CannotTransfer and ChangedMeanwhile.
    """
    with _keeping(asker, urn, "take_back_leaving") as here:
        pupil, stay = _leaving(here, pupil_id)
        if stay.ends_on is None:
            here.showed(pupils=[pupil.pk])
            return
        check_unchanged(version, *_facts(stay), message=_meanwhile(stay))
        _step("SELECT sharing_end_enrolment(%s, NULL, '', '', NULL, false)", stay.pk)
        here.changed(pupils=[pupil.pk], last_day=None, before=stay.ends_on)


@contextmanager
def _keeping(asker: Asker, urn: int, action: str) -> Iterator[Visit]:
    """A visit by somebody who keeps records here and sees the pupils: an officer needs a duty for each of these."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action=action) as here:
        if not here.holdings.holds(Permission.VIEW_PUPILS, here.establishment.pk):
            needed = NEEDED_ON_EDUNET if asker.through == "edunet" else NEEDED
            raise NotAtYourLevel(needed[Permission.VIEW_PUPILS])
        yield here


def _on_roll(here: Visit, pupil_id: UUID) -> Pupil:
    """The child, if on roll here today and not only coming."""
    pupil = pupils_here(here).for_a_list(here.today).filter(pk=pupil_id).first()
    if pupil is None or not pupil.is_enrolled:
        raise NoSuchRecord
    return pupil


def _stay(pupil: Pupil, today: date) -> Enrolment:
    """The enrolment of a child on roll. Raises NoSuchRecord where somebody has just recorded that the child left."""
    return the_one(pupil.enrolments.filter(covers(today), cancelled_at=None).order_by("-starts_on"))


def _leaving(here: Visit, pupil_id: UUID) -> tuple[Pupil, Enrolment]:
    """The child and the enrolment of today, whose last day nobody else changes until this visit ends."""
    hold_lock(f"leaving {pupil_id}")
    pupil = _on_roll(here, pupil_id)
    return pupil, _stay(pupil, here.today)


def _facts(stay: Enrolment) -> tuple[object, ...]:
    """What a form about the last day shows."""
    return stay.pk, stay.ends_on, stay.leaving_reason, stay.destination, stay.file_until


def _meanwhile(stay: Enrolment) -> str:
    now = f"The last day is {day_in_words(stay.ends_on)}" if stay.ends_on else "No last day is recorded"
    return f"Somebody changed this while you had the page open. {now} now. Save yours if it is still right."


def _open_places(today: date) -> QuerySet[Establishment]:
    """The establishments of the community, including any that excluded themselves, as the law moves children (R17)."""
    return Establishment.objects.of_the_community().not_closed_on(today).by_name()


def _is_taken_now(
    here: Visit, row: Transfer, stage: Stage, so: Mapping[str, object], statement: str, *params: Any,
    fields: dict[str, str] | None = None,
) -> bool:  # fmt: skip
    """Take a step that leads to `stage`, and return whether this call took it. Raises CannotTransfer.

    False where a first click took it in the same way (`so`), even at the same moment: then nothing is changed.
    """
    try:
        _step(statement, *params, fields=fields)
    except CannotTransfer as refused:
        try:
            row.refresh_from_db()
        except Transfer.DoesNotExist:  # declined, called off or ended in the same moment
            raise refused from None
        if stage_of(row, here.today) != stage or any(getattr(row, name) != value for name, value in so.items()):
            raise
        here.showed(transfers=[row.pk])
        return False
    return True


def _step(statement: str, *params: Any, fields: dict[str, str] | None = None) -> None:
    """Take one step in the database. Raises CannotTransfer with the reason in words."""
    if refused := value_of(statement, *params):
        field = (fields or {}).get(refused)
        raise CannotTransfer(DAYS[field] if field and refused == "days" else REFUSED[refused], field)
