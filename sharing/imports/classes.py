"""Class lists: which class or registration group each pupil is in (our own layout: docs/formats/classes.md).

Pupils who are not in the file stay where they are. All or nothing; twice changes nothing.
"""

from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Final

from django.utils import timezone

from sharing.files.spreadsheet_slips import has_lost_letters, is_a_failed_cell, is_shortened
from sharing.files.visible import visible_letters
from sharing.imports.csv_text import Column
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, mask_date, mask_text, show_number
from sharing.imports.pupil_csv import WHOSE, establishments_by_number, is_a_spreadsheets_date, read_rows, tell
from sharing.imports.pupil_store import PupilStore
from sharing.imports.told import ToldPupil
from sharing.models import Pupil

COLUMNS: Final = {
    **WHOSE,
    "class_name": Column("Class", required=True, also=("Class name", "Registration group", "Reg")),
}
_WHAT: Final = "the class list, one row for each pupil, with DfE number, UPN and class"
_LONGEST: Final = Pupil._meta.get_field("class_name").max_length or 0


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """See BringIn. A pupil the establishment has no record of yet is left out, with a query."""
    today = timezone.localdate()
    establishments = establishments_by_number(urn)
    store = PupilStore(
        establishments, source="Class list", as_of=today, is_of_a_school=urn is not None, adds_pupils=False
    )
    told = read_classes(path, establishments, progress)
    note = "Pupils who are not in the file stay in the class they have."
    return tell(store, told, as_of=today, title="Class lists", note=note, apply=apply)


def read_classes(
    path: Path, known: Container[str | int], progress: Callable[[int], None]
) -> Iterator[ToldPupil | Problem]:
    """Each pupil's class; or what is wrong with the row. An empty class takes the pupil out of it."""
    for row in read_rows(path, _WHAT, COLUMNS, progress):
        number, upn = row.dfe_number(known), row.upn()
        name = " ".join(row.text("class_name").split())
        name = name if has_lost_letters(name) else visible_letters(name)
        if len(name) > _LONGEST:
            row.wrong("class_name", mask_text(name), f"{len(name)} letters. Shorten it to {_LONGEST} at most.")
        if is_a_failed_cell(name):
            cure = (
                "A spreadsheet could not show or find the value of this cell. Make the column wider, or type the class."
            )
            row.wrong("class_name", name, cure)
        if is_shortened(name):
            cure = (
                "A spreadsheet has turned this class into a number, as with 1E2. Format the column as text, and "
                "type it again."
            )
            row.wrong("class_name", show_number(name), cure)
        if has_lost_letters(name):
            row.odd("class_name", mask_text(name), "Letters may be lost: “?” or “Ã” may be in place of one. Check it.")
        if is_a_spreadsheets_date(name):
            cure = (
                "A spreadsheet may have turned this class into a date. If so, format the column as text, and type "
                "it again."
            )
            row.odd("class_name", mask_date(name), cure)
        yield from row.problems
        if not row.refused:
            yield ToldPupil(row.number, upn, dfe_number=number, record={"class_name": name})


KIND: Final = Kind(
    slug="classes",
    name="Class lists",
    endings=(".csv",),
    hint="One row for each pupil: DfE number, UPN and the class or registration group.",
    for_schools=True,
    bring_in=bring_in,
)
