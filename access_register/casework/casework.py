"""Casework: a duty for children named individually, wherever they are on roll (R9, P3).

The information manager names each child exactly, by UPN or by full name and date of birth, and sees no record by doing
so. The duty opens those children to the officer, without the kinds of data that it leaves out, and nothing else of any
establishment: no list, no count. On these pages a child is known by its reference, C-12, which the officer sees too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from access_register import grants
from access_register.models import Duty
from access_register.officers import keeping
from access_register.officers.duty_words import duty_record
from access_register.officers.functions import FUNCTION
from access_register.officers.officers import (
    WAITS,
    appointment_of,
    check_days,
    confirmed_from,
    duty_to_change,
    not_oneself,
)
from access_register.officers.records import CaseRecord, CaseworkPage
from access_register.register.rules import CannotChange
from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, the_one
from sharing.door import Exactly
from sharing.door.glass import USE_THE_UPN, looked_for
from sharing.models import NamedChild, Pupil
from sharing.statements import value_of

MOST_CHILDREN = 200
NO_SUCH_CHILD = (
    "There is no such child at an establishment of the community today, or more than one. Check the spelling and the "
    "date of birth, or type only the UPN."
)


@dataclass(frozen=True)
class NewCasework:
    """What an information manager enters for a casework duty. `withheld`: kinds of data that it leaves out."""

    withheld: Collection[str]
    function: str
    reason: str
    starts_on: date
    ends_on: date


def give_casework(asker: Asker, appointment_id: int, *, duty: NewCasework) -> int:
    """Record a casework duty. It opens nothing until a child is named. Returns its id; sent twice, that of the first.
    Raises CannotChange."""
    with keeping.duties(asker, "give_casework") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        if appointment.awaits_second:
            raise CannotChange(WAITS)
        if duty.function not in FUNCTION:
            raise CannotChange("Choose the statutory function.", "function")
        check_days(duty.starts_on, duty.ends_on, here.today)
        facts = {
            "data": Duty.Data.PUPILS, "is_casework": True, "withheld": sorted(duty.withheld),
            "function": duty.function, "reason": duty.reason, "starts_on": duty.starts_on, "ends_on": duty.ends_on,
        }  # fmt: skip
        known = appointment.duties.filter(**facts, ended_at=None).first()
        if known:
            here.showed(appointment=appointment.pk, duty=known.pk)
            return known.pk
        given = appointment.duties.create(
            **facts, confirmed_until=confirmed_from(duty.starts_on, here.today), recorded_by_name=asker.name
        )
        here.changed(appointment=appointment.pk, person=appointment.person_id, duty=given.pk, function=duty.function)
        return given.pk


def show_casework(asker: Asker, appointment_id: int, duty_id: int) -> CaseworkPage:
    """The children named for a duty. A name is shown only if the information manager may see that record too."""
    with keeping.duties(asker, "show_casework") as here:
        appointment = appointment_of(here, appointment_id)
        current = appointment.duties.filter(is_casework=True, ended_at=None, ends_on__gte=here.today)
        duty = the_one(current.filter(pk=duty_id))
        named = list(NamedChild.objects.of_source(f"duty:{duty.pk}").not_ended().order_by("pk"))
        seen = _seen(named, here)
        names = {pupil.child_id: f"{pupil.forename} {pupil.surname}" for pupil in seen}
        cases = tuple(
            CaseRecord(row.pk, names.get(row.child_id, ""), row.named_by_name, row.named_at, row.head_barred)
            for row in named
        )
        here.tells_the_head = not any(row.head_barred for row in named)
        here.showed(duty=duty.pk, children=len(cases), pupils=[pupil.pk for pupil in seen])
        is_me = appointment.person_id == asker.person_id
        return CaseworkPage(
            appointment.pk, appointment.person.name, is_me, duty_record(duty, here.today), cases, here.why_anywhere()
        )


def name_child(asker: Asker, appointment_id: int, duty_id: int, *, child: Exactly, head_barred: bool) -> int:
    """Name a child for the duty: the record opens at once, or on its first day. Returns the reference's number.

    Raises CannotChange.
    """
    check_is_one(asker, child)
    with keeping.duties(asker, "name_child") as here:
        duty = _casework(here, appointment_id, duty_id)
        named = NamedChild.objects.of_source(f"duty:{duty.pk}").not_ended()
        child_id = which_child(child)
        if child_id is None:
            raise CannotChange(NO_SUCH_CHILD)
        if named.filter(child=child_id).exists():
            raise CannotChange("This child is already named for this casework.")
        if named.count() >= MOST_CHILDREN:
            raise CannotChange(f"A casework duty is for {MOST_CHILDREN} children at most. Record another.")
        starts_on, ends_on = grants.days_of_duty(duty)
        made = NamedChild.objects.create(
            child_id=child_id, person_id=duty.appointment.person_id, person_name=duty.appointment.person.name,
            through=Through.EDUNET.value, withheld=duty.withheld, source=f"duty:{duty.pk}",
            reason=grants.reason_of_casework(duty), head_barred=head_barred, starts_on=starts_on, ends_on=ends_on,
            named_by_name=asker.name,
        )  # fmt: skip
        here.changed(duty=duty.pk, person=duty.appointment.person_id, named_child=made.pk, head_barred=head_barred)
        return made.pk


def take_child_out(asker: Asker, appointment_id: int, duty_id: int, named_id: int) -> None:
    """Close the child to the officer, from their next request on (R44). A second time changes nothing."""
    with keeping.duties(asker, "take_child_out") as here:
        duty = _casework(here, appointment_id, duty_id)
        named = NamedChild.objects.of_source(f"duty:{duty.pk}").filter(pk=named_id)
        if named.not_ended().update(ended_at=timezone.now()):
            here.changed(duty=duty.pk, person=duty.appointment.person_id, named_child=named_id)
            return
        if not named.exists():
            raise NoSuchRecord
        here.showed(duty=duty.pk, named_child=named_id)


def check_is_one(asker: Asker, child: Exactly) -> None:
    """Check that there is exactly one such child. It is a visit of its own, so that a search for a child who is not
    there stays in the ledger and is counted (R6).

    Raises CannotChange. After ten misses in 24 hours it refuses every name, as breaking the glass does.
    """
    with keeping.duties(asker, "count_exactly") as here:
        number = looked_for(here, child)
    if number != 1:
        raise CannotChange(USE_THE_UPN if number is None else NO_SUCH_CHILD, "upn")


def which_child(child: Exactly) -> UUID | None:
    """The child named exactly, or None unless exactly one matches. Inside a visit of the information manager."""
    named = child.upn_key, child.forename, child.surname, child.born_on
    found: UUID | None = value_of("SELECT sharing_which_child(%s, %s, %s, %s)", *named)
    return found


def _casework(here: Visit, appointment_id: int, duty_id: int) -> Duty:
    duty = duty_to_change(here, appointment_id, duty_id)
    not_oneself(here, duty.appointment.person_id)
    if not duty.is_casework:
        raise NoSuchRecord
    return duty


def _seen(named: list[NamedChild], here: Visit) -> list[Pupil]:
    seen = Pupil.objects.filter(child__in=[row.child_id for row in named]).visible_on(here.today)
    mine = seen.filter(establishment__in=here.establishments_with(Permission.VIEW_PUPILS).values("pk"))
    return list(mine.only("child_id", "forename", "surname"))
