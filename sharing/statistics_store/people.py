"""The population of a release, read from the store as portal_batch: everybody on roll on the census day.

Establishments that take part today are counted, each in today's place. A child with records at two of them is counted
once, by the newest record. What a year, a Locality or a result means here is in docs/formats/statistics.md.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from sharing.codes import main_ethnicity
from sharing.measures import cells, counted_attendance, counted_results
from sharing.measures.counted import Counted, When
from sharing.models import Locality
from sharing.school_year import academic_year
from sharing.statistics.population import (
    OTHER,
    PRIMARY,
    SECONDARY,
    SPECIAL,
    Population,
    Pupil,
    School,
    ethnicity_for_statistics,
    year_for_statistics,
)
from sharing.statistics.rules import CannotPublish

# The assessed years, and how attaining is counted in each (sharing.statistics.catalogue describes it in words).
ASSESSED: Final[Mapping[str, Counted]] = {
    "R": counted_results.EYFSP[0],
    "1": counted_results.PHONICS[0],
    "6": counted_results.KS2[0],
    "11": counted_results.ENGLISH_AND_MATHS,
}
NOT_MEASURED: Final = frozenset({"N", "R", "12", "13", "X"})
"""Years whose attendance counts for nobody's persistent absence."""

_SPECIAL_PHASES: Final = frozenset({"phase:nursery", "phase:special", "phase:pru", "phase:childrens_centre"})
ALL_YEARS: Final = ("N", "R", *(str(year) for year in range(1, 14)))
_PLACE: Final = {year: place for place, year in enumerate(ALL_YEARS, start=-1)}
_LAST_OF_PRIMARY, _LAST = _PLACE["6"], _PLACE["13"]
_BEGINS_RECEPTION_AT: Final = 4
_EAL: Final = {"N": "E", "Y": "O", "U": "U"}

_SCHOOLS = """
    SELECT place.id, urn, name, low_age, high_age, array_agg(area)
    FROM contributor JOIN sharing_establishment AS place ON place.id = establishment_id
    GROUP BY place.id ORDER BY urn
"""
_OUTCOME = """
    INSERT INTO outcome SELECT child_id, %(assessed)s, max(numerator)
    FROM ({rows}) AS counted (pupil_id, numerator, denominator) JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
    GROUP BY child_id
"""
# The year group of a leaver is the one in which they left, however late the return that reports it.
_PUPILS = f"""
    WITH attended (pupil_id, missed, possible) AS MATERIALIZED ({counted_attendance.sessions("sessions_absent")}),
    stayed AS (
        SELECT pupil_id, max(coalesce(ends_on, 'infinity')) AS until FROM sharing_enrolment
        WHERE cancelled_at IS NULL GROUP BY pupil_id)
    SELECT DISTINCT ON (child_id) child_id, measured.establishment_id, year_group, least(pupil.as_of, stayed.until),
           years_after_reception, measured.sex, fsm, sen, eal, pupil.ethnicity, missed, possible
    FROM measured JOIN sharing_pupil AS pupil ON pupil.id = measured.pupil_id
    LEFT JOIN attended ON attended.pupil_id = pupil.id
    JOIN stayed ON stayed.pupil_id = pupil.id
    WHERE on_roll AND measured.establishment_id IN (SELECT establishment_id FROM contributor WHERE area = 'authority')
    ORDER BY child_id, pupil.as_of DESC, pupil.id
"""  # noqa: S608 - rows of our own


@dataclass(frozen=True)
class People:
    """A population, and the share of its pupils for whom it is known what they attained (by assessed year) and how they
    attended (of those for whom it is measured). A year without pupils has no share.
    """

    population: Population
    results_known: Mapping[str, float]
    attendance_known: float
    establishments: Mapping[str, int]


@dataclass(frozen=True)
class _School:
    """A school, and the places of its years in the order of all years, derived from its ages."""

    urn: str
    name: str
    place: str
    years: tuple[int, ...]

    @property
    def is_special(self) -> bool:
        return self.place == SPECIAL

    def nearest(self, year: int) -> int:
        """The year itself, or the nearest the school has, so that one wrong record neither shows nor stops it."""
        return min(self.years, key=lambda mine: abs(mine - year))


def gather(when: When, today: date) -> People:
    """The people counted on that census day. Raises CannotPublish if an establishment has no Locality.

    Called as portal_batch, since it creates temporary tables.
    """
    cells.begin(when, today)
    cells.gather(when)
    schools = _schools()
    outcomes = _outcomes(when)
    reader = _Reader(when.academic_year, schools, outcomes)
    with connection.cursor() as cursor:
        cursor.execute(_PUPILS, cells.days(when))
        pupils = tuple(reader.pupil(*row) for row in cursor.fetchall() if row[1] in schools)
    there = {pupil.school for pupil in pupils}
    shown = {pk: school for pk, school in schools.items() if school.urn in there}
    _all_have_a_locality(shown.values())
    population = Population(
        when.academic_year,
        when.counted_on,
        tuple(sorted(_localities({school.place for school in shown.values()}), key=lambda place: place[1])),
        tuple(School(one.urn, one.name, one.place, _codes(one)) for one in shown.values()),
        pupils,
    )
    return People(
        population,
        {year: reader.known[year] / reader.asked[year] for year in ASSESSED if reader.asked[year]},
        reader.known["attendance"] / (reader.asked["attendance"] or 1),
        {school.urn: pk for pk, school in shown.items()},
    )


