"""The rows that belong to a record: which ones a file adds, changes and removes, and doing it.

Within the stretch it covers, a file has the last word, unless a row comes from a newer source. Rows that describe the
current state (needs, meals, address, contacts, enrolments) are left alone for a record that is newer than the file.
Rows with a time of their own (sessions of a term, suspensions, results) are not.
"""

# ruff: noqa: S608 (the names in the SQL are those of our own tables and columns)

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db import models

from sharing.fields import EncryptedTextField
from sharing.imports.problems import Problem, ProblemLog
from sharing.imports.staging import columns_of, key_of, make_table, may_be_untold, run
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
)

Covers = Mapping[type[models.Model], Mapping[str, Any]]
"""For a table the stretch that a file tells whole: column -> its value, or (first, last), both included.

Of days the last may be None, for no end."""

PLURALS: Final[Mapping[type[models.Model], str]] = {
    Enrolment: "Enrolments",
    PupilNeeds: "Special educational needs",
    SenNeed: "Types of need",
    FreeMealsPeriod: "Periods of free school meals",
    Attendance: "Counts of attendance",
    Suspension: "Suspensions and exclusions",
    Result: "Results",
    HomeAddress: "Home addresses",
    Contact: "Contacts",
}
ENDS_TOO_SOON: Final = "It ends before it starts. Correct one of the dates."
OF_THEIR_TIME: Final = (Attendance, Suspension, Result)
TWICE: Final = "{what}: the same one is there twice for this pupil. Leave one of them out."


def _name(part: type[models.Model]) -> str:
    return part._meta.model_name or ""


def _has_source(part: type[models.Model]) -> bool:
    return part is not Enrolment


def _quoted(names: list[str], of: str = "") -> str:
    return "".join(f', {of}"{name}"' for name in names)


def _matching(part: type[models.Model], left: str, right: str) -> str:
    return "".join(f' AND {left}."{name}" = {right}."{name}"' for name in key_of(part))


def _differing(part: type[models.Model], named: set[str]) -> str:
    """A condition for a row in the file that differs from the known one. Encrypted columns are compared by index."""
    compared = [
        f'told."{field.name}" {"IS DISTINCT FROM" if field.null else "<>"} known."{field.name}"'
        for field in columns_of(part)
        if field.name in named
        and field.name not in key_of(part)
        and field.name != "ends_on"
        and not isinstance(field, EncryptedTextField)
    ]
    if "ends_on" in named:
        compared.append("told.ends_on IS DISTINCT FROM known.ends_on")
    if part is Enrolment:
        compared.append("known.cancelled_at IS NOT NULL")
    return " OR ".join(f"({condition})" for condition in compared) or "false"


def _is_cut(part: type[models.Model], stretch: Mapping[str, Any]) -> bool:
    """Whether a row that the file no longer has is kept up to the first day that the file covers."""
    return part is FreeMealsPeriod and "ends_on" in stretch


