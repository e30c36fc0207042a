"""The one way in for pupils: read from a file, compared with the store, brought in line with the file (R5, R8, R22).

    store = PupilStore(establishments, source="School Census, spring 2026", as_of=day, covers={...})
    store.stage(reader, log)
    changes = store.compare()
    store.apply()

All of it runs inside one transaction as portal_batch, which the caller opens and ends. It works in sets and joins in
PostgreSQL throughout: the number of statements does not grow with the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst

from sharing import children
from sharing.grace import give_grace
from sharing.imports import closed_alike, pupil_parts, rolls, same_child
from sharing.imports.problems import Problem, ProblemLog
from sharing.imports.pupil_parts import Covers
from sharing.imports.rolls import Roll
from sharing.imports.staging import FACTS, NEEDED, Staging, make_table, run
from sharing.imports.to_look_at import rows_to_look_at
from sharing.imports.told import ToldPupil
from sharing.models import Contact, Enrolment, HomeAddress
from sharing.statements import hold_lock

LEFT_OUT = "No record of this pupil here. The row is left out: check the UPN and the establishment."
UNKNOWN = "No record of this pupil here. Check the UPN and the establishment; a new pupil needs a census first."
NOT_WHOLE = "The pupil is new here, and the file does not give name, date of birth and sex. Send a census first."


@dataclass
class Changes:
    """What a file would change, or has changed: numbers of pupils or rows by name, and by establishment.

    Names: joined, changed, unchanged, older (known from a newer source, so left as they are), missing (on roll here,
    not in the file), left (enrolments that end), and for each part "<table> added|changed|removed". `columns`: in how
    many records each column changes. `who`: a digest of which records these are. `rolls`: the rolls, for a file that
    says who is on roll.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    by_establishment: dict[int, dict[str, int]] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    who: str = ""
    rolls: dict[int, Roll] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.numbers.get(name, 0)

    def add(self, establishment: int, name: str, number: int) -> None:
        self.numbers[name] = self[name] + number
        here = self.by_establishment.setdefault(establishment, {})
        here[name] = here.get(name, 0) + number

    def in_words(self, establishment: int | None = None) -> list[tuple[str, int]]:
        """What would change, in the order of the page; what stays as it is belongs in the notes."""
        numbers = self.numbers if establishment is None else self.by_establishment.get(establishment, {})
        return [(words, numbers[name]) for name, words in _WORDS.items() if numbers.get(name)]

    def columns_in_words(self) -> list[str]:
        """A note of which facts change, and in how many records; no note if none does."""
        told = [f"{_fact_in_words(name)} ({number:,})" for name, number in self.columns.items()]
        return [f"What changes in the records, and in how many: {', '.join(told)}."] if told else []


_FACT = {"upn": "UPN", "former_upn": "former UPN", "uln": "ULN", "born_on": "date of birth", "class_name": "class"}
_WORDS = {
    "joined": "Pupils added",
    "changed": "Pupil records changed",
    "left": "Leavers",
    **{
        f"{part._meta.model_name} {action}": f"{plural} {action}"
        for part, plural in pupil_parts.PLURALS.items()
        for action in ("added", "changed", "removed")
    },
}


def _fact_in_words(name: str) -> str:
    return _FACT.get(name, name.replace("_", " "))


