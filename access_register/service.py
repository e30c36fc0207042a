"""What the service itself writes, as portal_batch: first heads, officers, duties, lines that carry over.

No person asks here, so there is no visit. Each function records in the ledger what it did.
"""

from datetime import date, datetime

from django.utils import timezone

from access_register import grants
from access_register.models import Duty, OfficerAppointment, RegisterLine
from access_register.register import history
from access_register.reviews import terms
from sharing.ledger import ledger
from sharing.models import Establishment, Locality

BY_ITSELF = "the service"


def place_line(line: RegisterLine, *, at: datetime | None = None, carried_from: str = "") -> RegisterLine:
    """Store a line with its permission rows and its history. The database refuses one too many at Level 1 (R32).

    `at`: when it was placed, if that was not just now. `carried_from`: the establishment whose register goes on with
    it; whoever gave the line did so there (A2).
    """
    stored = RegisterLine.objects.filter(pk=line.pk).first() if line.pk else None
    before = history.facts(stored) if stored else None
    line.version = stored.version + 1 if stored else 1
    line.save()
    grants.follow_line(line)
    if carried_from:
        history.tell(line, "carried", by_name=BY_ITSELF, because=f"the register of {carried_from} goes on here")
    else:
        given = "invited" if line.awaiting_since else "given"
        what = history.what_changed(before, history.facts(line)) if before else given
        history.tell(line, what, by_name=line.given_by_name, before=before, at=at)
    about = {"line": line.pk, "person": line.person_id, "level": line.level}
    ledger.changed(action="place_line", urn=line.establishment.urn, about=about)
    return line


def end_line(line: RegisterLine, *, last_day: date) -> None:
    """End a line on `last_day`. If it would not have begun by then, it is withdrawn and was never in force."""
    known = RegisterLine.objects.select_related("person", "establishment")
    ended = known.select_for_update(of=("self",)).get(pk=line.pk)
    before = history.facts(ended)
    if line.starts_on <= last_day:
        ended.ends_on = last_day
    else:
        ended.withdrawn_at, ended.withdrawn_by_name = timezone.now(), BY_ITSELF
    ended.version += 1
    ended.save()
    history.tell(ended, "withdrawn" if ended.withdrawn_at else "ended", by_name=BY_ITSELF, before=before)
    grants.follow_line(ended)
    about = {"line": ended.pk, "person": ended.person_id, "last_day": last_day}
    ledger.changed(action="end_line", urn=ended.establishment.urn, about=about)


def appoint_officer(appointment: OfficerAppointment) -> OfficerAppointment:
    """Record an officer and open establishment information to them on EduNet (P15)."""
    appointment.save()
    grants.follow_appointment(appointment)
    about = {"person": appointment.person_id, "team": appointment.team}
    ledger.changed(action="appoint_officer", about=about)
    return appointment


def record_duty(
    duty: Duty,
    *,
    establishments: tuple[Establishment, ...] = (),
    localities: tuple[Locality, ...] = (),
) -> Duty:
    """Record a duty with its scope and open what it needs (R9). The right to keep duties needs no confirmation."""
    if duty.data != Duty.Data.DUTIES:
        duty.confirmed_until = duty.confirmed_until or terms.due_next_term(max(duty.starts_on, timezone.localdate()))
    duty.save()
    duty.establishments.set(establishments)
    duty.localities.set(localities)
    grants.follow_duty(duty, timezone.localdate())
    about = {"duty": duty.pk, "person": duty.appointment.person_id, "data": duty.data}
    ledger.changed(action="record_duty", about=about)
    return duty


def end_duty(duty: Duty) -> None:
    """End a duty at once: the next request finds nothing open (R9, R44). Locks its appointment first."""
    OfficerAppointment.objects.select_for_update().get(pk=duty.appointment_id)
    duty.ended_at = timezone.now()
    duty.save()
    grants.follow_duty(duty, timezone.localdate())
    ledger.changed(action="end_duty", about={"duty": duty.pk, "person": duty.appointment.person_id})
