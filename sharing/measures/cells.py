"""Cells: sums over children, by establishment and group, and the figures made from them.

Everything happens in temporary tables of the database, in sets, as portal_batch. `cell` has a row for each measure,
establishment and group: the sums of numerators and of denominators, and how many children are in either.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import connection

from sharing import codes
from sharing.measures.counted import Counted, When
from sharing.measures.grouping import AND, PAIRS, TOTAL
from sharing.models import Release
from sharing.models.establishments import (
    ALTERNATIVE_ACADEMIES,
    CENTRE_CLOSED,
    CLOSED,
    CLOSED_SAYS_GIAS,
    SPECIAL_ACADEMIES,
)
from sharing.school_year import census_days

SMALL: Final = 10
"""Fewer children than this are few: their figure is for those who may see the children."""
FEWEST: Final = 3
"""An area's figure needs so many establishments."""
TOLD_BY_ANOTHER: Final = ("sex:F", "fsm:Y", "sen:K", "sen:E", "eal:Y")
"""Groups of the roll that have a measure of their own."""
WITHIN: Final = (
    ("attendance_severe", "attendance_persistent", "attendance_severe"),
    ("ks2_counts_rwm_higher", "ks2_counts_rwm_expected", "ks2_counts_rwm_higher"),
    ("roll_fsm", "roll_fsm6", "roll_fsm6"),
)
"""Measures whose children are all among those of another: the narrower, the wider, and which of them is withheld if the
two give each other away. roll_fsm is the number of fsm:Y too, so it is not that one."""

