"""Terms, and the days of the termly review of the Access Register (R36).

The portal's terms begin on fixed days (TERM_STARTS: 1 September, 1 January, 1 April), so that a review never moves with
Easter. Each term, every line except the head's has to be confirmed within REVIEW_DAYS of the term's first day. The last
of those days is on the line as `review_due_on`; a line's review opens REVIEW_DAYS before that day.
"""

from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q

from access_register.models.lines import HEAD_SEAT
from sharing.dates import covers

# A line whose own last day comes first has nothing to be confirmed for (RegisterLine.confirm_by).
REVIEW_COMES: Final = ~Q(ends_on__lte=F("review_due_on"))


def term_start(today: date) -> date:
    """The first day of the term that `today` is in."""
    return max(start for start in _starts_around(today) if start <= today)


def due_this_term(today: date) -> date:
    """The last day on which lines can be confirmed this term. It may be in the past."""
    return term_start(today) + timedelta(days=settings.REVIEW_DAYS)


def due_next_term(today: date) -> date:
    """The last day on which lines can be confirmed in the term after this one."""
    following = min(start for start in _starts_around(today) if start > today)
    return following + timedelta(days=settings.REVIEW_DAYS)


def review_ends(today: date) -> list[date]:
    """The last day of each review this year, in the order of TERM_STARTS: for a page that names no year."""
    return [start + timedelta(days=settings.REVIEW_DAYS) for start in _starts_in(today.year)]


def reminders() -> list[int]:
    """How many days before its last day a review gives a reminder, the first one first: never before it has opened."""
    return sorted({min(days, settings.REVIEW_DAYS) for days in settings.REVIEW_REMINDERS}, reverse=True)


def reviewed(today: date) -> Q:
    """Lines that take part in reviews: in force today, and not the head's own. A line that is suspended or waits to be
    accepted opens nothing, so there is nothing to confirm."""
    return (
        covers(today)
        & Q(withdrawn_at=None, suspended_at=None, awaiting_since=None)
        & (Q(seat=None) | ~Q(seat=HEAD_SEAT))
    )


def to_confirm(today: date) -> Q:
    """Lines whose review is open, including those whose last day has passed and that have not been acted on yet."""
    return reviewed(today) & REVIEW_COMES & Q(review_due_on__lte=today + timedelta(days=settings.REVIEW_DAYS))


def _starts_around(today: date) -> list[date]:
    return [start for year in (today.year - 1, today.year, today.year + 1) for start in _starts_in(year)]


def _starts_in(year: int) -> list[date]:
    return [date(year, *(int(part) for part in start.split("-"))) for start in settings.TERM_STARTS]
