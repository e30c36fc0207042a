"""Rows as the text that COPY reads: one sheet for each table, with encrypted columns encrypted on the way (R13)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

from django.db import connection

from sharing.demo.adding import NOTHING

PUPIL = (
    "id", "establishment_id", "child_id", "upn", "former_upn", "uln", "upn_index", "former_upn_index", "surname",
    "forename", "middle_names", "preferred_surname", "born_on", "sex", "ethnicity", "language", "year_group",
    "class_name", "free_school_meals", "service_child", "young_carer", "post_looked_after", "part_time", "boarder",
    "source", "as_of",
)  # fmt: skip
OF_PUPIL = ("pupil_id", "establishment_id", "source", "as_of")
OF_STAFF = ("member_id", "establishment_id")

# In the order in which they are copied. The pupils' visibility follows from the enrolments, by trigger.
SHEETS: Mapping[str, tuple[str, ...]] = {
    "sharing_child": ("id", "upn_index", "same_as_id"),
    "portal_keys.key": ("id", "child_id", "wrapped"),
    "sharing_pupil": PUPIL,
    "sharing_pupilneeds": (*OF_PUPIL, "sen_provision", "in_sen_unit", "in_resourced_provision"),
    "sharing_senneed": (*OF_PUPIL, "rank", "need"),
    "sharing_freemealsperiod": (*OF_PUPIL, "starts_on", "ends_on", "country"),
    "sharing_attendance": (
        *OF_PUPIL, "academic_year", "term", "sessions_possible", "sessions_absent", "sessions_unauthorised", "by_code",
    ),
    "sharing_suspension": (*OF_PUPIL, "category", "starts_on", "sessions", "reasons"),
    "sharing_result": (
        *OF_PUPIL, "stage", "academic_year", "subject", "component", "result", "dfe_number",
    ),
    "sharing_homeaddress": (*OF_PUPIL, "address", "postcode", "facts_index"),
    "sharing_contact": (
        *OF_PUPIL, '"order"', "relationship", "has_responsibility", "name", "telephones", "email", "facts_index",
    ),
    "sharing_enrolment": (
        "pupil_id", "establishment_id", "kind", "starts_on", "ends_on", "leaving_reason", "destination",
    ),
    "sharing_staffmember": (
        "id", "establishment_id", "person_index", "teacher_number", "ni_number", "surname", "forename", "born_on",
        "sex", "ethnicity", "disability", "has_qts", "is_hlta", "is_senior_leader", "starts_on", "ends_on", "source",
        "as_of",
    ),
    "sharing_staffcontract": (
        *OF_STAFF, "kind", "post", "starts_on", "ends_on", "hours", "fte_hours", "weeks_a_year", "pay_range", "pay",
    ),
    "sharing_staffabsence": (*OF_STAFF, "first_day", "last_day", "days_lost", "category"),
}  # fmt: skip

Rows = dict[str, bytes]


class Sheets:
    """The lines written so far, by table."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {table: [] for table in SHEETS}

    def add(self, table: str, *values: Any) -> None:
        """Add a row, with values in the order of SHEETS and None for NULL. No text may have a tab or a line break."""
        self._lines[table].append("\t".join([value if type(value) is str else _cell(value) for value in values]))

    def as_rows(self) -> Rows:
        return {table: ("\n".join(lines) + "\n").encode() for table, lines in self._lines.items() if lines}


def as_json(value: Mapping[str, int]) -> str:
    return json.dumps(value, separators=(",", ":"))


def check_as_we_go() -> None:
    """Check references after each statement rather than at the end, when millions would have to be remembered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def lay_out_sheets() -> None:
    """Make a temporary table for each sheet, for this transaction: COPY does not work under row-level security."""
    with connection.cursor() as cursor:
        for table, columns in SHEETS.items():
            asked = f"SELECT {', '.join(columns)} FROM {table} WITH NO DATA"  # noqa: S608 - our own names
            cursor.execute(f"CREATE TEMPORARY TABLE {_sheet(table)} ON COMMIT DROP AS {asked}")


def copy(rows: Iterable[Rows]) -> int:
    """Copy these into their tables, and return the number of pupils' records."""
    chunks = list(rows)
    records = 0
    with connection.cursor() as cursor:
        for table, names in SHEETS.items():
            if text := b"".join(chunk.get(table, b"") for chunk in chunks):
                columns, sheet = ", ".join(names), _sheet(table)
                cursor.copy_expert(f"COPY {sheet} ({columns}) FROM STDIN", BytesIO(text))
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {sheet}")  # noqa: S608
                records += cursor.rowcount if table == "sharing_pupil" else 0
                cursor.execute(f"TRUNCATE {sheet}")
    return records


def _sheet(table: str) -> str:
    return f"sheet_of_{table.replace('.', '_')}"


def _cell(value: Any) -> str:
    if value is None:
        return NOTHING
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)