_BEGIN = "DROP TABLE IF EXISTS measured, cell, contributor, made"
_NO_COMPILING = "SET LOCAL jit = off"  # compiling takes longer than running these statements
_LABELS = {key: f"'{key}:' || {key}" for key in ("sex", "fsm", "sen", "eal", "ethnicity", "born")}
_PAIR_LABELS = ", ".join(f"{_LABELS[one]} || '{AND}' || {_LABELS[other]}" for one, other in PAIRS)
MEASURED: Final = f"""
    SELECT *, ARRAY['{TOTAL}', {", ".join(_LABELS.values())}] AS groups, ARRAY[{_PAIR_LABELS}] AS pairs
    FROM (
        SELECT pupil.id AS pupil_id, pupil.establishment_id,
               %(year)s - 5 - (date_part('year', born_on)::int - (date_part('month', born_on) < 9)::int)
                   AS years_after_reception,
               enrolled.pupil_id IS NOT NULL AS on_roll,
               sex,
               CASE WHEN coalesce(meals.now, pupil.free_school_meals) THEN 'Y' ELSE 'N' END AS fsm,
               CASE WHEN sen_provision IN ('E', 'S') THEN 'E' WHEN sen_provision IN ('K', 'A', 'P') THEN 'K'
                    WHEN sen_provision = 'N' THEN 'N' ELSE 'U' END AS sen,
               CASE WHEN language = ANY (%(english)s) THEN 'N' WHEN language = ANY (%(not_known)s) THEN 'U'
                    ELSE 'Y' END AS eal,
               coalesce(%(ethnicity)s::jsonb ->> pupil.ethnicity, 'U') AS ethnicity,
               CASE WHEN date_part('month', born_on) >= 9 THEN 'autumn'
                    WHEN date_part('month', born_on) <= 4 THEN 'spring' ELSE 'summer' END AS born
        FROM sharing_pupil AS pupil
        JOIN sharing_establishment AS place
          ON place.id = pupil.establishment_id AND place.kind <> '' AND la_code = %(la)s
        LEFT JOIN (
            SELECT DISTINCT pupil_id FROM sharing_enrolment
            WHERE kind IN ('C', 'M') AND cancelled_at IS NULL
              AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)) AS enrolled
          ON enrolled.pupil_id = pupil.id
        LEFT JOIN sharing_pupilneeds AS needs ON needs.pupil_id = pupil.id
        LEFT JOIN (
            SELECT pupil_id, bool_or(starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)) AS now
            FROM sharing_freemealsperiod GROUP BY pupil_id) AS meals ON meals.pupil_id = pupil.id
        WHERE pupil.id <> ALL (ARRAY(SELECT portal_closed()))
    ) AS pupil
"""  # noqa: S608
"""SQL: every record of the community, with the groups that it belongs to on the day of the roll, alone and in pairs.

A closed child is not among them (R18): a roll of one more than the list shows would tell of the child."""
_CELL = """
    CREATE TEMP TABLE cell (
        code text, establishment_id bigint, "group" text,
        numerator numeric, denominator bigint, part bigint, whole bigint, of_children boolean, keeps_numerator boolean)
"""
# {rows} is one of our own statements (sharing.measures.counted_*), never text from outside. Children with the same
# groups are summed before their labels are separated. A measure that is itself about a group is not broken down by two.
_COUNT = """
    WITH counted (pupil_id, numerator, denominator) AS MATERIALIZED ({rows}),
    alike AS (
        SELECT establishment_id, groups, pairs, sum(counted.numerator) AS numerator,
               sum(counted.denominator) AS denominator, count(*) FILTER (WHERE counted.numerator > 0) AS part,
               count(*) FILTER (WHERE counted.denominator > 0) AS whole
        FROM counted JOIN measured USING (pupil_id)
        GROUP BY establishment_id, groups, pairs)
    INSERT INTO cell
    SELECT %(code)s, establishment_id, label, sum(numerator), sum(denominator), sum(part), sum(whole),
           %(of_children)s, %(keeps_numerator)s
    FROM alike, unnest(CASE WHEN %(itself)s = '' THEN groups || pairs ELSE groups END) AS label
    WHERE split_part(label, ':', 1) <> %(itself)s
    GROUP BY establishment_id, label
"""
# Which establishment contributes to which area: one that takes part today, to today's Locality. One that took part
# until it closed contributes to its last Locality, for counts before it closed or of a year that had ended by then.
# Otherwise the figure of a day would change because a school closes later. GIAS may give another closing day later: the
# earlier one ended the Locality.
_CONTRIBUTOR = """
    CREATE TEMP TABLE contributor AS
    WITH own AS (SELECT * FROM sharing_establishment WHERE kind <> '' AND la_code = %(la)s),
    closed AS (
        SELECT own.*, least(close_date, newest.ends_on) AS by_day FROM own JOIN LATERAL (
            SELECT ended_because, ends_on FROM sharing_participation AS part WHERE part.establishment_id = own.id
            ORDER BY starts_on DESC LIMIT 1) AS newest ON newest.ended_because = ANY (%(by_closing)s)
        WHERE status_code = %(closed)s AND newest.ends_on < %(today)s
          AND (%(as_of)s <= close_date OR %(year)s < extract(year FROM close_date + 1)
                 - CASE WHEN extract(month FROM close_date + 1) < 9 THEN 1 ELSE 0 END)),
    taking_part AS (
        SELECT own.*, %(today)s::date AS by_day FROM own
        WHERE EXISTS (
            SELECT FROM sharing_participation AS part WHERE part.establishment_id = own.id
              AND part.starts_on <= %(today)s AND (part.ends_on IS NULL OR part.ends_on >= %(today)s))
        UNION ALL SELECT * FROM closed)
    SELECT id AS establishment_id, 'authority' AS area FROM taking_part
    UNION ALL SELECT member.establishment_id, 'locality:' || locality_id
    FROM sharing_localitymembership AS member JOIN taking_part ON taking_part.id = member.establishment_id
    WHERE member.starts_on <= by_day AND (member.ends_on IS NULL OR member.ends_on >= by_day)
    UNION ALL SELECT id, 'phase:' || phase FROM (
        SELECT id, CASE
            WHEN kind IN ('nursery', 'special', 'pru', 'childrens_centre') THEN kind
            WHEN type_code = ANY (%(special)s) THEN 'special' WHEN type_code = ANY (%(pru)s) THEN 'pru'
            WHEN phase_code = 1 THEN 'nursery' WHEN phase_code IN (2, 3) THEN 'primary'
            WHEN phase_code IN (4, 5, 6) THEN 'secondary' WHEN phase_code = 7 THEN 'all_through' END AS phase
        FROM taking_part) AS with_phase WHERE phase IS NOT NULL
"""
# A figure is small when it is of fewer than ten children, or of all but fewer than ten, or out of fewer than ten: 0% or
# 100% would reveal the fact about each child (R11). For a whole roll, 0 is about nobody and is shown, and so is all of
# it: then it is true of each of its groups as well, and is shown there too. The number of pupils in a group always
# counts all of them.
#
# If the small groups of a dimension are few together, or there is only one, they could be found by subtracting the
# others from the total, so the next smallest is withheld with them. On the roll, one is chosen that no other measure
# gives away: roll_sen_support is the number of sen:K.
#
# For two dimensions together all figures are small if one is, since a single gap could be worked out from rows and
# columns. An area then has none of them, since nobody may see them.
_ARE_FEW = """CASE WHEN NOT of_children THEN {part} = 0
             WHEN is_of_a_kind THEN {part} BETWEEN 1 AND %(small)s - 1 OR {rest} BETWEEN 1 AND %(small)s - 1
             ELSE least({part}, {rest}) < %(small)s END"""
