"""Measures counted now from the pupils of one establishment whom the asker sees: whole numbers, never a release (R12).

The SQL is that of the releases (`Counted.rows`), with the tables it names first limited to the asker's pupils. So the
two are the same measure, and row-level security limits them once more.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sharing import codes
from sharing.authorise import Withheld
from sharing.hashed import hashed
from sharing.measures import cells, computed
from sharing.measures.catalogue import MEASURE, STANDS_IN_FOR
from sharing.measures.counted import Counted, When
from sharing.measures.counted_attendance import sessions
from sharing.measures.counted_results import EXPECTED, GOOD_LEVEL, HIGHER, UNKNOWN
from sharing.measures.grouping import label_of
from sharing.models.releases import Measure
from sharing.school_year import academic_year as year_of
from sharing.school_year import census_days

_OWN: Final[dict[str, Counted]] = {one.code: one for of in computed.MEASURES.values() for one in of}
# Children behind a published figure are counted like those behind our own: that is what the school has sent.
COUNTED: Final[Mapping[str, Counted]] = _OWN | {
    published: replace(_OWN[count], code=published) for count, published in STANDS_IN_FOR.items()
}
DATASET_OF: Final[Mapping[str, str]] = {code: MEASURE[code].dataset for code in COUNTED}
# The kind of pupil data that a dataset reveals; a new dataset has to be added here. For the roll see `kind_of`.
_KIND_OF_DATASET: Final[Mapping[str, Withheld | None]] = {
    "roll": None,
    "attendance": Withheld.ATTENDANCE,
    "suspensions": Withheld.SUSPENSIONS,
    "eyfsp": Withheld.ATTAINMENT,
    "phonics": Withheld.ATTAINMENT,
    "ks2": Withheld.ATTAINMENT,
    "ks4": Withheld.ATTAINMENT,
    "ks2_counts": Withheld.ATTAINMENT,
    "ks4_counts": Withheld.ATTAINMENT,
}
# Datasets whose whole is a roll.
_OF_A_ROLL = ("roll", "suspensions")
# Results of stages before the measure's own are prior attainment.
_STAGES = {"eyfsp": 1, "phonics": 2, "ks2": 3, "ks4": 4, "ks2_counts": 3, "ks4_counts": 4}
_NO_STAGE = 9

# The tables under their own names, limited: the rest of the statement sees no more than this.
_TABLES = """
    sharing_pupil AS MATERIALIZED (
        SELECT * FROM public.sharing_pupil
        WHERE establishment_id = %(whose_place)s AND visible @> %(whose_day)s::date
          AND (%(whose_years)s::text[] = '{{}}' OR year_group = ANY (%(whose_years)s::text[]))),
    {others}
"""
# A stay that began under an earlier URN counts from its first day there: it is the same establishment (A2).
_OTHERS = {
    "enrolment": "pupil_id, kind, coalesce(here_since, starts_on) AS starts_on, ends_on, cancelled_at",
    **dict.fromkeys(("pupilneeds", "freemealsperiod", "attendance", "suspension", "result"), "*"),
}
_NARROWED = _TABLES.format(
    others=",\n    ".join(
        f"sharing_{table} AS MATERIALIZED (SELECT {columns} FROM public.sharing_{table} AS own "  # noqa: S608
        "WHERE establishment_id = %(whose_place)s AND pupil_id IN (SELECT id FROM sharing_pupil))"
        for table, columns in _OTHERS.items()
    )
)
_MARK = "CASE WHEN result ~ '^[0-9]+$' THEN result::int ELSE 0 END"
_IS_KNOWN = f"status IN ('R', 'P') AND result NOT IN {UNKNOWN}"
# Prior attainment: at Key Stage 1 teacher assessment, at Key Stage 2 tests; none for an exempt child or a lost result.
_PRIOR = f"""
    SELECT DISTINCT ON (pupil_id) pupil_id, band FROM (
        SELECT pupil_id, 1 AS stage, CASE WHEN {GOOD_LEVEL} THEN 'at' ELSE 'below' END AS band
        FROM sharing_result WHERE stage = 'FS' AND status IN ('R', 'P') GROUP BY pupil_id
        HAVING bool_or(result <> 'A')
        UNION ALL
        SELECT pupil_id, 2, CASE WHEN bool_and(result = 'GDS') THEN 'above'
                                 WHEN bool_and(result IN ('EXS', 'GDS')) THEN 'at' ELSE 'below' END
        FROM sharing_result WHERE stage = 'K1' AND subject IN ('REA', 'WRI', 'MAT') AND component IN ('', 'TA')
          AND result !~ '^[0-9]+$' AND {_IS_KNOWN} GROUP BY pupil_id
        UNION ALL
        SELECT pupil_id, 3, CASE WHEN min({_MARK}) >= {HIGHER} THEN 'above'
                                 WHEN min({_MARK}) >= {EXPECTED} THEN 'at' ELSE 'below' END
        FROM sharing_result WHERE stage = 'K2' AND subject IN ('REA', 'MAT') AND component = ''
          AND {_IS_KNOWN} GROUP BY pupil_id) AS earlier
    WHERE earlier.stage < %(stage)s ORDER BY pupil_id, earlier.stage DESC
"""  # noqa: S608
_BAND = f"""
    SELECT pupil_id, CASE WHEN missed * 20 <= possible THEN '95' WHEN missed * 10 < possible THEN '90-95'
                          WHEN missed * 2 <= possible THEN '50-90' ELSE 'under-50' END AS band
    FROM ({sessions("sessions_absent")}) AS year
"""  # noqa: S608
_JOINED = """
    SELECT pupil_id, CASE WHEN date_part('month', min(starts_on)) IN (8, 9) THEN 'start' ELSE 'within' END AS band
    FROM sharing_enrolment WHERE cancelled_at IS NULL GROUP BY pupil_id