def _covered(stretch: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The condition that a known row falls in the stretch, with its parameters."""
    conditions: list[str] = ["true"]
    params: dict[str, Any] = {}
    for name, value in stretch.items():
        first, last = value if isinstance(value, tuple) else (value, value)
        open_ended = name.endswith("_on")
        known = f"coalesce(known.{name}, 'infinity')" if open_ended else f'known."{name}"'
        conditions.append(f"{known} BETWEEN %({name}_from)s AND %({name}_to)s")
        params |= {f"{name}_from": first, f"{name}_to": "infinity" if open_ended and last is None else last}
    return " AND ".join(conditions), params


# A known enrolment that is not in the file and overlaps one that is: the file's is the right one. An enrolment reported
# only from before the establishment opened never existed (pupil_store). Nor did one carried over from the previous URN
# for a child who had left by then: no return had said so yet, as for a Year 6 in July. Nor did one from before the
# child was born, so that a corrected first day leaves nothing to correct (P9). Nor one that begins after the file's
# day, if the child was here before: it goes on from there.
_SUPERSEDED = """
    WHEN told.place IS NULL AND known.cancelled_at IS NULL AND known.starts_on <= %(as_of)s
         AND known.pupil_id IN (SELECT pupil_id FROM told_never_here)
         AND NOT EXISTS (SELECT FROM told_record AS here JOIN told_enrolment USING (n)
                         WHERE here.pupil_id = known.pupil_id) THEN 'cancelled'
    WHEN told.place IS NULL AND known.cancelled_at IS NULL AND known.starts_on <= %(as_of)s THEN (
        SELECT CASE WHEN bool_or(known.starts_on >= stay.starts_on OR known.starts_on = stay.here_since
                                 OR known.starts_on < here.born_on)
                    THEN 'cancelled' ELSE 'cut' END
        FROM told_record AS here JOIN told_enrolment AS stay USING (n)
        WHERE here.pupil_id = known.pupil_id
          AND daterange(stay.starts_on, stay.ends_on, '[]') && daterange(known.starts_on, known.ends_on, '[]')
        HAVING count(*) > 0)
    WHEN told.place IS NULL AND known.cancelled_at IS NULL AND EXISTS (
        SELECT FROM told_record AS here JOIN told_enrolment AS stay USING (n)
        WHERE here.pupil_id = known.pupil_id AND stay.starts_on <= %(as_of)s
          AND coalesce(stay.ends_on, 'infinity') >= known.starts_on) THEN 'cancelled'
"""


# Known free meals that began before the stretch and are not in the file: the earlier time stays, unless the file itself
# reports that time differently.
_CUT_BEFORE = """
    CASE WHEN known.starts_on < %(ends_on_from)s AND NOT EXISTS (
        SELECT FROM told_record AS here JOIN told_freemealsperiod AS period USING (n)
        WHERE here.pupil_id = known.pupil_id AND period.starts_on < %(ends_on_from)s
          AND daterange(period.starts_on, period.ends_on, '[]') && daterange(known.starts_on, known.ends_on, '[]'))
    THEN 'cut' ELSE 'removed' END
"""

# A child who left after the file's day has left, although the file could not know it. So a stay that is open in the
# file takes its end, and what was recorded with it, from the first stay known here that lasts to that day or is later.
# That may be one with another first day, which the file corrects: what is added, or no longer cancelled, then has all
# that it replaces has. Of two stays in the file for one that is known, it is the later that has it.
_OF_THE_END: Final = ("leaving_reason", "destination", "file_until", "file_made_on")
_KNOWN_SINCE = """
    UPDATE told_enrolment AS told
    SET ends_on = coalesce(told.ends_on, known.ends_on),
        leaving_reason = coalesce(told.leaving_reason, known.leaving_reason),
        destination = coalesce(told.destination, known.destination),
        file_until = known.file_until, file_made_on = known.file_made_on
    FROM (SELECT DISTINCT ON (stay.place) stay.place AS at, old.* FROM told_enrolment AS stay
          JOIN told_record AS here USING (n) JOIN sharing_enrolment AS old ON old.pupil_id = here.known_id
          WHERE old.cancelled_at IS NULL
            AND (stay.ends_on IS NOT NULL OR old.ends_on IS NULL OR old.ends_on >= %(as_of)s)
            AND daterange(stay.starts_on, stay.ends_on, '[]') && daterange(old.starts_on, old.ends_on, '[]')
            AND NOT EXISTS (
                SELECT FROM told_record AS also JOIN told_enrolment AS later USING (n)
                WHERE also.pupil_id = here.pupil_id AND later.starts_on > stay.starts_on
                  AND daterange(later.starts_on, later.ends_on, '[]') && daterange(old.starts_on, old.ends_on, '[]'))
          ORDER BY stay.place, old.ends_on = stay.ends_on DESC NULLS LAST, old.starts_on) AS known
    WHERE known.at = told.place
"""
_ENDS = (
    "ends_on = CASE WHEN told.ends_on IS NULL AND known.ends_on >= %(as_of)s THEN known.ends_on ELSE told.ends_on END"
)


def plan(part: type[models.Model], named: set[str], stretch: Mapping[str, Any], told_by: Mapping[str, Any]) -> None:
    """Make `plan_<part>`: one row for each row of the store that is to be added, changed, confirmed or removed."""
    name = _name(part)
    if part is Enrolment:
        run(_KNOWN_SINCE, told_by)
    covered, params = _covered(stretch)
    told_as_of = "coalesce(known.as_of, record.as_of)" if _has_source(part) else "record.as_of"
    gone = _CUT_BEFORE if _is_cut(part, stretch) else "'removed'"
    removed = _SUPERSEDED if part is Enrolment else f"WHEN told.place IS NULL AND {covered} THEN {gone}"
    confirmed = "WHEN known.as_of < %(as_of)s THEN 'confirmed'" if _has_source(part) else ""
    standing = "true" if part in OF_THEIR_TIME else "NOT here.is_older"
    make_table(
        f"plan_{name}",
        query=f"""
            SELECT * FROM (
                SELECT coalesce(told.pupil_id, known.pupil_id) AS pupil_id,
                       coalesce(told.establishment_id, known.establishment_id) AS establishment_id,
                       told.place, known.known_id,
                       CASE WHEN known.pupil_id IS NULL THEN 'added'
                            WHEN known.known_as_of > %(as_of)s THEN NULL
                            {removed}
                            WHEN told.place IS NULL THEN NULL
                            WHEN {_differing(part, named)} THEN 'changed'
                            {confirmed} END::varchar(9) AS action
                FROM (SELECT here.pupil_id, here.establishment_id, rows.* FROM told_{name} AS rows
                      JOIN told_record AS here USING (n) WHERE {standing}) AS told
                FULL JOIN (SELECT known.*, known.{part._meta.pk.column} AS known_id, {told_as_of} AS known_as_of
                           FROM sharing_{name} AS known JOIN sharing_pupil AS record ON record.id = known.pupil_id
                           WHERE known.establishment_id = ANY(%(establishments)s)
                             AND known.pupil_id IN (SELECT here.known_id FROM told_record AS here
                                                    WHERE '{name}' = ANY(here.parts) AND {standing})) AS known
                  ON known.pupil_id = told.pupil_id{_matching(part, "known", "told")}
            ) AS planned WHERE action IS NOT NULL
        """,
        params={**told_by, **params},
    )


def refuse_impossible(parts: Iterable[type[models.Model]], log: ProblemLog) -> None:
    """Add a problem for each row that is there twice, or that ends before it starts."""
    found: list[tuple[type[models.Model], str, str]] = []
    for part in parts:
        told, key = f"told_{_name(part)} AS rows JOIN told_record AS here USING (n)", _quoted(key_of(part), "rows.")
        twice = (
            f"SELECT row FROM (SELECT here.row, row_number() OVER (PARTITION BY here.pupil_id{key} ORDER BY here.n) "
            f"AS nth FROM {told} WHERE here.place = 1 OR NOT here.tells) AS told WHERE nth > 1"
        )
        found.append((part, twice, TWICE.format(what=PLURALS[part])))
        if part in (Enrolment, FreeMealsPeriod):
            found.append((part, f"SELECT row FROM {told} WHERE rows.ends_on < rows.starts_on", ENDS_TOO_SOON))
    for place, row in _all_of([sql for _, sql, _ in found], "1, 2"):
        part, _, cure = found[place]
        log.add(Problem(row, PLURALS[part], "", cure))


def _all_of(queries: list[str], order: str) -> list[tuple[Any, ...]]:
    """The rows of all these queries from a single statement, each with the position of its query."""
    numbered = (f"SELECT {place} AS place, asked.* FROM ({query}) AS asked" for place, query in enumerate(queries))
    return run(f"{' UNION ALL '.join(numbered)} ORDER BY {order}") if queries else []


def count(parts: Collection[type[models.Model]]) -> list[tuple[type[models.Model], int, str, int]]:
    """The part, establishment, action and number of what is planned. An enrolment that gets an end, or an earlier end,
    is counted as `left` too.
    """
    asked = [
        (part, f"SELECT establishment_id, action, count(*) FROM plan_{_name(part)} GROUP BY 1, 2") for part in parts
    ]
    if Enrolment in parts:
        asked.append((Enrolment, _LEFT))
    counted = _all_of([sql for _, sql in asked], "1, 2, 3")
    return [(asked[place][0], establishment, action, number) for place, establishment, action, number in counted]


LEAVING: Final = """
    FROM plan_enrolment AS planned
    JOIN told_enrolment AS told USING (place) JOIN sharing_enrolment AS known ON known.id = planned.known_id
    WHERE planned.action = 'changed' AND told.ends_on < coalesce(known.ends_on, 'infinity')
"""
_LEFT: Final = f"SELECT planned.establishment_id, 'left', count(*) {LEAVING} GROUP BY 1"


def apply(
    part: type[models.Model], named: set[str], stretch: Mapping[str, Any], told_by: Mapping[str, Any],
    planned: Collection[str],
) -> None:  # fmt: skip
    """Do what was planned, with one statement for each kind of action in the plan."""
    if "added" in planned:
        _add(part, told_by)
    if not {"changed", "confirmed"}.isdisjoint(planned):
        _change(part, named, told_by)
    if _is_cut(part, stretch) and "cut" in planned:
        run(_CUT_MEALS, {**told_by, "first": stretch["ends_on"][0]})
    elif not {"cut", "cancelled"}.isdisjoint(planned):
        run(_CUT)
    if "removed" in planned:
        run(
            f"DELETE FROM sharing_{_name(part)} AS known USING plan_{_name(part)} AS planned "
            f"WHERE known.{part._meta.pk.column} = planned.known_id AND action = 'removed'"
        )


def _add(part: type[models.Model], told_by: Mapping[str, Any]) -> None:
    name, fields = _name(part), columns_of(part)
    with_source, source = (", source, as_of", ", %(source)s, %(as_of)s") if _has_source(part) else ("", "")
    run(
        f"INSERT INTO sharing_{name} (pupil_id, establishment_id{_quoted([f.name for f in fields])}{with_source}) "
        f"SELECT planned.pupil_id, planned.establishment_id{''.join(_or_default(field) for field in fields)}{source} "
        f"FROM plan_{name} AS planned JOIN told_{name} AS told USING (place) WHERE action = 'added'",
        {**told_by, **{f"default_{f.name}": f.get_default() for f in fields if may_be_untold(f)}},
    )


def _change(part: type[models.Model], named: set[str], told_by: Mapping[str, Any]) -> None:
    name = _name(part)
    elsewhere = (*key_of(part), "ends_on", *(_OF_THE_END if part is Enrolment else ()))
    written = [f for f in columns_of(part) if f.name in named and f.name not in elsewhere]
    sets = [
        f'"{f.name}" = coalesce(told."{f.name}", known."{f.name}")'
        if may_be_untold(f)
        else f'"{f.name}" = told."{f.name}"'
        for f in written
    ]
    if part is Enrolment:
        sets += [f"{of} = coalesce(told.{of}, known.{of})" for of in _OF_THE_END]
    if "ends_on" in named:
        sets.append(_ENDS if part is Enrolment else "ends_on = told.ends_on")
    sets += ["source = %(source)s", "as_of = %(as_of)s"] if _has_source(part) else ["cancelled_at = NULL"]
    run(
        f"UPDATE sharing_{name} AS known SET {', '.join(sets)} "
        f"FROM plan_{name} AS planned JOIN told_{name} AS told USING (place) "
        f"WHERE known.{part._meta.pk.column} = planned.known_id AND action IN ('changed', 'confirmed')",
        told_by,
    )


def _or_default(field: models.Field) -> str:
    if not may_be_untold(field):
        return f', told."{field.name}"'
    return f', coalesce(told."{field.name}", %(default_{field.name})s)'


_CUT = """
    UPDATE sharing_enrolment AS known
    SET cancelled_at = CASE WHEN action = 'cancelled' THEN now() END,
        ends_on = CASE WHEN action = 'cancelled' THEN known.ends_on ELSE (
            SELECT min(stay.starts_on) - 1 FROM told_record AS here JOIN told_enrolment AS stay USING (n)
            WHERE here.pupil_id = known.pupil_id AND stay.starts_on > known.starts_on) END,
        file_until = CASE WHEN action = 'cancelled' THEN known.file_until END,
        file_made_on = CASE WHEN action = 'cancelled' THEN known.file_made_on END
    FROM plan_enrolment AS planned WHERE known.id = planned.known_id AND action IN ('cut', 'cancelled')
"""
_CUT_MEALS = """
    UPDATE sharing_freemealsperiod AS known SET ends_on = %(first)s - 1, source = %(source)s, as_of = %(as_of)s
    FROM plan_freemealsperiod AS planned WHERE known.id = planned.known_id AND action = 'cut'
"""
