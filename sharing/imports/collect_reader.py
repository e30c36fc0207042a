"""Reading the School Census of many establishments, as COLLECT gives it back to the council (formats page 4.2).

`open_export` says which returns are in the export before any pupil is read, so that the caller can compare them with
the establishments it may speak for. `Export.pupils` then yields each pupil, joined from all tables, in memory that does
not grow with the file.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from sharing.codes import TERM
from sharing.files.spreadsheet_slips import as_digits
from sharing.imports.collect_cells import Cells, cells_in
from sharing.imports.collect_details import Details, Key
from sharing.imports.collect_pupil import Said, read_pupil
from sharing.imports.collect_tables import DETAILS, OFF_ROLL, ON_ROLL, PUPILS, RETURNS, Files, Kept, rows_of, unpacked
from sharing.imports.csv_text import END_MAY_BE_CUT, Table
from sharing.imports.problems import Problem, ProblemLog, mask_upn, named, refused, show_code, show_number
from sharing.imports.told import ToldPupil
from sharing.models import Enrolment, Suspension

_TERM_IN_NAMES: Final = {"autumn": "AUT", "spring": "SPR", "summer": "SUM"}


@dataclass(frozen=True)
class Return:
    """One establishment's return in the export. `row` is its line in the table schoolcensus."""

    row: int
    la: int
    establishment_number: int
    urn: int | None

    @property
    def dfe_number(self) -> str:
        return f"{self.la:03}{self.establishment_number:04}"


@dataclass
class Export:
    """The returns of one term. `term` is AUT, SPR or SUM; `returns` are keyed as in the export.

    `rows` counts the pupils, on roll and gone; `unread` lists files with nothing that is kept here.
    """

    term: str
    year: int
    reference_date: date
    returns: Mapping[str, Return]
    unread: tuple[str, ...]
    _files: Files
    _keys: Mapping[str, list[Key]] = field(repr=False)

    @property
    def rows(self) -> int:
        return sum(len(keys) for keys in self._keys.values())

    def pupils(self) -> Iterator[ToldPupil | Problem]:
        """Each pupil after the queries about it; or, instead of the pupil, what is wrong with it. The roll comes first:
        for a child who left and came back, it gives the record, and the earlier stay only adds to it.

        Raises ImportRefused where a table as a whole is wrong. So apply nothing before the last pupil.
        """
        seen = _Seen()
        for name in (ON_ROLL, OFF_ROLL):
            if name in self._files.of:
                yield from self._pupils_of(PUPILS[name], seen)

    def _pupils_of(self, kept: Kept, seen: "_Seen") -> Iterator[ToldPupil | Problem]:
        with ExitStack() as open_things:
            details = open_things.enter_context(Details(self._keys[kept.name]))
            for table in (
                table for table in DETAILS.values() if table.of == kept.name and table.name in self._files.of
            ):
                yield from self._set_down(table, details)
            rows = open_things.enter_context(rows_of(self._files, kept))
            parts = {table.part for table in DETAILS.values() if table.of == kept.name and table.name in self._files.of}
            said = Said(self.reference_date, rows.positions, parts)
            for place, (number, cells) in enumerate(rows.rows):
                problems: list[Problem] = []
                row = cells_in(kept.name, rows, number, cells, problems)
                of = self._return_of(row)
                told = read_pupil(row, of.dfe_number, of.urn, said, details.of(place)) if of else None
                if told:
                    seen.check(row, told, row.text("enrolstatus").upper())
                yield from problems
                if told and not any(problem.fatal for problem in problems):
                    yield told
            yield from _at_the_end(kept, rows)

    def _return_of(self, row: Cells) -> Return | None:
        found = self.returns.get(row.text("schoolcensustableid"))
        if found is None:
            cure = (
                "No row of the table schoolcensus has this key, so nobody can tell whose pupil this is. Export again."
            )
            row.wrong("schoolcensustableid", "", cure)
        return found

    def _set_down(self, kept: Kept, details: Details) -> Iterator[Problem]:
        """Save a table's rows with their pupils; a row without a pupil is a sign of mixed exports."""
        with rows_of(self._files, kept) as table:
            places = [table.positions.get(name, -1) for name in kept.columns]
            native_id, key = table.positions.get("nativeid", -1), table.positions[kept.key]
            for number, cells in table.rows:
                if len(cells) == table.width:
                    told = [cells[place].strip() if place >= 0 else "" for place in places]
                    pupil = (cells[native_id].strip() if native_id >= 0 else "", cells[key].strip())
                    if details.put(pupil, kept.name, (number, told)):
                        continue
                problems: list[Problem] = []
                row = cells_in(kept.name, table, number, cells, problems)
                if not problems:
                    cure = (
                        f"The table {kept.of} has no pupil with this key. Check that all tables are from the same "
                        "export."
                    )
                    row.wrong(kept.key, "", cure)
                yield from problems
            yield from _at_the_end(kept, table)