"""
# For each measure and year: the children who count, then the same children with the groups each belongs to.
_COUNTED = f"""
    SELECT {{place}}, one.* FROM (
        WITH measured AS MATERIALIZED ({cells.MEASURED}),
        counted (pupil_id, numerator, denominator) AS MATERIALIZED ({{rows}})
        SELECT pupil_id, numerator, denominator{{groups}}
        FROM counted JOIN measured USING (pupil_id){{tables}}) AS one
"""  # noqa: S608
_GROUPS = """, measured.sex, fsm, sen, eal, measured.ethnicity, born, coalesce(joined.band, 'U'),
        coalesce(prior.band, 'U'), coalesce(attended.band, 'U'), year_group, pupil.as_of"""
_OF_GROUPS = f"""
        JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
        LEFT JOIN ({_JOINED}) AS joined USING (pupil_id) LEFT JOIN ({_PRIOR}) AS prior USING (pupil_id)
        LEFT JOIN ({_BAND}) AS attended USING (pupil_id)"""
_NAMED: Final = re.compile(r"%\((?!whose_)(\w+)\)s")
_KEYS = ("sex", "fsm", "sen", "eal", "ethnicity", "born", "joined", "earlier", "attendance", "year")
EVERYBODY: Final = Counted("everybody", "SELECT pupil_id, 1, 1 FROM measured")


@dataclass(frozen=True)
class Whose:
    """The pupils to count: those of an establishment, visible today, in these year groups (all if none are named)."""

    establishment_id: int
    year_groups: frozenset[str]
    today: date


@dataclass(frozen=True)
class CountedChild:
    """What one child adds to a measure, and the child's group in each dimension."""

    pupil_id: UUID
    numerator: Decimal
    denominator: int
    groups: Mapping[str, str]


def kind_of(code: str) -> Withheld | None:
    """The kind of pupil data that a measure reveals, which a head may withhold."""
    if code in ("roll_sen_support", "roll_ehc_plan"):
        return Withheld.SEN
    return _KIND_OF_DATASET[DATASET_OF[code]]


def offered(withheld: Collection[str]) -> tuple[str, ...]:
    """The measures that may be counted for somebody from whom these kinds of data are withheld."""
    return tuple(code for code in COUNTED if kind_of(code) not in withheld)


def children(whose: Whose, measure: Counted, academic_year: int) -> list[CountedChild]:
    """Each child who counts in the measure for that year. Groups are today's, except that the year group and the band
    of attendance are those of the year. The roll of a past year is that of its January census, as in the releases.
    """
    return children_of_each(whose, [(measure, academic_year)])[0]


def children_of_each(
    whose: Whose, wanted: Sequence[tuple[Counted, int]], *, with_groups: bool = True
) -> list[list[CountedChild]]:
    """The same for several measures and years at once, in their order, in one query."""
    groups, tables = (_GROUPS, _OF_GROUPS) if with_groups else ("", "")
    parts = []
    told: dict[str, Any] = {
        "whose_place": whose.establishment_id,
        "whose_day": whose.today,
        "whose_years": sorted(whose.year_groups),
    }
    for place, (measure, academic_year) in enumerate(wanted):
        counted = _COUNTED.replace("{place}", str(place)).replace("{rows}", measure.rows)
        counted = counted.replace("{groups}", groups).replace("{tables}", tables)
        parts.append(_NAMED.sub(rf"%({place}_\1)s", counted))
        told |= {f"{place}_{name}": value for name, value in _told(whose, measure.code, academic_year).items()}
    found: list[list[CountedChild]] = [[] for _ in wanted]
    if wanted:
        with hashed(), connection.cursor() as cursor:
            cursor.execute(f"WITH {_NARROWED} {' UNION ALL '.join(parts)}", told)
            for place, pupil_id, numerator, denominator, *told_of in cursor.fetchall():
                by_key = _by_key(told_of, wanted[place][1]) if with_groups else {}
                found[place].append(CountedChild(pupil_id, Decimal(numerator), int(denominator), by_key))
    return found


def by_group(found: Iterable[CountedChild], by: Sequence[str]) -> dict[str, list[CountedChild]]:
    """The children of each group that has any, by its label."""
    groups: dict[str, list[CountedChild]] = defaultdict(list)
    for child in found:
        groups[label_of(child.groups, by)].append(child)
    return groups


def figure(unit: str, found: Iterable[CountedChild]) -> Decimal | None:
    """The measure's value for these children, as in the releases; None where the denominators add up to nothing."""
    counted = list(found)
    numerator = sum((child.numerator for child in counted), Decimal())
    denominator = sum(child.denominator for child in counted)
    if not denominator:
        return None
    if unit == Measure.Unit.NUMBER:
        return numerator
    return (100 if unit in (Measure.Unit.PERCENT, Measure.Unit.RATE) else 1) * numerator / denominator


def _by_key(told: Sequence[Any], academic_year: int) -> dict[str, str]:
    """The child's groups by dimension. The year group is that of the school year: the record's less the years since."""
    *groups, recorded, as_of = told
    return dict(zip(_KEYS, (*groups, codes.nc_year_before(recorded, year_of(as_of) - academic_year)), strict=True))


def _told(whose: Whose, code: str, academic_year: int) -> dict[str, Any]:
    dataset = DATASET_OF.get(code, "")
    is_past = academic_year < year_of(whose.today)
    day = census_days(academic_year + 1)[0] if is_past and dataset in _OF_A_ROLL else whose.today
    when = When(academic_year, counted_on=day, as_of=whose.today, is_complete=False)
    return cells.days(when) | cells.code_lists() | {"stage": _STAGES.get(dataset, _NO_STAGE)}
