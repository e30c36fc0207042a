"""My access: the asker's levels, where, why, from whom, since and until when; and leaving a register (R36, A18)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Acceptance, Duty, Handover, OfficerAppointment, Person, RegisterLine
from access_register.models.lines import RegisterLineQuerySet
from access_register.my_access.records import MyAccess, OwnAppointment, OwnDuty, OwnLine, OwnOffer
from access_register.officers.duty_words import confirm_by, ended_on, scope_in_words, state_in_words
from access_register.officers.left_behind import came_after
from access_register.protocol.records import Signature
from access_register.reviews.deadlines import Outcome, outcome_for
from sharing.authorise import Asker, Permission, Through, Visit, the_one, visit
from sharing.days import day_in_words
from sharing.models.plain import in_order_of
from sharing.narrowing import in_words

OPEN, WAITING, SUSPENDED, COMING, ENDED = "Open", "Waiting", "Suspended", "Not yet begun", "Ended"
OPENS = {
    Level.ONE: "Establishment, pupil and staff information, and the Access Register",
    Level.TWO: "Establishment and pupil information",
    Level.THREE: "Establishment information",
}
IF_NOT_CONFIRMED = {
    Outcome.LOWERED: "it drops to Level 3",
    Outcome.ENDED: "it ends",
    Outcome.SUSPENDED: "it is suspended",
    Outcome.MISSED: "it stays for one more term",
}


class CannotLeave(Exception):
    """The asker's line cannot be left: it is the head's, or it has ended by now."""


def show_my_access(asker: Asker) -> MyAccess:
    """All of the asker's lines, appointments and duties, and what they have signed."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_my_access") as here:
        lines = [
            _line(line, here) for line in _own_lines(here).order_by(*in_order_of("establishment__name"), "-starts_on")
        ]
        appointments = OfficerAppointment.objects.filter(person_id=asker.person_id).exclude(ends_on__lt=here.today)
        signed = Acceptance.objects.filter(person_id=asker.person_id).select_related("version").order_by("-accepted_at")
        me = Person.objects.only("protocol_accepted_until").get(pk=asker.person_id)
        here.showed(lines=len(lines))
        assert me.protocol_accepted_until is not None, "who has not accepted the protocol gets no further than that"
        return MyAccess(
            offers=tuple(_offers(here)) if asker.through == Through.SCHOOLS_ONLINE else (),
            lines=tuple(line for line in lines if line.state != ENDED),
            past=tuple(line for line in lines if line.state == ENDED),
            appointments=tuple(_appointment(row, here.today) for row in appointments.order_by("starts_on")),
            signatures=tuple(Signature(row.version.number, timezone.localdate(row.accepted_at)) for row in signed),
            accepted_until=me.protocol_accepted_until,
        )


def show_my_line(asker: Asker, line_id: int) -> OwnLine:
    """One of the asker's own lines. Raises NoSuchRecord for anybody else's."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_my_line") as here:
        line = the_one(_own_lines(here).filter(pk=line_id))
        here.showed(line=line.pk)
        return _line(line, here)


def leave_register(asker: Asker, *, line_id: int) -> None:
    """End the asker's own line at once (R44). Raises NoSuchRecord; CannotLeave if it is the head's, or has ended.

    People who keep no register may not write any line, so PostgreSQL does this one thing for them (portal_leave).
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="leave_register") as here:
        line = the_one(_own_lines(here).filter(pk=line_id))
        here.came_to(line.establishment, "It is their own access.")
        if not grants.end_own(line):
            raise CannotLeave
        here.changed(line=line.pk, person=asker.person_id, withdrawn=True)


def offered_headships(here: Visit) -> QuerySet[Handover]:
    """The headships that wait for the asker's answer. An officer has verified each, and its day has not passed."""
    verified = Handover.objects.filter(successor=here.asker.person_id, verified_at__isnull=False)
    return verified.filter(accepted_at=None, cancelled_at=None, done_at=None, on__gte=here.today)


def _offers(here: Visit) -> Iterator[OwnOffer]:
    for row in offered_headships(here).select_related("establishment").order_by("on"):
        yield OwnOffer(row.pk, row.establishment.name, row.on)


def _own_lines(here: Visit) -> RegisterLineQuerySet:
    return RegisterLine.objects.filter(person_id=here.asker.person_id).select_related("establishment", "person")


def _line(line: RegisterLine, here: Visit) -> OwnLine:
    state = _state(line, here.today)
    return OwnLine(
        id=line.pk,
        urn=line.establishment.urn,
        establishment=line.establishment.name,
        state=state,
        level=line.level,
        opens=OPENS[Level(line.level)],
        role_words=line.get_role_display(),
        because=line.basis_in_words,
        only=in_words(line.year_groups, line.withheld),
        given_by_name=line.given_by_name,
        level_since=line.level_since,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        confirm_by=line.confirm_by if state == OPEN else None,
        if_not_confirmed=IF_NOT_CONFIRMED[outcome_for(line)],
        note=_note(line, state),
        is_head=line.is_head,
        can_leave=state != ENDED and not line.is_head and here.asker.through == Through.SCHOOLS_ONLINE,
    )


def _state(line: RegisterLine, today: date) -> str:
    if line.withdrawn_at or (line.ends_on and line.ends_on < today):
        return ENDED
    if line.awaiting_since:
        return WAITING
    if line.suspended_at:
        return SUSPENDED
    return COMING if line.starts_on > today else OPEN


def _note(line: RegisterLine, state: str) -> str:
    """What the person needs to know about a line that is not simply open."""
    if state == WAITING:
        return "It opens once you have accepted the invitation that was sent to you."
    if state == SUSPENDED:
        return _by(line.suspended_by_name, line.suspended_because)
    if line.withdrawn_at:
        ended = f"Withdrawn on {day_in_words(timezone.localdate(line.withdrawn_at))}"
        return f"{ended}. {_by(line.withdrawn_by_name, line.withdrawn_because)}"
    return ""


def _by(name: str, because: str) -> str:
    return f"By {name}" + (f": {because.rstrip('.')}" if because else "") + "."


def _appointment(row: OfficerAppointment, today: date) -> OwnAppointment:
    duties = row.duties.prefetch_related("establishments", "localities").order_by("-ends_on", "pk")
    after = came_after(duties, today)
    return OwnAppointment(
        row.team, row.manager, row.starts_on, row.ends_on, row.recorded_by_name,
        tuple(_duty(duty, today, after.get(duty.pk, ())) for duty in duties),
    )  # fmt: skip


def _duty(duty: Duty, today: date, after: tuple[str, ...]) -> OwnDuty:
    state = state_in_words(duty, today)
    return OwnDuty(
        data_words=duty.get_data_display(),
        scope=scope_in_words(duty),
        reason=duty.reason,
        starts_on=duty.starts_on,
        ends_on=duty.ends_on,
        ended_on=ended_on(duty),
        confirm_by=None if state == ENDED else confirm_by(duty),
        state=state,
        came_after=() if state == ENDED else after,
    )