class PupilStore:
    """One import. `establishments`: those the file may speak for, from DfE number and from URN to key.

    `is_of_a_school`: the file is a school's own, not the council's, so it does not join two records by a former UPN
    that the school does not know (same_child).

    `adds_pupils`: the file may make records of pupils not yet known there. Otherwise such a row is left out, with a
    query, or is an error where the file `refuses_unknown` ones.

    `covers`: the stretch of a table that the file gives in full, as {Attendance: {"academic_year": 2025, "term": 1},
    Suspension: {"starts_on": (first, last)}}. Rows in that stretch that are not in the file are removed, or, for free
    meals from before it, cut. A table not named here is covered in full, for the pupils whose rows of it the file has.
    Enrolments are never removed.

    A record with surname, forename, date of birth and sex is whole, and counts as of the file's day from then on;
    single columns (a class list's) are changed without that. A ULN is stored where there was none, or together with
    another change of the record: it cannot be compared without being decrypted. Where `record` is empty, the row only
    adds to the parts of a pupil who is in another row of the file, or is known.
    """

    def __init__(
        self,
        establishments: Mapping[str | int, int],
        *,
        source: str,
        as_of: date,
        is_of_a_school: bool,
        adds_pupils: bool = True,
        refuses_unknown: bool = False,
        covers: Covers | None = None,
    ) -> None:
        self._establishments = establishments
        self._told_by: dict[str, Any] = {
            "source": source,
            "as_of": as_of,
            "establishments": sorted(set(establishments.values())),
        }
        self._is_of_a_school = is_of_a_school
        self._adds_pupils, self._covers = adds_pupils, covers or {}
        self._refuses_unknown = refuses_unknown
        self._planned: dict[type[Model], set[str]] = {}

    def stage(self, told: Iterable[ToldPupil | Problem], log: ProblemLog) -> None:
        """Load the file into the staging tables. What is wrong with it goes to `log`."""
        self._log = log
        self._staging = Staging(self._establishments, log)
        self._staging.take(told)

    def compare(self) -> Changes:
        """What would change. Raises ImportRefused with everything that is wrong, found while staging or now."""
        # Most of what a file is compared with is in memory, so prefer indexes to sequential scans of the store.
        run("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1")
        run("SELECT pg_advisory_xact_lock(hashtext('sharing_pupil'))")
        same_child.find(self._log, is_of_a_school=self._is_of_a_school)
        self._match_records()
        same_child.refuse_twice(self._log)
        same_child.ask_about_others(self._log)
        self._leave_out()
        if Enrolment in self._staging.parts:
            make_table("told_never_here", "pupil_id uuid")
            run(_SINCE_IT_OPENED)
            make_table("told_stay", query="SELECT place, ends_on, leaving_reason, destination FROM told_enrolment")
        if self._adds_pupils and Enrolment in self._staging.parts:
            rolls.leave_out_the_gone(self._told_by, self._log)
        pupil_parts.refuse_impossible(self._staging.parts, self._log)
        self._log.refuse_if_fatal()
        for part in self._staging.parts:
            self._plan(part)
        return self._count()

    def told_of(self) -> set[int]:
        """The keys of the establishments whose pupils are in the file; known once `compare` has run."""
        return {place for (place,) in run("SELECT DISTINCT establishment_id FROM told_record")}

    def to_look_at(self) -> list[tuple[str, list[int]]]:
        """The rows of the file to look at before it is applied, by what becomes of the pupil (see `Outcome`)."""
        found = rows_to_look_at(has_stays=Enrolment in self._staging.parts)
        return [(_WORDS.get(what) or f"{capfirst(_fact_in_words(what))} changed", rows) for what, rows in found]

    def apply(self) -> None:
        """Change the store as `compare` found. Nothing is written where nothing differs."""
        self._add_children()
        self._keep_keys()
        if self._planned.get(Enrolment) and run(_LOCK_TRANSFERS) + run(_LOCK_STAYS):
            run(_AS_TOLD)  # by now a child may have come or left by hand, on another day than the file says, or stays
            self._plan(Enrolment)
            self._planned[Enrolment] = {action for (action,) in run("SELECT DISTINCT action FROM plan_enrolment")}
        self._apply_parts([Enrolment])  # first, so that each pupil is written once, with the days of visibility
        run(_ADD_PUPILS, self._told_by)
        closed_alike.close()
        run(_NOTE_CHANGES, self._told_by)
        run(_CHANGE_PUPILS, self._told_by)
        self._apply_parts(part for part in self._staging.parts if part is not Enrolment)
        if Enrolment in self._staging.parts:
            give_grace()
        hold_lock("close_child")  # whoever closes a child from here on waits for these records
        closed_alike.close()  # of children who were closed meanwhile

    def _plan(self, part: type[Model]) -> None:
        pupil_parts.plan(part, self._staging.parts[part], self._covers.get(part, {}), self._told_by)

    def _apply_parts(self, parts: Iterable[type[Model]]) -> None:
        for part in parts:
            if planned := self._planned.get(part):
                stretch = self._covers.get(part, {})
                pupil_parts.apply(part, self._staging.parts[part], stretch, self._told_by, planned)

    def _add_children(self) -> None:
        file = f"{self._told_by['source']}, {self._told_by['as_of']:%d/%m/%Y}"
        because = f"{file}: the file tells the former UPN, or the first."
        children.note_joined(run(_ADD_CHILDREN), because=because, by_name="An import")

    def _keep_keys(self) -> None:
        """Store the data keys of the values that will be written, each with its child."""
        parts = [part for part in (HomeAddress, Contact) if self._planned.get(part)]
        written = [_WRITES_PUPIL, *(_WRITES_PART.format(part=part._meta.model_name) for part in parts)]
        run(_KEEP_KEYS.format(written=" UNION ".join(written)))

    def _match_records(self) -> None:
        make_table("told_record", query=_RECORDS, params=self._told_by, indexed=["n", "pupil_id"])
        run("ANALYZE told_record (n, pupil_id)")

    def _leave_out(self) -> None:
        """Remove rows of pupils unknown here, where the file may not or cannot make a record of them."""
        may_add = "is_whole" if self._adds_pupils else "false"
        rows = run(
            f"DELETE FROM told_record AS gone USING (SELECT pupil_id FROM told_record WHERE known_id IS NULL "  # noqa: S608
            f"GROUP BY pupil_id HAVING NOT bool_or({may_add})) AS unknown WHERE unknown.pupil_id = gone.pupil_id "
            "RETURNING row"
        )
        cure = NOT_WHOLE if self._adds_pupils else UNKNOWN if self._refuses_unknown else LEFT_OUT
        for (row,) in sorted(rows):
            self._log.add(Problem(row, "UPN", "", cure, self._adds_pupils or self._refuses_unknown))

    def _count(self) -> Changes:
        changes = Changes()
        for establishment, name, number in run(_COUNTS):
            changes.add(establishment, name, number)
        changes.columns = dict(run(_COLUMNS))
        ((changes.who,),) = run(_WHO)
        for part, establishment, action, number in pupil_parts.count(self._staging.parts):
            self._planned.setdefault(part, set()).add(action)
            told_as = "changed" if action in ("cut", "cancelled") else action
            if action != "confirmed":
                changes.add(establishment, "left" if action == "left" else f"{part._meta.model_name} {told_as}", number)
        if Enrolment in self._staging.parts:
            changes.rolls = rolls.count(self._told_by)
            for establishment, roll in changes.rolls.items():
                changes.add(establishment, "missing", roll.missing)
            ((who_leaves,),) = run(_WHO_LEAVES)
            changes.who += who_leaves
        return changes


