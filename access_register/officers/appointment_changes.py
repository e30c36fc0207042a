"""The history of an officer's appointment, in words: what changed, from what to what, when, and by whom (R36)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from access_register.models import AppointmentChange, OfficerAppointment
from access_register.officers.records import AppointmentChangeRecord
from sharing.days import day_in_words

NAMED = {"team": "team", "post": "post", "manager": "manager", "ends_on": "last day"}


def told_of(appointment: OfficerAppointment) -> tuple[AppointmentChangeRecord, ...]:
    """All changes of the appointment, the newest first."""
    return tuple(_record(change) for change in appointment.changes.order_by("-pk"))


def _record(change: AppointmentChange) -> AppointmentChangeRecord:
    words = ", ".join(_differences(change.before, change.after))
    return AppointmentChangeRecord(
        id=change.pk,
        at=change.at,
        by_name=change.by_name,
        words=f"{words[:1].upper()}{words[1:]}",
        ends_it=_is_over(change.after["ends_on"], timezone.localdate(change.at)),
    )


def _is_over(last_day: str | None, on: date) -> bool:
    """Whether the change left a last day that had passed by then. A new last day in the future ends nothing."""
    return last_day is not None and date.fromisoformat(last_day) < on


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for fact, name in NAMED.items():
        if before[fact] != after[fact]:
            in_words = _day if fact == "ends_on" else _quoted
            yield f"{name} from {in_words(before[fact])} to {in_words(after[fact])}"


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "none"


def _day(text: str | None) -> str:
    return day_in_words(date.fromisoformat(text)) if text else "none"
