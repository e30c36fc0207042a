"""The school year: when it begins, which term a census counts, and which days are school days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache

from django.conf import settings

from sharing.models.pupil_details import Term

THURSDAY, SATURDAY = 3, 5
HOLIDAYS_RUN_OUT = timedelta(weeks=6)
HOLIDAYS_TO_ADD = "Add Easter, bank holidays and anything else that moves in the next school year to SCHOOL_HOLIDAYS."


def academic_year(day: date) -> int:
    """The calendar year in which the school year of `day` began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def in_words(academic_year: int) -> str:
    """ "2025/26"."""
    return f"{academic_year}/{(academic_year + 1) % 100:02}"


def term_in_words(academic_year: int, term: int) -> str:
    """ "autumn term 2025/26", "whole year 2025/26"."""
    return f"{Term(term).label.lower()} {in_words(academic_year)}"


def term_counted_at(reference_date: date) -> tuple[int, Term]:
    """(academic year, term) whose sessions a School Census counts: always the term before its reference day."""
    if reference_date.month >= 9:
        return reference_date.year - 1, Term.SUMMER
    return reference_date.year - 1, Term.AUTUMN if reference_date.month < 5 else Term.SPRING


def counts_second_half(counted: tuple[int, Term], born_on: date | None) -> bool:
    """Whether the second half of the term counted, which a census gives apart, is added to the first.

    Only the summer term comes in two halves. The Department for Education adds them for its figures of a year, except
    for pupils who were 15 (or more) when that school year began, because of study leave.
    """
    year, term = counted
    return term == Term.SUMMER and born_on is not None and born_on > date(year - 15, 8, 31)


def is_school_day(day: date) -> bool:
    """A weekday outside the holidays of the authority (SCHOOL_HOLIDAYS)."""
    on_holiday = any(_is_within(day, first, last) for first, last in settings.SCHOOL_HOLIDAYS)
    return day.weekday() < SATURDAY and not on_holiday


def _is_within(day: date, first: str, last: str) -> bool:
    """Whether the day is within it: in one year, as 2027-03-26 to 2027-04-09; or in every year, as 12-21 to 01-03."""
    said = f"{day:%Y-%m-%d}"[-len(first) :]
    return first <= said <= last if first <= last else said >= first or said <= last


def can_be_meant(holiday: Sequence[str]) -> bool:
    """Whether it is two days written alike and, if they have a year, the first is not after the last."""
    lengths = {len(day) for day in holiday}
    try:
        days = [datetime.strptime(f"2028-{day}"[-10:], "%Y-%m-%d") for day in holiday]  # 2028 has a 29 February
    except ValueError:
        return False
    return len(days) == 2 and (lengths == {5} or (lengths == {10} and days[0] <= days[1]))


def holidays_run_out(today: date) -> date | None:
    """The last day of the last holiday given with its year, from six weeks before that day on; None until then."""
    dated = [last for first, last in filter(can_be_meant, settings.SCHOOL_HOLIDAYS) if len(last) == len("2027-04-09")]
    last_day = date.fromisoformat(max(dated)) if dated else None
    return last_day if last_day and today >= last_day - HOLIDAYS_RUN_OUT else None


def school_days_after(day: date, number: int) -> date:
    """The day on which the `number`-th school day after `day` falls; with 0, `day` itself."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_school_day(day)
    return day


def school_days_until(day: date, last_day: date) -> int:
    """How many school days are left after `day` up to `last_day`; 0 on the last day and after it."""
    stretch = (day + timedelta(days=number) for number in range(1, (last_day - day).days + 1))
    return sum(is_school_day(one) for one in stretch)


def thursday(year: int, month: int, which: int) -> date:
    """The first (1), second ... Thursday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 7 * (which - 1))


@cache
def census_days(year: int) -> tuple[date, date, date]:
    """The School Census days of a calendar year: third Thursday of January and of May, first of October."""
    return thursday(year, 1, 3), thursday(year, 5, 3), thursday(year, 10, 1)


def workforce_census_day(year: int) -> date:
    """The School Workforce Census day of a calendar year: the first Thursday of November."""
    return thursday(year, 11, 1)