_FIGURES = f"""
    WITH summed AS ({{summed}}),
    told AS (
        SELECT *, code LIKE 'roll_%%' AND ("group" = %(total)s OR min(least(part, whole - part)) FILTER (
                   WHERE "group" = %(total)s) OVER (PARTITION BY code, establishment_id, area) = 0) AS is_of_a_kind
        FROM summed),
    judged AS (
        SELECT told.*, measure.id AS measure_id, measure.unit, strpos("group", %(and)s) > 0 AS of_two,
               regexp_replace("group", ':[^|]*', '', 'g') AS dimension,
               has_withheld OR whole < %(small)s OR {_ARE_FEW.format(part="part", rest="whole - part")} AS is_few
        FROM told JOIN sharing_measure AS measure USING (code)
        WHERE told.denominator > 0 AND (NOT of_few_places OR strpos("group", %(and)s) > 0)),
    placed AS (
        SELECT *, count(*) FILTER (WHERE is_few OR of_few_places) OVER line AS few_in_line,
               sum(part) FILTER (WHERE is_few) OVER line AS few_part,
               sum(whole - part) FILTER (WHERE is_few) OVER line AS few_rest,
               row_number() OVER (
                   PARTITION BY code, establishment_id, area, dimension
                   ORDER BY is_few, code LIKE 'roll_%%' AND "group" = ANY (%(told)s), whole, "group") AS place
        FROM judged
        WINDOW line AS (PARTITION BY code, establishment_id, area, dimension))
    SELECT measure_id, establishment_id, area, "group",
           CASE unit WHEN 'number' THEN numerator
                     WHEN 'percent' THEN round(100 * numerator / denominator, 4)
                     WHEN 'rate' THEN round(100 * numerator / denominator, 4)
                     ELSE round(numerator / denominator, 4) END AS value,
           CASE WHEN keeps_numerator THEN numerator::int END AS numerator,
           CASE WHEN unit <> 'number' THEN denominator::int END AS denominator,
           is_few OR (of_two AND few_in_line > 0) OR (place = 1 AND dimension <> 'total' AND (
               few_in_line = 1 OR (few_in_line > 0 AND {_ARE_FEW.format(part="few_part", rest="few_rest")})))
               AS is_small
    FROM placed WHERE NOT of_two OR few_in_line = 0 OR establishment_id IS NOT NULL
"""  # noqa: S608
# Where fewer than ten of a group have no special needs, and ten or more have one kind, measures of the roll give each
# other away: the pupils less both kinds, or girls of one kind among the girls. There, nothing is given by special needs
# together with another dimension; and where ten or more have each kind, the rarer is withheld altogether. A school
# whose pupils all have the same kind has nothing to give away.
#
# Also, if a group of one dimension has nobody in a group of another dimension, and others do, the two are not given
# together: if none of ten children is without free meals, all have them.
#
# Two measures of which one is within the other tell by subtraction of how many children only the wider is true. If
# these are fewer than ten in a group for which both could be shown, or in all the other groups of its dimension
# together, one of the two is withheld in that dimension, also together with another one: those groups add up to its
# own. If it is so of all the pupils, it is withheld in every dimension. Where the narrower counts some children more,
# such as those in the nursery, these may be all of it: then so many only the wider is true of at most.
_OF_PLACES = f"""
    WITH kinds AS (
        SELECT support.establishment_id, support."group", support.part AS support, plan.part AS plan, support.whole,
               support.whole - support.part - plan.part AS neither
        FROM cell AS support JOIN cell AS plan USING (establishment_id, "group")
        WHERE support.code = 'roll_sen_support' AND plan.code = 'roll_ehc_plan'),
    giving_away AS (
        SELECT establishment_id, CASE
            WHEN NOT bool_or("group" = %(total)s AND least(support, plan) >= %(small)s
                             AND neither BETWEEN 1 AND %(small)s - 1) THEN ARRAY[]::text[]
            WHEN max(support) < max(plan) THEN ARRAY['roll_sen_support', 'sen:K']
            ELSE ARRAY['roll_ehc_plan', 'sen:E'] END AS rarer
        FROM kinds GROUP BY establishment_id
        HAVING bool_or(neither < %(small)s AND greatest(support, plan) >= %(small)s)
           AND NOT bool_or("group" = %(total)s AND greatest(support, plan) = whole)),
    with_a_gap AS (
        SELECT establishment_id, regexp_replace("group", ':[^|]*', '', 'g') AS dimension
        FROM cell WHERE code = 'roll_pupils' AND strpos("group", %(and)s) > 0
        GROUP BY establishment_id, dimension
        HAVING count(*) < count(DISTINCT split_part("group", %(and)s, 1))
                          * count(DISTINCT split_part("group", %(and)s, 2))),
    only_wider AS (
        SELECT pair.withheld AS code, establishment_id, regexp_replace("group", ':[^|]*', '', 'g') AS dimension,
               wide.part - narrow.part + narrow.whole - wide.whole AS part,
               least(narrow.part, wide.part, narrow.whole - narrow.part, wide.whole - wide.part) >= %(small)s
                   AS may_be_shown
        FROM (VALUES {", ".join(str(pair) for pair in WITHIN)}) AS pair (narrower, wider, withheld)
        JOIN cell AS narrow ON narrow.code = pair.narrower
        JOIN cell AS wide USING (establishment_id, "group")
        WHERE wide.code = pair.wider),
    few_of_the_wider AS (
        SELECT code, establishment_id, dimension FROM only_wider GROUP BY code, establishment_id, dimension
        HAVING bool_or(may_be_shown AND part BETWEEN 1 AND %(small)s - 1)
            OR bool_or(may_be_shown) AND sum(part) FILTER (WHERE NOT may_be_shown) BETWEEN 1 AND %(small)s - 1),
    within_another AS (
        SELECT code, establishment_id, array_agg(dimension) AS dimensions FROM few_of_the_wider
        GROUP BY code, establishment_id)
    SELECT cell.code, cell.establishment_id, '' AS area, "group", numerator, denominator, part, whole, of_children,
           keeps_numerator, false AS of_few_places,
           rarer IS NOT NULL AND cell.code LIKE 'roll_%%' AND (
               cell.code = ANY (rarer) OR (cell.code = 'roll_pupils' AND "group" = ANY (rarer))
               OR (cell.code IN ('roll_sen_support', 'roll_ehc_plan') AND "group" <> %(total)s)
               OR (strpos("group", 'sen:') > 0 AND (cell.code <> 'roll_pupils' OR strpos("group", %(and)s) > 0))
           ) OR (cell.code = 'roll_pupils' AND with_a_gap.dimension IS NOT NULL)
             OR coalesce(dimensions && (ARRAY[%(total)s, its.dimension] || string_to_array(its.dimension, %(and)s)),
                         false) AS has_withheld
    FROM cell CROSS JOIN LATERAL (SELECT regexp_replace("group", ':[^|]*', '', 'g') AS dimension) AS its
    LEFT JOIN giving_away ON giving_away.establishment_id = cell.establishment_id
    LEFT JOIN with_a_gap ON with_a_gap.establishment_id = cell.establishment_id
        AND with_a_gap.dimension = its.dimension
    LEFT JOIN within_another AS other ON other.code = cell.code AND other.establishment_id = cell.establishment_id
"""  # noqa: S608
# An area's figure must follow from what its establishments show. If one of their figures were withheld, it would be the
# area's less the others; if two were, somebody who knows one would have the other. So an area has the sum of figures
# that are all shown, or none. An establishment that only contributes to a numerator has no figure, and counts as
# withheld too. Where an establishment has figures under two URNs, the later one counts, however many are between them
# (docs/adr/0041): the same children are under both.
_OF_AREAS = """
    WITH chain AS MATERIALIZED (
        SELECT * FROM portal_earlier(ARRAY(SELECT goes_on_as_id FROM sharing_establishment WHERE goes_on_as_id > 0)))
    SELECT code, NULL::bigint AS establishment_id, contributor.area, cell."group", sum(cell.numerator) AS numerator,
           sum(cell.denominator) AS denominator, sum(part) AS part, sum(whole) AS whole,
           bool_and(of_children) AS of_children, bool_and(keeps_numerator) AS keeps_numerator,
           count(*) FILTER (WHERE cell.denominator > 0) < %(fewest)s AS of_few_places,
           bool_or(shown.measure_id IS NULL AND (cell.numerator > 0 OR cell.denominator > 0)) AS has_withheld
    FROM cell JOIN contributor USING (establishment_id) JOIN sharing_measure AS kind USING (code)
    LEFT JOIN made AS shown ON shown.measure_id = kind.id AND shown.establishment_id = cell.establishment_id
        AND shown."group" = cell."group" AND NOT shown.is_small
    WHERE NOT EXISTS (
        SELECT FROM chain JOIN cell AS later ON later.establishment_id = chain.place
        WHERE chain.id = cell.establishment_id AND later.code = cell.code)
    GROUP BY code, contributor.area, cell."group"
"""
_MADE = f"CREATE TEMP TABLE made AS {_FIGURES.format(summed=_OF_PLACES)}"
_AND_OF_AREAS = f"ANALYZE made; INSERT INTO made {_FIGURES.format(summed=_OF_AREAS)}"
_COLUMNS = 'measure_id, establishment_id, area, "group", value, numerator, denominator, is_small'
_IS_OF = f"""
    SELECT NOT EXISTS (
        (SELECT {_COLUMNS} FROM made EXCEPT SELECT {_COLUMNS} FROM sharing_figure WHERE release_id = %(release)s)
        UNION ALL
        (SELECT {_COLUMNS} FROM sharing_figure WHERE release_id = %(release)s EXCEPT SELECT {_COLUMNS} FROM made))
"""  # noqa: S608
_PUT = f"INSERT INTO sharing_figure (release_id, {_COLUMNS}) SELECT %s, {_COLUMNS} FROM made"  # noqa: S608