class _Seen:
    """Which pupils have been read, so that those who come twice are found."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[str, int]] = {}
        self._stays: dict[tuple[str, str, str], int] = {}
        self._registered_alone: dict[str, str] = {}

    def check(self, row: Cells, told: ToldPupil, status: str) -> None:
        """Report a pupil who comes twice. Fatal: twice on one roll, or gone twice with one entry date. A query: gone
        and on roll again, or gone twice (the other stay is added to the record); or registered as "only here" at two
        schools.
        """
        if row.name == ON_ROLL:
            self._on_roll(row, told, status)
        else:
            self._gone(row, told)

    def _on_roll(self, row: Cells, told: ToldPupil, status: str) -> None:
        shown = mask_upn(told.upn)
        first = self._rows.setdefault((told.dfe_number, told.upn), (ON_ROLL, row.number))
        if first != (ON_ROLL, row.number):
            row.wrong("upn", shown, f"Row {first[1]} of the same school has the same UPN. Find out whose it is.")
        elif status == "C":
            other = self._registered_alone.setdefault(told.upn, told.dfe_number)
            if other != told.dfe_number:
                cure = (
                    f"{_slashed(other)} and {_slashed(told.dfe_number)} both have this pupil as registered there only "
                    "(C). Ask both: one of them is the main school, or the pupil has left."
                )
                row.odd("enrolstatus", shown, cure)

    def _gone(self, row: Cells, told: ToldPupil) -> None:
        table, first = self._rows.setdefault((told.dfe_number, told.upn), (row.name, row.number))
        stay = (told.dfe_number, told.upn, row.text("entrydate"))
        same_stay = self._stays.setdefault(stay, row.number)
        if same_stay != row.number:
            cure = f"Row {same_stay} has the same UPN and entry date at this school. Find out whose they are."
            row.wrong("upn", mask_upn(told.upn), cure)
        elif (table, first) != (row.name, row.number):
            cure = (
                f"Row {first} of {table} is the same pupil at this school. This stay is kept as an earlier one, "
                "without its count of sessions. Is it the same child?"
            )
            row.odd("upn", mask_upn(told.upn), cure)
            told.record = {}
            told.parts = {part: rows for part, rows in told.parts.items() if part in (Enrolment, Suspension)}


def _at_the_end(kept: Kept, table: Table) -> Iterator[Problem]:
    if table.lacks_letters:
        yield Problem(None, f"{kept.name}.{table.header[-1].strip().lower()}", "", END_MAY_BE_CUT, fatal=False)


def _slashed(dfe_number: str) -> str:
    return f"{dfe_number[:3]}/{dfe_number[3:]}"


@contextmanager
def open_export(path: Path) -> Iterator[Export]:
    """The export at `path`, a zip or a directory. Raises ImportRefused for anything else, or more than one term."""
    with unpacked(path) as files:
        export = _returns(files)
        for name in (ON_ROLL, OFF_ROLL):
            if name in files.of:
                export._keys = {**export._keys, name: _keys(files, PUPILS[name])}
        if not export._keys[ON_ROLL]:
            raise refused(ON_ROLL, "The export contains no pupils on roll. Choose the tables again, with their rows.")
        yield export


def _keys(files: Files, kept: Kept) -> list[Key]:
    """The key of each pupil, in the order of the file. A pupil who was there twice may have one key for both stays.
    Raises ImportRefused if two pupils have the same key.
    """
    log, keys, first = ProblemLog(), list[Key](), dict[Key, tuple[int, str]]()
    with rows_of(files, kept) as table:
        for number, cells in table.rows:
            problems: list[Problem] = []
            row = cells_in(kept.name, table, number, cells, problems)
            keys.append((row.text("nativeid"), row.needed(kept.key)))
            first_row, upn = first.setdefault(keys[-1], (number, row.text("upn")))
            if upn != row.text("upn"):
                row.wrong(kept.key, "", f"Row {first_row} is another pupil with the same key. Export it again.")
            for problem in problems:
                log.add(problem)
    log.refuse_if_fatal()
    return keys


def _returns(files: Files) -> Export:
    problems: list[Problem] = []
    returns: dict[str, Return] = {}
    periods: dict[tuple[str, int, date], int] = {}
    numbers: dict[str, int] = {}
    with rows_of(files, RETURNS) as table:
        for number, cells in table.rows:
            row = cells_in(RETURNS.name, table, number, cells, problems)
            found, period = _return(row), _period(row)
            key = row.needed("schoolcensustableid")
            if key in returns:
                row.wrong("schoolcensustableid", "", "Another row has the same key. Is the export in there twice?")
            elif found:
                returns[key] = found
                first = numbers.setdefault(found.dfe_number, number)
                if first != number:
                    cure = f"Row {first} is a return of the same school. Keep the later one, with its pupils only."
                    row.wrong("estab", _slashed(found.dfe_number), cure)
            if period:
                periods.setdefault(period, number)
    problems += _mixed(periods, files)
    if not returns and not problems:
        problems.append(Problem(None, RETURNS.name, "", "The table contains no returns. Export it again."))
    log = ProblemLog()
    for problem in problems:
        log.add(problem)
    log.refuse_if_fatal()
    term, year, day = next(iter(periods))
    return Export(term, year, day, returns, files.unread, files, {})


def _return(row: Cells) -> Return | None:
    la = _whole(row, "lea", 1, 999)
    number = _whole(row, "estab", 0, 9999)
    urn = _whole(row, "urn", 100_000, 999_999) if row.text("urn") else None
    return Return(row.number, la, number, urn) if la is not None and number is not None else None


def _whole(row: Cells, column: str, low: int, high: int) -> int | None:
    text = as_digits(row.text(column))
    if re.fullmatch("[0-9]{1,6}", text) and low <= int(text) <= high:
        return int(text)
    row.wrong(column, show_number(text), f"This must be a number from {low} to {high}. Export it again.")
    return None


def _period(row: Cells) -> tuple[str, int, date] | None:
    """The term, year and day of a return."""
    text = row.needed("term")
    term = _TERM_IN_NAMES.get(text.lower(), text.upper())
    if text and term not in TERM:
        row.wrong("term", show_code(text), "The term must be AUT, SPR or SUM.")
    year, day = _whole(row, "year", 1990, 2100), row.day("referencedate", needed=True)
    return (term, year, day) if term in TERM and year is not None and day else None


def _mixed(periods: Mapping[tuple[str, int, date], int], files: Files) -> list[Problem]:
    """Problems for an export of more than one term or reference day, and for file names that name another term."""
    if len(periods) > 1:
        rows = named([f"row {row}: {TERM[term]} {year}, {day:%d/%m/%Y}" for (term, year, day), row in periods.items()])
        cure = f"Returns of more than one census are mixed ({rows}). Send each in a file of its own."
        return [Problem(None, f"{RETURNS.name}.referencedate", "", cure)]
    told = {(str(year), term) for term, year, _ in periods}
    in_names = {(year, _TERM_IN_NAMES.get(term, "")) for year, term in files.periods}
    if told and in_names - told:
        names = named(sorted(f"{year} {term}" for year, term in files.periods))
        cure = f"The files are named after {names}, but the returns are from another term. Find out which is right."
        return [Problem(None, f"{RETURNS.name}.term", "", cure)]
    return []