def _schools() -> dict[int, _School]:
    with connection.cursor() as cursor:
        cursor.execute(_SCHOOLS)
        return {
            pk: _School(str(urn), name, _place(areas), _years(low, high)) for pk, urn, name, low, high, areas in cursor
        }


def _place(areas: Collection[str]) -> str:
    if not _SPECIAL_PHASES.isdisjoint(areas):
        return SPECIAL
    return next((area for area in areas if area.startswith("locality:")), "")


def _years(low_age: int | None, high_age: int | None) -> tuple[int, ...]:
    """The years of pupils of these ages at the beginning of a school year; all years if there are no ages."""
    if low_age is None or high_age is None or high_age <= low_age:
        return tuple(_PLACE.values())
    ages = range(low_age, high_age)
    return tuple(sorted({max(-1, min(_LAST, age - _BEGINS_RECEPTION_AT)) for age in ages}))


def _codes(school: _School) -> tuple[str, ...]:
    codes = tuple(ALL_YEARS[year + 1] for year in school.years)
    return (*codes, "X") if school.is_special else codes


def _localities(codes: set[str]) -> Iterator[tuple[str, str]]:
    for locality in Locality.objects.all():
        if f"locality:{locality.pk}" in codes:
            yield f"locality:{locality.pk}", locality.name


def _all_have_a_locality(schools: Collection[_School]) -> None:
    without = sorted(school.name for school in schools if not school.place)
    if without:
        more = [f"{len(without) - 5} more"] if len(without) > 5 else []
        raise CannotPublish(
            f"This cannot be published, because {', '.join(without[:5] + more)} "
            f"{'has' if len(without) == 1 else 'have'} no Locality today. An information manager gives each its own: "
            "EduNet, “Localities and their establishments”. An authority without Localities names one for all."
        )


def _outcomes(when: When) -> dict[tuple[Any, str], bool]:
    """(child, assessed year) -> whether the child attained, wherever in the community the result was recorded."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS outcome")
        cursor.execute("CREATE TEMP TABLE outcome (child_id uuid, assessed text, attained numeric)")
        for year, counted in ASSESSED.items():
            cursor.execute(_OUTCOME.format(rows=counted.rows), cells.days(when) | {"assessed": year})
        cursor.execute("SELECT child_id, assessed, attained > 0 FROM outcome")
        return {(child, assessed): attained for child, assessed, attained in cursor.fetchall()}


class _Reader:
    """Turns rows of the store into pupils of the statistics. `asked`, `known`: how many need, and have, an outcome."""

    def __init__(self, year: int, schools: Mapping[int, _School], outcomes: Mapping[tuple[Any, str], bool]) -> None:
        self.year, self.schools, self.outcomes = year, schools, outcomes
        self.asked: Counter[str] = Counter()
        self.known: Counter[str] = Counter()

    def pupil(
        self, child: Any, place: int, recorded: str, as_of: date, by_age: int, sex: str, fsm: str, sen: str, eal: str,
        ethnicity: str, missed: int | None, possible: int | None,
    ) -> Pupil:  # fmt: skip
        school = self.schools[place]
        year = self._year(school, recorded, academic_year(as_of) - self.year, by_age)
        attained = self._attained(child, year)
        absent, attendance = self._attendance(year, missed, possible)
        return Pupil(
            school=school.urn,
            phase=OTHER if school.is_special else PRIMARY if _PLACE[year] <= _LAST_OF_PRIMARY else SECONDARY,
            year=year,
            sex=sex,
            fsm=fsm,
            sen="N" if sen == "U" else sen,
            eal=_EAL[eal],
            ethnicity=ethnicity_for_statistics(main_ethnicity(ethnicity) or ""),
            attained=attained,
            persistently_absent=absent,
            attendance=attendance,
        )

    def _year(self, school: _School, recorded: str, years_since: int, by_age: int) -> str:
        """The year that the child was in: the record's, less the school years that have passed since."""
        code = year_for_statistics(recorded)
        if code == "X" and school.is_special:
            return "X"
        year = _PLACE[code] - max(years_since, 0) if code in _PLACE else by_age
        return ALL_YEARS[school.nearest(year) + 1]

    def _attained(self, child: Any, year: str) -> str:
        if year not in ASSESSED:
            return ""
        told = self.outcomes.get((child, year))
        self.asked[year] += 1
        self.known[year] += told is not None
        return "Y" if told else "N"

    def _attendance(self, year: str, missed: int | None, possible: int | None) -> tuple[str, float | None]:
        """(persistently absent, per cent attended)."""
        if year in NOT_MEASURED:
            return "U", None
        self.asked["attendance"] += 1
        if missed is None or not possible:
            return "U", None
        self.known["attendance"] += 1
        is_absent = counted_attendance.PERSISTENT * missed >= possible
        return "Y" if is_absent else "N", 100 * max(0, int(possible) - int(missed)) / int(possible)
