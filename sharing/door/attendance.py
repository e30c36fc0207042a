"""A pupil's attendance, by term and by reason."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sharing import codes
from sharing.charts import BarChart, bars_of
from sharing.door.pupil_columns import attended
from sharing.door.school_names import schools_by_number
from sharing.measures import writing
from sharing.models import Attendance, Pupil, Term
from sharing.records.pupils import AttendanceRecord, TermRecord
from sharing.school_year import academic_year, counts_second_half, in_words, term_in_words

YEARS_SHOWN = 3
PERSISTENT = 10  # whoever misses a tenth or more of the possible sessions is persistently absent


def in_terms(counts: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows to show, of rows that begin with school year and term: each year's terms, or else the whole year."""
    known = list(counts)
    years = {year for year, term, *_ in known if term}
    return [count for count in known if count[1] or count[0] not in years]


def attendance_of(pupil: Pupil, today: date) -> AttendanceRecord:
    """This school year and the two before it, newest term first, with a chart of the terms that have a percentage."""
    first = academic_year(today) - YEARS_SHOWN + 1
    rows = list(
        pupil.attendance_rows.filter(academic_year__gte=first)
        .counted_once()
        .order_by("-academic_year", "-term", "dfe_number")
    )
    newest = max((row for row in rows if row.source), key=lambda row: row.as_of or date.min, default=None)
    school = schools_by_number(row.dfe_number for row in rows)
    years = sorted({row.academic_year for row in rows if row.by_code}, reverse=True)
    return AttendanceRecord(
        source=newest.source if newest else "",
        as_of=newest.as_of if newest else None,
        terms=tuple(_term(row, _words(row, pupil), school(row.dfe_number)) for row in rows),
        chart=_chart(rows, school),
        years=tuple(in_words(year) for year in years),
        reasons=_reasons(rows, years),
    )


def _words(row: Attendance, pupil: Pupil) -> str:
    """ "Autumn term 2025/26". A summer term says when its count ends, if it is not the last day of term."""
    term = row.academic_year, Term(row.term)
    ends_in_may = term[1] == Term.SUMMER and not counts_second_half(term, pupil.born_on)
    return term_in_words(*term).capitalize() + (", until late May" if ends_in_may else "")


def _term(row: Attendance, words: str, elsewhere: str) -> TermRecord:
    percent = attended(row.sessions_possible, row.sessions_absent)
    return TermRecord(
        term=words,
        elsewhere=elsewhere,
        source=row.source,
        possible=row.sessions_possible,
        absent=row.sessions_absent,
        unauthorised=row.sessions_unauthorised,
        attended="" if percent is None else writing.number(percent, 1),
        persistent=bool(row.sessions_possible and (row.sessions_absent or 0) * PERSISTENT >= row.sessions_possible),
    )


def _chart(rows: list[Attendance], school: Callable[[str], str]) -> BarChart | None:
    """A chart of the terms; where several schools have counted, a term says which one did, if not this one."""
    several = len({row.dfe_number for row in rows}) > 1
    known = [
        (
            term_in_words(row.academic_year, row.term).capitalize(),
            f"at {school(row.dfe_number)}" if several and row.dfe_number else "",
            float(percent),
            writing.number(percent, 1),
        )
        for row in rows
        if (percent := attended(row.sessions_possible, row.sessions_absent)) is not None
    ]
    mark = 100 - 100 / PERSISTENT
    return bars_of(known, mark=mark, mark_words=f"{mark:.0f}%") if known else None


def _reasons(rows: list[Attendance], years: list[int]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """(reason, sessions in each year), the most frequent first. Codes that are not absences are left out."""
    missed: Counter[tuple[str, int]] = Counter()
    for row in rows:
        for code, sessions in row.by_code.items():
            if code in codes.ABSENCE:
                missed[code, row.academic_year] += sessions
    totals = Counter({code: sum(missed[code, year] for year in years) for code, _ in missed})
    return tuple((codes.ABSENCE[code], tuple(missed[code, year] for year in years)) for code, _ in totals.most_common())
