"""Results of the key stages, one row for each pupil and subject (our own layout: docs/formats/results.md).

A file adds results and corrects them; it never removes any. All or nothing; importing it twice changes nothing.
"""

import re
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Final

from django.utils import timezone

from sharing.codes.assessment import SCALES, STATUSES, SUBJECTS, components_of
from sharing.imports.csv_text import Column
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, mask_date, show_code, show_number
from sharing.imports.pupil_csv import (
    WHOSE,
    PupilRow,
    establishments_by_number,
    is_a_spreadsheets_date,
    read_rows,
    tell,
)
from sharing.imports.pupil_store import PupilStore
from sharing.imports.staging import run
from sharing.imports.told import ToldPupil
from sharing.models import Result
from sharing.school_year import academic_year

COLUMNS: Final = {
    **WHOSE,
    "stage": Column("Stage", required=True, also=("Key stage",)),
    "academic_year": Column("Academic year", required=True, also=("Year",)),
    "subject": Column("Subject", required=True),
    "component": Column("Component"),
    "result": Column("Result", required=True),
    "status": Column("Status", also=("Result status",)),
}
_WHAT: Final = "the list of results, one row for each pupil and subject, as the guidance on results describes it"
_NOTHING_REMOVED: Final = {"academic_year": (1, 0)}
_FINAL_NO_MORE: Final = """
    SELECT count(*) FROM plan_result JOIN told_result AS told USING (place)
    JOIN sharing_result AS known ON known.id = known_id
    WHERE action = 'changed' AND known.status = 'R' AND told.status <> 'R'
"""
_HYPHENS: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2212", "-----")  # as a word processor writes 9-8 and -0.12
_YEAR: Final = re.compile(r"(20[0-9]{2})[/-]?((?:20)?[0-9]{2})")


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """See BringIn. A pupil the establishment has no record of is an error."""
    today = timezone.localdate()
    establishments = establishments_by_number(urn)
    store = PupilStore(
        establishments,
        source="Results file",
        as_of=today,
        is_of_a_school=urn is not None,
        adds_pupils=False,
        refuses_unknown=True,
        covers={Result: _NOTHING_REMOVED},
    )
    told = read_results(path, establishments, progress)
    note = "Results that are not in the file stay as they are."
    title = "Results of the key stages"
    return tell(store, told, as_of=today, title=title, note=note, apply=apply, warn=_final_no_more)


def _final_no_more() -> Iterator[str]:
    """A note if the file makes final results provisional: it has no date, so this is the only sign that it is older."""
    ((number,),) = run(_FINAL_NO_MORE)
    if number:
        yield (
            f"Results here with the status R that this file makes provisional, interim, an estimate or a target: "
            f"{number:,}. If it is an older file, discard it."
        )


def read_results(
    path: Path, known: Container[str | int], progress: Callable[[int], None]
) -> Iterator[ToldPupil | Problem]:
    """Each result as a fact about its pupil; or what is wrong with the row."""
    for row in read_rows(path, _WHAT, COLUMNS, progress):
        number, upn, result = row.dfe_number(known), row.upn(), _result(row)
        yield from row.problems
        if not row.refused:
            yield ToldPupil(row.number, upn, dfe_number=number, parts={Result: [result]})


def _result(row: PupilRow) -> dict[str, object]:
    stage, subject, component = (row.text(name).upper() for name in ("stage", "subject", "component"))
    return {
        "stage": stage,
        "academic_year": _academic_year(row),
        "subject": subject,
        "component": component,
        "result": _reached(row, stage, subject, component),
        "status": _status(row),
    }


def _academic_year(row: PupilRow) -> int:
    """The first year of a school year: 2024 for 2024/25, 2024-25, 2024/2025 and 202425."""
    text = row.text("academic_year")
    match = _YEAR.fullmatch(text)
    year = int(match[1]) if match else 0
    if not match or (year + 1) % 100 != int(match[2]) % 100:
        row.wrong("academic_year", show_number(text), "Write the school year with both its years: 2024/25.")
    elif year > academic_year(timezone.localdate()):
        row.wrong("academic_year", text, "This school year is still to come.")
    return year


def _reached(row: PupilRow, stage: str, subject: str, component: str) -> str:
    """The result. If it is not valid, the cure names what this stage, subject and component can have."""
    text = row.text("result").translate(_HYPHENS)
    if stage not in SUBJECTS:
        row.wrong("stage", show_code(stage), f"The stage must be one of {', '.join(SUBJECTS)}.")
    elif subject not in SUBJECTS[stage]:
        row.wrong("subject", show_code(subject), f"The subjects of {stage} are {', '.join(SUBJECTS[stage])}.")
    elif (scale := SCALES.get((stage, subject, component))) is None:
        known = ", ".join(name or "(empty)" for name in components_of(stage, subject))
        row.wrong("component", show_code(component), f"The components of {stage} {subject} are {known}.")
    elif is_a_spreadsheets_date(text):
        cure = "A spreadsheet has turned this result into a date. Format the column as text, and type the result again."
        row.wrong("result", mask_date(text), cure)
    elif (result := scale.read(text)) is None:
        row.wrong("result", show_code(text), f"This result must be {scale.in_words()}.")
    else:
        return result
    return ""


def _status(row: PupilRow) -> str:
    status = row.text("status").upper() or "R"
    if status not in STATUSES:
        row.wrong(
            "status",
            show_code(status),
            f"The status must be one of {', '.join(STATUSES)}. If it is empty, it counts as R.",
        )
    return status


KIND: Final = Kind(
    slug="results",
    name="Results of the key stages",
    endings=(".csv",),
    hint="One row for each pupil and subject: early years profile, phonics, tables check, key stages 1, 2 and 4.",
    for_schools=True,
    bring_in=bring_in,
)