def _differences() -> str:
    """An SQL array of the names of columns in which the file differs; NULL in the file means "not given"."""
    compared = [(name, f"told.{name} <> known.{name}") for name in FACTS]
    compared += [
        ("upn", "told.is_whole AND told.upn_index <> known.upn_index"),
        ("former_upn", "told.former_upn_index <> known.former_upn_index"),
        ("uln", "told.uln IS NOT NULL AND known.uln IS NULL"),
    ]
    cases = ", ".join(f"CASE WHEN {differs} THEN '{name}' END" for name, differs in compared)
    return f"array_remove(ARRAY[{cases}]::text[], NULL)"


# Transfers before the enrolments and records of their children, as each step of a transfer does; and all the enrolments
# before any record, as whoever ends one by hand does.
_LOCK_TRANSFERS = """
    SELECT id FROM sharing_transfer
    WHERE pupil_id IN (SELECT pupil_id FROM plan_enrolment) OR leaving_id IN (SELECT pupil_id FROM plan_enrolment)
    ORDER BY id FOR UPDATE
"""
_LOCK_STAYS = """
    SELECT id FROM sharing_enrolment WHERE pupil_id IN (SELECT pupil_id FROM plan_enrolment) ORDER BY id FOR UPDATE
"""
# Takes away from the stays of the file what the plan gave them of the ends known then (pupil_parts).
_AS_TOLD = """
    UPDATE told_enrolment AS stay
    SET ends_on = told.ends_on, leaving_reason = told.leaving_reason, destination = told.destination,
        file_until = NULL, file_made_on = NULL
    FROM told_stay AS told WHERE told.place = stay.place
"""

