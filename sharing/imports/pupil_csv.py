"""CSV files in our own layouts, with facts about pupils who already have a record (docs/formats).

Each row names the establishment by its DfE number and the pupil by the UPN.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing.files.spreadsheet_slips import as_digits, is_a_day_in_digits, is_shortened
from sharing.imports.csv_text import MAY_BE_CUT, Column, Table, open_table
from sharing.imports.kinds import Outcome
from sharing.imports.problems import Problem, ProblemLog, refused, show_number
from sharing.imports.pupil_checks import upn_of
from sharing.imports.pupil_store import PupilStore
from sharing.imports.told import ToldPupil
from sharing.models import Establishment

WHOSE: Final = {
    "dfe_number": Column("DfE number", required=True, also=("DfE no", "LAESTAB", "LAEstab number")),
    "upn": Column("UPN", required=True),
}
_DFE_NUMBER: Final = re.compile(r"([0-9]{3})[/ \u2013-]?([0-9]{4})")
_MONTH: Final = "(Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)"
# What a spreadsheet makes of 9-8 or 1/2 when it is typed: 09-Aug, Sep-08, 01/02/2026, 2026-02-01, 46054.
_SPREADSHEETS_DATE: Final = re.compile(
    rf"[0-9]{{1,2}}[-/ ]{_MONTH}([-/ ][0-9]{{2,4}})?|{_MONTH}[-/ ][0-9]{{2,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?"
)


@dataclass
class PupilRow:
    """A row, and what is wrong with it. Problems name the column as the layout does."""

    number: int
    text: Callable[[str], str] = field(repr=False)
    _columns: Mapping[str, Column] = field(repr=False)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, name: str, value: str, cure: str, fatal: bool = True) -> None:
        self.problems.append(Problem(self.number, self._columns[name].header if name else "", value, cure, fatal))

    def odd(self, name: str, value: str, cure: str) -> None:
        self.wrong(name, value, cure, fatal=False)

    @property
    def refused(self) -> bool:
        return any(problem.fatal for problem in self.problems)

    def dfe_number(self, known: Container[str | int]) -> str:
        """The seven digits of an establishment that the sender may speak for."""
        text = self.text("dfe_number")
        match = _DFE_NUMBER.fullmatch(as_digits(text))
        number = match[1] + match[2] if match else ""
        if is_shortened(text):
            cure = "A spreadsheet has shortened this number, and its last digits are lost. Type it again, as "
            self.wrong("dfe_number", show_number(text), f"{cure}{settings.AUTHORITY_CODE}/2901.")
        elif not match:
            cure = f"A DfE number has three digits and four: {settings.AUTHORITY_CODE}/2901."
            self.wrong("dfe_number", show_number(text), cure)
        elif number not in known:
            cure = "You cannot bring in records for this establishment, or it is not open. Take the row out."
            self.wrong("dfe_number", f"{match[1]}/{match[2]}", cure)
        return number

    def upn(self) -> str:
        text = self.text("upn").removeprefix("'")  # the mark that makes a spreadsheet treat a cell as text
        return upn_of(self, "upn", text)


def read_rows(
    path: Path, what: str, columns: Mapping[str, Column], progress: Callable[[int], None]
) -> Iterator[PupilRow]:
    """Each row that is not blank. Raises ImportRefused where the file as a whole is wrong, or has no rows."""
    size, read = path.stat().st_size or 1, 0
    row: PupilRow | None = None
    with open_table(path, what, columns) as table:
        for number, cells in table.rows:
            asked = [] if row else _passed_over(table, columns)
            if row:
                yield row
            row = _row(table, number, cells, columns)
            row.problems += asked
            read += sum(len(cell) + 1 for cell in cells)
            if number % 1000 == 0:
                progress(min(80, read * 80 // size))
        if row is None:
            raise refused("", f"There is a header and no rows. The file should be {what}.")
        if table.may_be_cut:
            row.odd("", "", MAY_BE_CUT)
        yield row


def _row(table: Table, number: int, cells: list[str], columns: Mapping[str, Column]) -> PupilRow:
    row = PupilRow(number, lambda name: table.pick(cells, name), columns)
    if len(cells) != table.width:
        row.wrong("", "", _not_as_wide(len(cells), table.width))
    return row


def _passed_over(table: Table, columns: Mapping[str, Column]) -> list[Problem]:
    """A query if the file lacks a column, and has one with a heading that is not known: it may be mistyped."""
    lacking = [column.header for name, column in columns.items() if name not in table.positions]
    others = [str(place) for place in range(1, table.width + 1) if place - 1 not in table.positions.values()]
    if not lacking or not others:
        return []
    cure = (
        f"The file has no column “{lacking[0]}”, and the heading of column {', '.join(others[:5])} is not known. "
        f"Nothing is read from it. If it is meant to be “{lacking[0]}”, correct the heading."
    )
    return [Problem(1, lacking[0], "", cure, fatal=False)]


def _not_as_wide(cells: int, width: int) -> str:
    it = f"The row has {cells} cell{pluralize(cells)} and the header {width}"
    if cells > width:
        return f"{it}: a comma or quotation mark is out of place. Correct it, and send the file again."
    return f"{it}: a comma is missing, or the empty cells at its end. Correct it, and send the file again."


def is_a_spreadsheets_date(text: str) -> bool:
    """Whether a spreadsheet may have turned what was typed into a date."""
    return _SPREADSHEETS_DATE.fullmatch(text) is not None or is_a_day_in_digits(text)


def establishments_by_number(urn: int | None) -> dict[str | int, int]:
    """Establishments the sender may speak for and that are open today: DfE number -> key. With `urn`, only that one."""
    today = timezone.localdate()
    schools = Establishment.objects.of_the_community().exclude(establishment_number=None)
    schools = schools.exclude(open_date__gt=today).not_closed_on(today)
    if urn is not None:
        schools = schools.filter(urn=urn)
    latest_last = sorted(schools, key=lambda school: (school.open_date or date.min, school.urn))
    return {f"{settings.AUTHORITY_CODE:03}{school.establishment_number:04}": school.pk for school in latest_last}


def tell(
    store: PupilStore,
    told: Iterable[ToldPupil | Problem],
    *,
    as_of: date,
    title: str,
    note: str,
    apply: bool,
    warn: Callable[[], Iterable[str]] = tuple,
) -> Outcome:
    """Bring the rows to the store, and return what changes. `note` says what happens to pupils who are not in the file.
    `warn` is called after the comparison, and yields what to look at before the file is applied.
    """
    log = ProblemLog()
    store.stage(told, log)
    changes = store.compare()
    warnings = list(warn())
    if apply:
        store.apply()
    told_of = Establishment.objects.filter(pk__in=store.told_of()).values_list("urn", "pk")
    return Outcome(
        as_of=as_of,
        title=title,
        changes=changes.in_words(),
        by_establishment={urn: changes.in_words(pk) for urn, pk in told_of},
        notes=[*warnings, note],
        queries=log.queries(),
        who=" ".join((changes.who, *warnings)),  # so that a new warning has to be looked at first
    )
