"""Statutory returns (R23): which are expected from whom, and what has become of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings

from sharing.models import Establishment, ReturnConfirmation
from sharing.models.establishments import Kind
from sharing.school_year import census_days, school_days_after, workforce_census_day

CENSUS, WORKFORCE = ReturnConfirmation.Kind.CENSUS, ReturnConfirmation.Kind.WORKFORCE
# Kind of import -> the return that it brings.
BROUGHT_BY = {"census": CENSUS, "collect": CENSUS, "workforce": WORKFORCE}
# Those who send no census at all.
EXEMPT = frozenset({Kind.CHILDRENS_CENTRE.value})
YEARS_BACK = 1


class Status(StrEnum):
    CONFIRMED = "Confirmed as complete"
    COME = "Has arrived"
    OVERTAKEN = "A later one has arrived"
    AWAITED = "Expected"
    LATE = "Late"


@dataclass(frozen=True)
class Expected:
    """A return for one reference day, to be sent by `due_on` (RETURN_DUE_SCHOOL_DAYS school days after it)."""

    kind: ReturnConfirmation.Kind
    reference_day: date
    due_on: date


def expected(today: date) -> tuple[Expected, ...]:
    """The returns whose reference day lies within the last twelve months, the newest first."""
    within = sorted((day, kind) for kind in (CENSUS, WORKFORCE) for day in reference_days(kind, today) if day <= today)
    return tuple(
        Expected(kind, day, school_days_after(day, settings.RETURN_DUE_SCHOOL_DAYS)) for day, kind in reversed(within)
    )


def next_expected(today: date) -> Expected:
    """The return with the next reference day."""
    coming = ((day, kind) for kind in (CENSUS, WORKFORCE) for day in reference_days(kind, today) if day > today)
    day, kind = min(coming)
    return Expected(kind, day, school_days_after(day, settings.RETURN_DUE_SCHOOL_DAYS))


def are_expected_of(place: Establishment, on: date) -> bool:
    """Whether the establishment, open on that day, owes its returns. One that opens later owes none of them."""
    was_open = (place.open_date or on) <= on <= (place.close_date or on)
    return was_open and bool(place.kind) and place.kind not in EXEMPT


def not_the_senders(place: Establishment, urn: int, number: str) -> str:
    """Why the return of `place` is not for the school with this URN to send, in words; `number` is how it is named.

    An academy has the number of the school before it, and a return for an earlier day is that school's.
    """
    if Establishment.objects.filter(urn=urn, establishment_number=place.establishment_number).exists():
        return (
            "This return is for a day when the school had another URN. "
            "Ask the Council’s education data team to bring it in."
        )
    return f"This return is for {number}, another establishment. Send your own return."


def reference_days(kind: str, today: date) -> list[date]:
    """Those of the last twelve months, and those to come until the end of next year: a file may precede its day."""
    since = date(today.year - YEARS_BACK, today.month, min(today.day, 28))
    years = range(today.year - YEARS_BACK, today.year + 2)
    days = [day for year in years for day in (census_days(year) if kind == CENSUS else [workforce_census_day(year)])]
    return [day for day in days if day > since]


def is_reference_day(kind: str, day: date) -> bool:
    """Whether a return of this kind has that reference day. Records as of other days came in other files."""
    return day in census_days(day.year) if kind == CENSUS else day == workforce_census_day(day.year)


def status(wanted: Expected, came: Collection[date], is_confirmed: bool, took_part: bool, today: date) -> Status | None:
    """What has become of a return; None where none was expected, as the establishment did not take part.

    `came`: the reference days for which something of this kind of return is here. `took_part`: on the reference day.
    """
    if is_confirmed:
        return Status.CONFIRMED
    if wanted.reference_day in came:
        return Status.COME
    if any(day > wanted.reference_day for day in came):
        return Status.OVERTAKEN
    if not took_part:
        return None
    return Status.AWAITED if today <= wanted.due_on else Status.LATE
