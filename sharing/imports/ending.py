"""A closed establishment that nobody carries on for by itself: its records and its register end (R5, R44).

`import_gias` names those, as after a merger. Until a person has decided, its people read on what they read before.
"""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from sharing import ledger
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.downloads import keeping
from sharing.grace import give_grace
from sharing.imports.succession import CENTRE_CLOSED, CLOSED
from sharing.models import (
    Enrolment,
    Establishment,
    LedgerEntry,
    LocalityMembership,
    LocalityMove,
    OwnGroup,
    Participation,
    StaffContract,
    StaffMember,
    Transfer,
)
from sharing.models.establishments import Kind
from sharing.roles import BATCH, acting_as
from sharing.signals import community_changed, establishment_ended

DEPARTMENT = "Education Department"


class CannotEnd(Exception):
    """It is not closed, or not here; the words say so."""


def end_establishment(urn: int, *, by: str, today: date, is_trial: bool = False) -> str:
    """End what goes on at it, on its last day, and its register at once. Answers which it is, and what was ended.

    A trial takes it back, so what it answers is what will happen. Raises CannotEnd.
    """
    place = Establishment.with_urn(urn)
    if place is None:
        raise CannotEnd(f"There is no establishment with the URN {urn} here.")
    last_day = place.close_date
    if place.status_code != CLOSED or last_day is None or last_day >= today:
        raise CannotEnd(f"{place.name} is not closed. Bring in the newest file of GIAS first.")
    with acting_as(BATCH), ledger.written_last(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sharing_pupil'))")
        children, staff = _end_stays(place, last_day), _end_staff(place, last_day)
        _call_off_those_coming(place, by, today)
        _end_stretches(place, by, last_day)
        keeping.lapse_at(place.pk)
        OwnGroup.objects.of(place.pk).in_use().update(archived_at=timezone.now())
        give_grace()
        answers = establishment_ended.send(sender=Establishment, establishment=place, today=today, by=by)
        lines = sum(int(number or 0) for _, number in answers)
        community_changed.send(sender=Establishment, today=today)
        if is_trial:
            transaction.set_rollback(True)
        elif children or staff or lines:
            about = {"children": children, "members": staff, "lines": lines, "by": by}
            changed = LedgerEntry.Outcome.CHANGED
            ledger.write(None, action="end_establishment", outcome=changed, urn=urn, about=about)
    which = ", ".join(part for part in (place.name, place.town) if part)
    numbers = f"{children} enrolments, {staff} members of staff and {lines} lines of the register"
    return f"{which}, closed on {day_in_words(last_day)}: {numbers}."


def end_closed_centres(today: date) -> Iterator[str]:
    """Children's centres whose last day is over, as an officer has said (sharing.door.community). As portal_batch."""
    centres = Establishment.objects.filter(kind=Kind.CHILDRENS_CENTRE, close_date__lt=today)
    for place in centres.exclude(status_code=CLOSED).by_name():
        Establishment.objects.filter(pk=place.pk).update(status_code=CLOSED, status_name="Closed")
        part = Participation.objects.filter(covers(today), establishment=place, starts_on__lte=place.close_date)
        part.update(ends_on=place.close_date, ended_because=CENTRE_CLOSED)
        yield end_establishment(place.urn, by=DEPARTMENT, today=today)


def _end_stretches(place: Establishment, by: str, last_day: date) -> None:
    """None of taking part, as after a suspension, and none of a Locality, as by a planned move, begins any more."""
    for stretches in (Participation, LocalityMembership):
        stretches._default_manager.filter(establishment=place, starts_on__gt=last_day).delete()
    LocalityMembership.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)
    planned = LocalityMove.objects.filter(establishment=place, on__gt=last_day, taken_back_at=None)
    planned.update(taken_back_at=timezone.now(), taken_back_by_name=by)


def _end_stays(place: Establishment, last_day: date) -> int:
    stays = Enrolment.objects.filter(establishment=place, cancelled_at=None).exclude(ends_on__lte=last_day)
    to_come = stays.filter(starts_on__gt=last_day).update(cancelled_at=timezone.now())
    return stays.filter(starts_on__lte=last_day).update(ends_on=last_day) + to_come


def _end_staff(place: Establishment, last_day: date) -> int:
    """Of who was to come later too, who so is never in post. What was to begin later for the others never does."""
    StaffContract.objects.filter(establishment=place, starts_on__gt=last_day).delete()
    StaffContract.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)
    return StaffMember.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)


def _call_off_those_coming(place: Establishment, by: str, today: date) -> None:
    """Of children said to be coming to it. What their files carried there is forgotten, as of any who stay away."""
    coming = list(Transfer.objects.under_way(today).filter(establishment=place))
    called_off = {"cancelled_at": timezone.now(), "cancelled_by_name": by}
    Transfer.objects.filter(pk__in=[one.pk for one in coming]).update(**called_off)
    with connection.cursor() as cursor:
        for one in coming:
            cursor.execute("SELECT sharing_forget_copy(%s::uuid)", [one.pupil_id and str(one.pupil_id)])
