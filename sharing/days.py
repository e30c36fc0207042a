"""Where a day begins."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The first moment of a day in Bradford. A day has 23, 24 or 25 hours."""
    return timezone.make_aware(datetime.combine(day, time.min))
