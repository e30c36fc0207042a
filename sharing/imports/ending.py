"""Ending the records and register of a closed establishment that has no clear successor (R5, R44).

`import_gias` names such establishments, after a merger for example. Until a person has decided, its people can still
see what they saw before.
"""

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from sharing.dates import covers
from sharing.days import day_in_words
from sharing.downloads import keeping
from sharing.grace import give_grace
from sharing.imports.carried_pupils import departing, hold_people
from sharing.imports.succession import Links
from sharing.ledger import ledger
from sharing.models import (
    Enrolment,
    Establishment,
    LocalityMembership,
    LocalityMove,
    OwnGroup,
    Participation,
    StaffContract,
    StaffMember,
    Transfer,
)
from sharing.models.establishments import CENTRE_CLOSED, CLOSED, Kind
from sharing.roles import BATCH, acting_as
from sharing.signals import community_changed, establishment_ended
from sharing.statements import value_of

DEPARTMENT = "Education Department"


class CannotEnd(Exception):
    """The establishment is not closed, or not in the portal; the message says which."""


def end_establishment(urn: int, *, by: str, today: date, is_trial: bool = False) -> str:
    """End what is in force at the establishment on its last day, and its register at once. Returns a sentence with its
    name and what was ended.

    A trial is rolled back, so its sentence says what would happen. Raises CannotEnd.
    """
    place = Establishment.with_urn(urn)
    if place is None:
        raise CannotEnd(f"There is no establishment with the URN {urn} here.")
    last_day = place.close_date
    if place.status_code != CLOSED or last_day is None or last_day >= today:
        raise CannotEnd(
            f"{place.name} is not closed. Bring in the newest file of GIAS first, or close a children’s centre on "
            "EduNet."
        )
    with acting_as(BATCH), ledger.written_last(), transaction.atomic():
        Establishment.objects.select_for_update(no_key=True).get(pk=place.pk)  # as an appeal or a move does
        hold_people(place)
        nowhere = _on_no_other_roll(place, last_day, today)
        children, staff = _end_stays(place, last_day), _end_staff(place, last_day)
        coming = _call_off_those_coming(place, by, today)
        _leave_who_came_after(place, today)
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
            ledger.changed(action="end_establishment", urn=urn, about=about)
    which = ", ".join(part for part in (place.name, place.town) if part)
    numbers = f"{children} enrolments, {staff} members of staff and {lines} lines of the register"
    told = [f"{which}, closed on {day_in_words(last_day)}: {numbers}."]
    if nowhere:
        told.append(f"Children whom no other register has today: {nowhere}. Bring in the return of their next school.")
    if coming:
        told.append(f"Children said to be coming, whom nobody expects any more: {coming}. Tell Admissions.")
    return " ".join(told)


def end_closed_centres(today: date) -> Iterator[str]:
    """End children's centres whose last day, set by an officer (sharing.door.community), is over. As portal_batch."""
    over = Establishment.objects.filter(kind=Kind.CHILDRENS_CENTRE, close_date__lt=today).exclude(status_code=CLOSED)
    # Locked by their number, as a panel does, and left out if an officer has just opened them again.
    for place in over.select_for_update(no_key=True).order_by("pk"):
        Establishment.objects.filter(pk=place.pk).update(status_code=CLOSED, status_name="Closed")
        part = Participation.objects.filter(covers(today), establishment=place, starts_on__lte=place.close_date)
        ended = part.update(ends_on=place.close_date, ended_because=CENTRE_CLOSED)
        about = {"last_day": place.close_date, "took_part": bool(ended)}
        ledger.changed(action="shut_centre", urn=place.urn, about=about)
        yield end_establishment(place.urn, by=DEPARTMENT, today=today)


def _end_stretches(place: Establishment, by: str, last_day: date) -> None:
    """Remove stretches of taking part (after suspension) and of a Locality (by a planned move) that have not begun."""
    for stretches in (Participation, LocalityMembership):
        stretches._default_manager.filter(establishment=place, starts_on__gt=last_day).delete()
    LocalityMembership.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)
    planned = LocalityMove.objects.filter(establishment=place, on__gt=last_day, taken_back_at=None)
    planned.update(taken_back_at=timezone.now(), taken_back_by_name=by)


def _end_stays(place: Establishment, last_day: date) -> int:
    stays = Enrolment.objects.filter(establishment=place, cancelled_at=None).exclude(ends_on__lte=last_day)
    to_come = stays.filter(starts_on__gt=last_day).update(cancelled_at=timezone.now())
    return stays.filter(starts_on__lte=last_day).update(ends_on=last_day) + to_come


def _on_no_other_roll(place: Establishment, last_day: date, today: date) -> int:
    """The number of children whose stay will end and who will then be children missing education (R9)."""
    stays = Enrolment.objects.filter(cancelled_at=None).annotate(child_too=_child("pupil"))
    ending = stays.filter(establishment=place).exclude(ends_on__lte=last_day)
    elsewhere = stays.filter(covers(today)).exclude(establishment=place).values("child_too")
    return ending.exclude(child_too__in=elsewhere).values("child_too").distinct().count()


def _leave_who_came_after(place: Establishment, today: date) -> None:
    """Make a later school the sender of transfers from the closed one, for children on the later school's roll.

    GIAS must link that school as coming after this one; it can then call the transfer off, and sends the file (R7, R8),
    as a school that carries on does (carried_pupils). Children on their way to that same school are left as they are.
    """
    links = Links.stored()
    after = links.followers[place.urn] | links.merged[place.urn]
    stays = Enrolment.objects.filter(covers(today), establishment__urn__in=after, cancelled_at=None)
    there = {stay.child_too: stay.pupil for stay in stays.annotate(child_too=_child("pupil")).select_related("pupil")}
    going = departing(place, today).exclude(leaving=None).annotate(child_too=_child("leaving"))
    for transfer in list(going):
        record = there.get(transfer.child_too)
        if record and record.establishment_id != transfer.establishment_id:
            Transfer.objects.filter(pk=transfer.pk).update(from_establishment=record.establishment_id, leaving=record)


def _child(record: str) -> Coalesce:
    """An expression for the child whose record it is, by whichever of their UPNs."""
    return Coalesce(f"{record}__child__same_as", f"{record}__child")


def _end_staff(place: Establishment, last_day: date) -> int:
    """End everyone in post, and answer how many. People who were still to start are included, and so never are in post;
    contracts that were still to begin are deleted.
    """
    StaffContract.objects.filter(establishment=place, starts_on__gt=last_day).delete()
    StaffContract.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)
    return StaffMember.objects.filter(establishment=place).exclude(ends_on__lte=last_day).update(ends_on=last_day)


def _call_off_those_coming(place: Establishment, by: str, today: date) -> int:
    """Call off the transfers of children said to be coming, and answer how many. What their files brought here is
    forgotten, as for any child who does not come.
    """
    coming = list(Transfer.objects.under_way(today).filter(establishment=place))
    called_off = {"cancelled_at": timezone.now(), "cancelled_by_name": by}
    Transfer.objects.filter(pk__in=[one.pk for one in coming]).update(**called_off)
    for one in coming:
        value_of("SELECT sharing_forget_copy(%s)", one.pupil_id)
    return len(coming)