# After a merger, the school's MIS keeps the first day at the schools that merged into it. No stay here began before the
# school opened: it would be counted in figures of years in which the school did not exist (R31). A child who had left
# before it opened was never here.
_SINCE_IT_OPENED = """
    WITH before AS (
        DELETE FROM told_enrolment AS stay USING told_pupil AS told, sharing_establishment AS place
        WHERE told.n = stay.n AND place.id = told.establishment_id AND stay.ends_on < place.open_date
        RETURNING stay.n)
    INSERT INTO told_never_here SELECT pupil_id FROM before JOIN told_record USING (n);
    UPDATE told_enrolment AS stay SET starts_on = place.open_date, here_since = stay.starts_on
    FROM told_pupil AS told JOIN sharing_establishment AS place ON place.id = told.establishment_id
    WHERE told.n = stay.n AND stay.starts_on < place.open_date
"""

# One row for each of `told_pupil`; `place` 1 is the one that gives the record. An older source changes no record.
_RECORDS = f"""
    SELECT told.n, told.row, told.establishment_id, told.is_whole, told.tells, told.parts, told.born_on,
           child.child_id, known.id AS known_id,
           concat_ws(', ', nullif(known.surname, ''), nullif(known.forename, '')) AS on_record,
           coalesce(known.id, first_value(told.new_id) OVER same) AS pupil_id,
           row_number() OVER same AS place,
           coalesce(known.as_of > %(as_of)s, false) AS is_older,
           CASE WHEN known.id IS NULL OR NOT told.tells OR (told.is_whole AND known.as_of > %(as_of)s) THEN '{{}}'
                ELSE {_differences()} END AS changed,
           coalesce(told.is_whole AND known.as_of < %(as_of)s, false) AS is_confirmed,
           told.born_on <> known.born_on AND sharing_plain(told.surname) <> sharing_plain(known.surname)
               AS looks_like_another
    FROM told_pupil AS told
    JOIN told_child AS child ON child.upn_index = told.upn_index AND child.establishment_id = told.establishment_id
    LEFT JOIN sharing_pupil AS known
      ON known.establishment_id = told.establishment_id AND known.child_id = child.child_id
     AND known.establishment_id = ANY(%(establishments)s)
    WINDOW same AS (PARTITION BY told.establishment_id, child.child_id ORDER BY NOT told.tells, told.n
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
"""  # noqa: S608

_COUNTS = """
    SELECT establishment_id,
           CASE WHEN known_id IS NULL THEN 'joined' WHEN is_older AND is_whole THEN 'older'
                WHEN changed <> '{}' THEN 'changed' ELSE 'unchanged' END AS name,
           count(*)
    FROM told_record WHERE place = 1 AND tells GROUP BY 1, 2
"""
_WHO = """
    SELECT coalesce(md5(string_agg(concat(n, ' ', known_id, ' ', changed), ',' ORDER BY n)), '') FROM told_record
"""
_WHO_LEAVES = f"SELECT coalesce(md5(string_agg(told.n::text, ',' ORDER BY told.n)), '') {pupil_parts.LEAVING}"
_COLUMNS = "SELECT name, count(*) FROM told_record, unnest(changed) AS name GROUP BY name ORDER BY name"

