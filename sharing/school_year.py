"""The school year: when it begins, which term a census counts, which days are school days."""

from datetime import date, timedelta

from django.conf import settings

from sharing.models.pupil_details import Term

SATURDAY = 5


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


def is_school_day(day: date) -> bool:
    """A weekday outside the holidays of the authority (SCHOOL_HOLIDAYS)."""
    month_day = f"{day:%m-%d}"
    on_holiday = any(
        first <= month_day <= last if first <= last else month_day >= first or month_day <= last
        for first, last in settings.SCHOOL_HOLIDAYS
    )
    return day.weekday() < SATURDAY and not on_holiday


def school_days_after(day: date, number: int) -> date:
    """The day on which the `number`-th school day after `day` falls; with 0, `day` itself."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_school_day(day)
    return day
