"""Officers and their duties, kept by the information manager on EduNet (P3, R9).

A duty names what it opens, where, for which statutory function and until when, a year at most. It is confirmed each
term, or opens nothing after that day. Nobody keeps their own duties, and only the service records who keeps duties:
PostgreSQL's policies enforce both.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from access_register import grants
from access_register.headships.newcomers import Welcome, nobody_written_to
from access_register.models import Duty, OfficerAppointment, Person
from access_register.notices import answers
from access_register.officers import appointment_changes, keeping, left_notes
from access_register.officers.duty_words import duty_record, scope_in_words
from access_register.officers.functions import FUNCTION
from access_register.officers.left_behind import came_after, check_goes_on
from access_register.officers.records import (
    OfficerPage,
    OfficerRecord,
    OfficersPage,
    RemoteRecord,
)
from access_register.register.register import check_name
from access_register.register.rules import CannotChange
from access_register.reviews import terms
from access_register.sign_in.addresses import is_the_councils
from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Visit, the_one
from sharing.models import Establishment, Locality, Opening
from sharing.models.plain import in_order_of
from sharing.statements import value_of

MOST_DAYS = 365
NOT_YOURS = "You cannot record your own duties. Ask another information manager."
NO_PLACE = "Say where: the whole community, a Locality, a kind of establishment, or numbers of establishments."
WAITS = "Another information manager must confirm this officer first."


@dataclass(frozen=True)
class NewDuty:
    """What an information manager enters for a duty. At least one of the four scopes must be filled in."""

    data: Collection[str]
    function: str
    reason: str
    starts_on: date
    ends_on: date
    whole_community: bool = False
    localities: Collection[int] = ()
    kinds: Collection[str] = ()
    urns: Collection[int] = ()


def list_officers(asker: Asker) -> OfficersPage:
    """Every officer of today, with their duties."""
    with keeping.duties(asker, "list_officers") as here:
        rows = list(_appointments(here))
        after = came_after([duty for row in rows for duty in row.duties.all()], here.today)
        officers = tuple(_officer(row, here, after) for row in rows)
        here.showed(officers=len(officers))
        return OfficersPage(officers, here.why_anywhere())


def show_officer(asker: Asker, appointment_id: int, *, to_change: bool = False) -> OfficerPage:
    """One officer with all their duties, including past ones. Shows officers who have left too, unless `to_change`."""
    with keeping.duties(asker, "show_officer") as here:
        rows = _appointments(here) if to_change else _with_duties(OfficerAppointment.objects.all())
        appointment = the_one(rows.filter(pk=appointment_id))
        here.showed(appointment=appointment.pk)
        officer = _officer(appointment, here, came_after(appointment.duties.all(), here.today))
        notes = left_notes.notes_of(appointment.person_id) if officer.has_left else ()
        return OfficerPage(officer, appointment_changes.told_of(appointment), notes, here.why_anywhere())


def record_officer(
    asker: Asker, *, name: str, email: str, team: str, post: str, manager: str, starts_on: date, ends_on: date | None,
    other_name: bool = True, welcome: Welcome = nobody_written_to,
) -> tuple[int, Person, bool]:  # fmt: skip
    """Put an officer on record, which opens establishment information on EduNet (P15). Raises CannotChange.

    If an officer of this name is on record with another address, nothing opens until another information manager has
    confirmed that they are two people (docs/adr/0027). Returns the number, the person, and whether it waits for that.
    """
    with keeping.duties(asker, "record_officer") as here:
        check_last_day(starts_on, ends_on, here.today)
        if not is_the_councils(email):
            raise CannotChange(of_the_council(), "email")
        person = Person.objects.known_or_new(email, name)
        not_oneself(here, person.pk)
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # one at a time
        if person.appointments.exclude(ends_on__lt=here.today).exists():
            raise CannotChange("This person is already an officer on record.", "email")
        check_name(person, name, other_name=other_name)
        appointment = OfficerAppointment.objects.create(
            person=person, team=team, post=post, manager=manager, starts_on=starts_on, ends_on=ends_on,
            recorded_by_name=asker.name,
        )  # fmt: skip
        appointment.refresh_from_db(fields=["awaits_second"])  # the database's answer
        grants.follow_appointment(appointment)
        _shut(appointment, here)
        here.changed(appointment=appointment.pk, person=person.pk, awaits_second=appointment.awaits_second)
        if not appointment.awaits_second:
            welcome(person)
        return appointment.pk, person, appointment.awaits_second


def confirm_officer(asker: Asker, appointment_id: int, *, welcome: Welcome = nobody_written_to) -> Person:
    """Confirm that this is not the officer of the same name, so access opens now. Neither the person who recorded it
    nor the officer concerned can confirm it. Nothing more happens when the form is sent twice.
    """
    with keeping.duties(asker, "confirm_officer") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        if appointment.recorded_by_id == asker.person_id:
            raise NotAtYourLevel(NOT_YOURS)
        if not appointment.awaits_second:
            here.showed(appointment=appointment.pk)
            return appointment.person
        appointment.awaits_second = False
        appointment.save(update_fields=["awaits_second"])
        grants.follow_appointment(appointment)
        here.changed(appointment=appointment.pk, person=appointment.person_id)
        answers.tell_who_recorded_officer(appointment)
        welcome(appointment.person)
        return appointment.person


def end_appointment(asker: Asker, appointment_id: int) -> str:
    """End an appointment from the person's next request; their duties, and orders for them, end with it.

    Returns the person's name.
    """
    with keeping.duties(asker, "end_appointment") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        appointment.ends_on = here.today - timedelta(days=1)
        appointment.save(update_fields=["ends_on"])
        grants.follow_appointment(appointment)
        for duty in appointment.duties.filter(ended_at=None):
            _end(duty, here)
        _shut(appointment, here)
        here.changed(appointment=appointment.pk, person=appointment.person_id)
        return appointment.person.name


def give_duty(asker: Asker, appointment_id: int, *, duty: NewDuty) -> int:
    """Record a duty for each kind of data named. It opens at once, or on its first day. Returns how many were recorded.

    Sent twice, it is recorded once, so that ending it ends all of it. Raises CannotChange.
    """
    with keeping.duties(asker, "give_duty") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        if appointment.awaits_second:
            raise CannotChange(WAITS)
        establishments = _named(duty)
        _check(duty, here)
        localities = set(Locality.objects.filter(pk__in=duty.localities))
        wanted = [data for data in duty.data if not _has_it(appointment, data, duty, establishments, localities)]
        for data in wanted:
            given = Duty.objects.create(
                appointment=appointment, data=data, function=duty.function, reason=duty.reason,
                whole_community=duty.whole_community, kinds=list(duty.kinds), starts_on=duty.starts_on,
                ends_on=duty.ends_on, confirmed_until=confirmed_from(duty.starts_on, here.today),
                recorded_by_name=asker.name,
            )  # fmt: skip
            given.establishments.set(establishments)
            given.localities.set(localities)
            grants.follow_duty(given, here.today)
        if wanted:
            here.changed(
                appointment=appointment.pk, person=appointment.person_id, data=sorted(wanted), function=duty.function
            )
        else:
            here.showed(appointment=appointment.pk)
        return len(duty.data)


def end_duty(asker: Asker, appointment_id: int, duty_id: int) -> str:
    """End a duty at once: it opens nothing on the next request (R9, R44). If it has already ended, nothing changes.

    Returns what it opened, and where, in words. Raises NoSuchRecord.
    """
    with keeping.duties(asker, "end_duty") as here:
        duty = duty_to_change(here, appointment_id, duty_id, also_ended=True)
        if duty.ended_at:
            here.showed(duty=duty.pk)
        else:
            _end(duty, here)
            here.changed(duty=duty.pk, person=duty.appointment.person_id)
        return f"{duty.get_data_display()}, {scope_in_words(duty)}"


def confirm_duty(asker: Asker, appointment_id: int, duty_id: int) -> None:
    """Confirm that a duty is still needed: it stays open until next term's review ends, or until its own last day."""
    with keeping.duties(asker, "confirm_duty") as here:
        duty = duty_to_change(here, appointment_id, duty_id)
        until = confirmed_from(duty.starts_on, here.today)
        if duty.confirmed_until == until:
            here.showed(duty=duty.pk)
            return
        duty.confirmed_until = until
        duty.confirmed_by_name = asker.name
        duty.save(update_fields=["confirmed_until", "confirmed_by_name"])
        grants.follow_duty(duty, here.today)
        here.changed(duty=duty.pk, person=duty.appointment.person_id, confirmed_until=duty.confirmed_until)


