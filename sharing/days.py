"""Where a day begins, how people type one, and which days can be meant."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

FIRST_YEAR, LAST_YEAR = 1900, 2199
# How people type a day: as the pages ask for it, as they show it, as a browser's own date field sends it, and with only
# the last two digits of the year.
AS_TYPED = (
    "%d/%m/%Y", "%d %m %Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d",
    "%d/%m/%y", "%d %m %y", "%d-%m-%y", "%d.%m.%y", "%d %B %y", "%d %b %y",
)  # fmt: skip


def day_of(typed: str) -> date | None:
    """The day that somebody has typed; None if it is not a day, or not one that can be meant."""
    for written in AS_TYPED:
        with suppress(ValueError):
            day = datetime.strptime(typed.strip(), written).date()
            return day if is_of_our_time(day) else None
    return None


def is_of_our_time(day: date) -> bool:
    """Whether the day is near enough to be meant.

    Any other is a typing error, and some are so near the end of the calendar that no day before or after them exists.
    """
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_in_words(day: date) -> str:
    """The day as pages, emails and files write it: 17 November 2026."""
    return f"{day:%-d %B %Y}"


def midnight(day: date) -> datetime:
    """The first moment of a day in Bradford. A day has 23, 24 or 25 hours."""
    return timezone.make_aware(datetime.combine(day, time.min))


def later(instant: datetime, by: timedelta) -> datetime:
    """So many hours later, as PostgreSQL counts them too. Python alone would add them to the time on a clock in
    Bradford, which is an hour out when the clocks change in between."""
    return instant.astimezone(UTC) + by
