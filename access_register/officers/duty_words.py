"""Words about a duty for its keeper and for the officer who has it: where it reaches, its state, and when it ended."""

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from access_register.models import Duty
from access_register.officers.functions import FUNCTION
from access_register.officers.records import DutyRecord
from sharing import narrowing
from sharing.models.establishments import Kind


def ended_on(duty: Duty) -> date | None:
    """The day on which somebody ended the duty, or None if nobody did."""
    return timezone.localdate(duty.ended_at) if duty.ended_at else None


def state_in_words(duty: Duty, today: date) -> str:
    if duty.ended_at or duty.ends_on < today:
        return "Ended"
    if duty.confirmed_until is not None and duty.confirmed_until < today:
        return "Closed until it is confirmed"
    return "Not yet begun" if max(duty.starts_on, duty.appointment.starts_on) > today else "Open"


def confirm_by(duty: Duty) -> date | None:
    """The day after which the duty opens nothing unless somebody confirms it; None if it ends before it is asked."""
    asks = duty.confirmed_until is not None and duty.confirmed_until < duty.ends_on
    return duty.confirmed_until if asks else None


def scope_in_words(duty: Duty) -> str:
    """Where a duty reaches, in words."""
    if duty.is_casework:
        without = narrowing.in_words((), duty.withheld)
        return f"Casework: children named one by one{f', {without}' if without else ''}"
    if duty.whole_community:
        return "The whole community"
    places = [
        *sorted(f"{locality.name} Locality" for locality in duty.localities.all()),
        *(f"All of the kind: {Kind(kind).label}" for kind in duty.kinds),
        *sorted(place.name for place in duty.establishments.all()),
    ]
    return ", ".join(places)


def duty_record(
    duty: Duty, today: date, left_on: date | None = None, *, came_after: tuple[str, ...] = ()
) -> DutyRecord:
    """The duty as pages show it. `left_on`: for an officer who has left, the last day, on which every duty ended.
    `came_after`: shown only while the duty goes on (access_register.officers.left_behind)."""
    is_live = not left_on and not duty.ended_at and duty.ends_on >= today
    ended_by_leaving = left_on if left_on and left_on < duty.ends_on else None
    window = timedelta(days=settings.REVIEW_DAYS)
    asked_by = confirm_by(duty)
    return DutyRecord(
        id=duty.pk,
        data_words=duty.get_data_display(),
        scope=scope_in_words(duty),
        function=FUNCTION[duty.function].words if duty.function in FUNCTION else "",
        reason=duty.reason,
        starts_on=duty.starts_on,
        ends_on=duty.ends_on,
        ended_on=ended_on(duty) or ended_by_leaving,
        confirm_by=asked_by,
        state=state_in_words(duty, today),
        is_live=is_live,
        to_confirm=is_live and asked_by is not None and asked_by <= today + window,
        recorded_by_name=duty.recorded_by_name,
        is_the_services=duty.data == Duty.Data.DUTIES,
        is_casework=duty.is_casework,
        came_after=came_after if is_live else (),
    )