def authorise_remote_use(
    asker: Asker, appointment_id: int, *, reason: str, starts_on: date, ends_on: date
) -> None:  # fmt: skip
    """Let the officer use Citrix on these days, a year at most (R39). Raises CannotChange.

    Sent twice, it is recorded once, so that ending it ends all of it.
    """
    with keeping.duties(asker, "authorise_remote_use") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        check_days(starts_on, ends_on, here.today)
        facts = {"reason": reason, "starts_on": starts_on, "ends_on": ends_on}
        known = appointment.remote_authorisations.filter(**facts, ended_at=None).first()
        if known:
            here.showed(appointment=appointment.pk, authorisation=known.pk)
            return
        given = appointment.remote_authorisations.create(**facts, recorded_by_name=asker.name)
        here.changed(appointment=appointment.pk, person=appointment.person_id, authorisation=given.pk, ends_on=ends_on)


def end_remote_use(asker: Asker, appointment_id: int, authorisation_id: int) -> None:
    """End it at once: the next request through Citrix is refused (R44). If it has already ended, nothing changes."""
    with keeping.duties(asker, "end_remote_use") as here:
        appointment = appointment_of(here, appointment_id, to_change=True)
        given = the_one(appointment.remote_authorisations.filter(pk=authorisation_id))
        if given.ended_at:
            here.showed(appointment=appointment.pk, authorisation=given.pk)
            return
        given.ended_at = timezone.now()
        given.save(update_fields=["ended_at"])
        here.changed(appointment=appointment.pk, person=appointment.person_id, authorisation=given.pk)


