"""Absence in areas from Explore Education Statistics: by term, and the year to date (formats page 8).

The year to date has no number of sessions here, so the figures of the whole year replace it among the comparators,
whichever source brings them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sharing.published.ees import EesFile, Indicator, Passed, read_ees
from sharing.published.told import TOTAL, Published

YEAR_TO_DATE: Final = EesFile(
    dataset="comparators",
    title="Absence of areas, year to date",
    what="pupil attendance, year to date, from Explore Education Statistics",
    indicators=(
        Indicator("overall_absence_perc", "absence_overall"),
        Indicator("unauthorised_absence_perc", "absence_unauthorised"),
        Indicator("pa_perc", "absence_persistent"),
    ),
    phase="education_phase",
)


def _whole_year(filters: Mapping[str, str]) -> str:
    if filters["term"].casefold() != "total":
        raise Passed("rows of a single term")
    return TOTAL


BY_TERM: Final = EesFile(
    dataset="comparators",
    title="Absence of areas",
    what="absence by term from Explore Education Statistics",
    indicators=(
        Indicator("sess_overall_percent", "absence_overall", of="sess_possible", count="sess_overall"),
        Indicator("sess_unauthorised_percent", "absence_unauthorised", of="sess_possible", count="sess_unauthorised"),
    ),
    phase="school_type",
    filters=("term",),
    group=_whole_year,
)


def read_year_to_date(path: Path, ours: int) -> Published:
    """The figures of the authority, its region and England. Raises ImportRefused."""
    published = read_ees(path, YEAR_TO_DATE, ours)
    published.provisional = set(published.years)
    return published


def read_by_term(path: Path, ours: int) -> Published:
    """The figures of whole years for the authority, its region and England. Raises ImportRefused."""
    return read_ees(path, BY_TERM, ours)
