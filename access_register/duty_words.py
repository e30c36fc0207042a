"""What is said of a duty to its keeper and to whom it is given: where it reaches, how it stands, and when it ended."""

from datetime import date

from django.utils import timezone

from access_register.models import Duty
from sharing import narrowing
from sharing.models.establishments import Kind


def ended_on(duty: Duty) -> date | None:
    """The day on which somebody ended it, if so."""
    return timezone.localdate(duty.ended_at) if duty.ended_at else None


def state_in_words(duty: Duty, today: date) -> str:
    if duty.ended_at or duty.ends_on < today:
        return "Ended"
    if duty.confirmed_until is not None and duty.confirmed_until < today:
        return "Closed until it is confirmed"
    return "Not yet begun" if duty.starts_on > today else "Open"


def scope_in_words(duty: Duty) -> str:
    """Where a duty reaches, as a person reads it."""
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