def of_the_council() -> str:
    """Which email addresses an officer may have, in words."""
    if not settings.COUNCIL_EMAIL_DOMAINS:
        return "The service does not know the council’s email domains yet. Ask whoever runs it."
    domains = " or ".join(settings.COUNCIL_EMAIL_DOMAINS)
    return f"An officer must have their own address at {domains}, without a plus sign."


def choices_of_localities() -> list[tuple[int, str]]:
    return [(locality.pk, locality.name) for locality in Locality.objects.by_name()]


def urns_of(numbers: Iterable[str]) -> list[int]:
    """The URNs of the community's establishments that have these URNs or DfE numbers. Raises CannotChange.

    Two schools can share a DfE number when one carries on as the other: then the one that has not closed is meant.
    """
    return [_urn_of(number) for number in numbers]


def _urn_of(number: str) -> int:
    known = Establishment.objects.of_the_community().numbered(number)
    found = known.not_closed_on(timezone.localdate()) or known
    if not found:
        raise CannotChange(f"No establishment of the community has the URN or DfE number {number}.", "urns")
    if len(found) > 1:
        raise CannotChange(f"More than one establishment has the DfE number {number}. Enter the URN.", "urns")
    return found[0].urn


def _appointments(here: Visit) -> QuerySet[OfficerAppointment]:
    return _with_duties(OfficerAppointment.objects.exclude(ends_on__lt=here.today)).order_by(
        *in_order_of("person__name"), "pk"
    )


def _with_duties(rows: QuerySet[OfficerAppointment]) -> QuerySet[OfficerAppointment]:
    parts = "duties__establishments", "duties__localities", "remote_authorisations"
    return rows.select_related("person").prefetch_related(*parts)


def appointment_of(here: Visit, appointment_id: int, *, to_change: bool = False) -> OfficerAppointment:
    """An appointment that has not ended. `to_change`: nobody else changes it, or its duties, until this visit ends."""
    found = _appointments(here).filter(pk=appointment_id)
    appointment = found.first()
    if appointment and to_change:
        not_oneself(here, appointment.person_id)
        appointment = found.select_for_update(of=("self",)).first()
    if appointment is None:
        raise NoSuchRecord
    return appointment


def not_oneself(here: Visit, person_id: int) -> None:
    if person_id == here.asker.person_id:
        raise NotAtYourLevel(NOT_YOURS)


