"""Ranges of days. In every table `starts_on` and `ends_on` are both included; without `ends_on` the range is open."""

from datetime import date, timedelta
from typing import Final

from django.db.models import F, Func, Q, Value

A_MOMENT: Final = timedelta(minutes=1)  # the same form sent again within it is a double click


class DateRange(Func):
    """PostgreSQL's daterange(starts_on, ends_on, '[]'), for constraints."""

    function = "daterange"

    def __init__(self) -> None:
        super().__init__(F("starts_on"), F("ends_on"), Value("[]"))


def covers(day: date) -> Q:
    """Rows whose range of days includes the day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