# Returns those that are another UPN of a known child, with that child. An identity kept apart has no number: the
# child's UPN belongs to somebody else's identity, and is only on the record.
_ADD_CHILDREN = """
    WITH written AS (SELECT * FROM told_child WHERE child_id IN (SELECT child_id FROM told_record)),
    apart AS (
        INSERT INTO sharing_child (id, upn_index)
        SELECT child_id, encode(sha256(gen_random_uuid()::text::bytea), 'hex') FROM written WHERE is_apart),
    added AS (
        INSERT INTO sharing_child (id, upn_index, same_as_id)
        SELECT DISTINCT ON (upn_index) CASE WHEN is_alias THEN gen_random_uuid() ELSE child_id END, upn_index,
               CASE WHEN is_alias THEN child_id END
        FROM written WHERE is_new
        ORDER BY upn_index, establishment_id
        RETURNING id, same_as_id)
    SELECT id, same_as_id FROM added WHERE same_as_id IS NOT NULL
"""
_KEEP_KEYS = """
    INSERT INTO portal_keys.key (id, child_id, wrapped)
    SELECT told.key_id, record.child_id, told.wrapped FROM told_pupil AS told JOIN told_record AS record USING (n)
    WHERE n IN ({written})
"""
_WRITES_PUPIL = "SELECT n FROM told_record WHERE place = 1 AND (known_id IS NULL OR changed <> '{}')"
_WRITES_PART = (
    "SELECT rows.n FROM plan_{part} AS planned JOIN told_{part} AS rows USING (place) "
    "WHERE action IN ('added', 'changed', 'confirmed')"
)
# The value of a column that the file does not give for a new pupil. For NEEDED columns it is never used.
_BLANK = {
    name: "NULL" if name in NEEDED else "false" if name in ("free_school_meals", "part_time") else "''"
    for name in FACTS
}
_ADD_PUPILS = f"""
    INSERT INTO sharing_pupil (id, establishment_id, child_id, upn, upn_index, former_upn, former_upn_index, uln,
                               {", ".join(FACTS)}, source, as_of)
    SELECT record.pupil_id, record.establishment_id, record.child_id, upn, upn_index, former_upn,
           coalesce(former_upn_index, ''), uln,
           {", ".join(f"coalesce(told.{name}, {_BLANK[name]})" for name in FACTS)}, %(source)s, %(as_of)s
    FROM told_record AS record JOIN told_pupil AS told USING (n)
    WHERE record.known_id IS NULL AND record.place = 1
"""  # noqa: S608
_NOTE_CHANGES = """
    INSERT INTO sharing_pupilchange (pupil_id, establishment_id, at, source, facts)
    SELECT pupil_id, establishment_id, now(), %(source)s, changed FROM told_record WHERE changed <> '{}'
"""
_CHANGE_PUPILS = f"""
    UPDATE sharing_pupil AS known
    SET {", ".join(f"{name} = coalesce(told.{name}, known.{name})" for name in FACTS)},
        upn = CASE WHEN 'upn' = ANY(changed) THEN told.upn ELSE known.upn END,
        upn_index = CASE WHEN 'upn' = ANY(changed) THEN told.upn_index ELSE known.upn_index END,
        former_upn = CASE WHEN 'former_upn' = ANY(changed) THEN told.former_upn ELSE known.former_upn END,
        former_upn_index = coalesce(told.former_upn_index, known.former_upn_index),
        uln = CASE WHEN changed <> '{{}}' THEN coalesce(told.uln, known.uln) ELSE known.uln END,
        source = CASE WHEN told.is_whole THEN %(source)s ELSE known.source END,
        as_of = CASE WHEN told.is_whole THEN %(as_of)s ELSE known.as_of END
    FROM told_record AS record JOIN told_pupil AS told USING (n)
    WHERE known.id = record.known_id AND (changed <> '{{}}' OR is_confirmed)
"""  # noqa: S608