def duty_to_change(here: Visit, appointment_id: int, duty_id: int, *, also_ended: bool = False) -> Duty:
    """A duty of that officer that pages may change: one that is not over, unless `also_ended`."""
    appointment = appointment_of(here, appointment_id, to_change=True)
    duty = appointment.duties.filter(pk=duty_id).exclude(data=Duty.Data.DUTIES).first()
    if duty is None or (not also_ended and (duty.ended_at or duty.ends_on < here.today)):
        raise NoSuchRecord
    return duty


def _end(duty: Duty, here: Visit) -> None:
    if duty.data == Duty.Data.DUTIES:
        raise CannotChange("Only whoever runs the service can end the right to keep duties (manage.py record_officer).")
    duty.ended_at = timezone.now()
    duty.save(update_fields=["ended_at"])
    grants.follow_duty(duty, here.today)


def _shut(appointment: OfficerAppointment, here: Visit) -> None:
    """End what legal overrides and broken glasses open to the officer, so that no other appointment opens it again."""
    grants.end_orders_of(appointment, here.asker.name)
    opened = Opening.objects.by(appointment.person_id).open_at(timezone.now())
    for number in opened.values_list("pk", flat=True):
        value_of("SELECT sharing_end_opening(%s)", number)


def _has_it(
    appointment: OfficerAppointment, data: str, duty: NewDuty, establishments: list[Establishment], to: set[Locality]
) -> bool:
    """Whether an identical duty is already on record and has not been ended."""
    same = appointment.duties.filter(
        data=data, function=duty.function, reason=duty.reason, whole_community=duty.whole_community,
        kinds=list(duty.kinds), starts_on=duty.starts_on, ends_on=duty.ends_on, ended_at=None,
    )  # fmt: skip
    return any(set(one.establishments.all()) == set(establishments) and set(one.localities.all()) == to for one in same)


def _named(duty: NewDuty) -> list[Establishment]:
    found = list(Establishment.objects.of_the_community().filter(urn__in=duty.urns))
    missing = set(duty.urns) - {establishment.urn for establishment in found}
    if missing:
        raise CannotChange(f"No establishment of the community has the URN {min(missing)}.", "urns")
    check_goes_on(found, "duty")
    return found


def _check(duty: NewDuty, here: Visit) -> None:
    if not (duty.whole_community or duty.localities or duty.kinds or duty.urns):
        raise CannotChange(NO_PLACE, "urns")
    if duty.function not in FUNCTION:
        raise CannotChange("Choose the statutory function.", "function")
    check_days(duty.starts_on, duty.ends_on, here.today)


def check_last_day(starts_on: date, ends_on: date | None, today: date) -> None:
    if ends_on and ends_on < max(starts_on, today):
        raise CannotChange("The last day must not be before the first day, or in the past.", "ends_on")


def check_days(starts_on: date, ends_on: date, today: date) -> None:
    check_last_day(starts_on, ends_on, today)
    if (ends_on - starts_on).days > MOST_DAYS:
        raise CannotChange("A year at most. If it is still needed then, record it again.", "ends_on")


def confirmed_from(starts_on: date, today: date) -> date:
    return terms.due_next_term(max(starts_on, today))


def _officer(row: OfficerAppointment, here: Visit, after: Mapping[int, tuple[str, ...]]) -> OfficerRecord:
    left_on = row.ends_on if row.ends_on and row.ends_on < here.today else None
    in_order = sorted(row.duties.all(), key=lambda duty: (duty.ends_on, duty.pk))
    duties = [duty_record(duty, here.today, left_on, came_after=after.get(duty.pk, ())) for duty in in_order]
    given = () if left_on else row.remote_authorisations.all()
    remote = [one for one in given if not one.ended_at and one.ends_on >= here.today]
    return OfficerRecord(
        id=row.pk, name=row.person.name, email=row.person.email, team=row.team, post=row.post, manager=row.manager,
        starts_on=row.starts_on, ends_on=row.ends_on, has_left=left_on is not None,
        is_me=row.person_id == here.asker.person_id, recorded_by_name=row.recorded_by_name,
        awaits_second=row.awaits_second,
        may_confirm=row.awaits_second and here.asker.person_id not in (row.person_id, row.recorded_by_id),
        duties=tuple(duty for duty in duties if duty.is_live),
        past=tuple(duty for duty in duties if not duty.is_live),
        remote=tuple(
            RemoteRecord(one.pk, one.reason, one.starts_on, one.ends_on, one.recorded_by_name) for one in remote
        ),
    )  # fmt: skip