Cell = tuple[str, int, str, Any, int, int, int, bool, bool]
"""Measure, establishment, group, sum of numerators, of denominators, children in the one, in the other; as Counted."""


def begin(when: When, today: date) -> None:
    """Create the tables, and note which establishment contributes to which area of that year, as things are today."""
    told = {
        "today": today,
        "as_of": when.as_of,
        "year": when.academic_year,
        "closed": CLOSED,
        "by_closing": [CLOSED_SAYS_GIAS, CENTRE_CLOSED],
        "la": settings.AUTHORITY_CODE,
        "special": list(SPECIAL_ACADEMIES),
        "pru": list(ALTERNATIVE_ACADEMIES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NO_COMPILING)
        cursor.execute(_BEGIN)
        cursor.execute(_CELL)
        cursor.execute(_CONTRIBUTOR, told)


def gather(when: When) -> None:
    """Fill `measured`: every record of the community, with the groups it belongs to on the day of the roll."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS measured")
        cursor.execute(f"CREATE TEMP TABLE measured AS {MEASURED}", days(when) | code_lists())
        cursor.execute("ALTER TABLE measured ADD PRIMARY KEY (pupil_id); ANALYZE measured")


def count(measures: Sequence[Counted], when: When) -> None:
    """Fill `cell` with the measures of that year."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cell")
        for measure in measures:
            how = {
                "code": measure.code,
                "itself": measure.itself,
                "of_children": measure.of_children,
                "keeps_numerator": measure.keeps_numerator,
            }
            cursor.execute(_COUNT.format(rows=measure.rows), days(when) | how)


def lay(cells: Iterable[Cell]) -> None:
    """Fill `cell` with sums that were worked out elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cell")
        cursor.executemany("INSERT INTO cell VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", list(cells))


def make() -> int:
    """Turn the cells into figures of establishments and areas, in `made`, and return how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS made")
        told: dict[str, Any] = {"small": SMALL, "fewest": FEWEST, "and": AND, "total": TOTAL}
        told |= {"told": list(TOLD_BY_ANOTHER)}
        cursor.execute(_MADE, told)
        cursor.execute(_AND_OF_AREAS, told)
        cursor.execute("SELECT count(*) FROM made")
        (many,) = cursor.fetchone()
    return int(many)


def are_those_of(release: Release) -> bool:
    """Whether the figures in `made` are exactly the release's."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OF, {"release": release.pk})
        return bool(cursor.fetchone()[0])


def put_into(release: Release) -> None:
    """Store the figures in `made` as the release's."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [release.pk])


def days(when: When) -> dict[str, Any]:
    """The days used by the SQL of a measure (sharing.measures.counted)."""
    year = when.academic_year
    return {
        "year": year,
        "first": date(year, 9, 1),
        "last": date(year + 1, 8, 31),
        "day": when.counted_on,
        "end": census_days(year + 1)[1],
    }


def code_lists() -> dict[str, Any]:
    """The codes used by the statements, by the names of their parameters."""
    groups = {code: group for group in codes.ETHNICITY_GROUP for code in codes.ethnicity_codes(group)}
    return {
        "la": settings.AUTHORITY_CODE,
        "english": sorted(codes.ENGLISH),
        "not_known": sorted(codes.LANGUAGE_NOT_KNOWN),
        "ethnicity": json.dumps(groups),
    }
