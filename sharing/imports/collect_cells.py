"""One row of a COLLECT table as values: days, flags, codes, counts. Each problem goes on a list, with its cure.

Source: formats pages 4.2 and 13 (traps 1, 2 and 8).
"""

import re
from collections.abc import Callable, Container, Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from sharing.imports.collect_tables import place
from sharing.imports.csv_text import Table
from sharing.imports.problems import Problem, show_code, show_date

MISSING: Final = "This is missing. The school enters it in its MIS and sends its return again."
_NAMES_OF_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = {name: month for month, name in enumerate(_NAMES_OF_MONTHS, start=1)}
# Another hour than midnight may be another day here: a program has counted it in another time zone.
_COLLECT_DAY: Final = re.compile(r"([0-9]{4})-([A-Za-z]{3})-([0-9]{1,2})(?: 00:00:00(?:\.0+)?)?")
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00:00(?:\.0+)?)?")
_COUNT: Final = re.compile(r"(-?[0-9]{1,6})(?:\.0+)?")
_TRUE, _FALSE = ("1", "true", "y", "yes"), ("0", "false", "n", "no")


@lru_cache(maxsize=20_000)
def collect_day(text: str) -> date | None:
    """A day as COLLECT writes it (2013-Jul-19 00:00:00) or as a spreadsheet leaves it (2013-07-19), else None."""
    try:
        if match := _COLLECT_DAY.fullmatch(text):
            return date(int(match[1]), _MONTHS[match[2].lower()], int(match[3]))
        if match := _ISO_DAY.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
    except (ValueError, KeyError):
        pass
    return None


class Cells:
    """A row of the table called `name`. `read` takes the cells by column name, in whatever order the columns come."""

    def __init__(self, name: str, number: int, read: Callable[[str], str], problems: list[Problem]) -> None:
        self.name, self.number, self.text, self.problems = name, number, read, problems

    def wrong(self, column: str, value: str, cure: str, fatal: bool = True) -> None:
        self.problems.append(Problem(self.number, place(self.name, column), value, cure, fatal))

    def odd(self, column: str, value: str, cure: str) -> None:
        self.wrong(column, value, cure, fatal=False)

    def needed(self, column: str) -> str:
        if not (text := self.text(column)):
            self.wrong(column, "", MISSING)
        return text

    def day(self, column: str, show: Callable[[str], str] = show_date, needed: bool = False) -> date | None:
        """A day; `show` says how much of an invalid one may be shown."""
        text = self.needed(column) if needed else self.text(column)
        day = collect_day(text) if text else None
        if text and day is None:
            cure = (
                "There is no such date. It should look like 2013-Jul-19 00:00:00. A spreadsheet may have changed it. "
                "Export it again, and send it without opening it."
            )
            self.wrong(column, show(text), cure)
        return day

    def flag(self, column: str) -> bool | None:
        """True or False, from 0, 1, True or False; None where the cell is empty or something else."""
        text = self.text(column).lower()
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if text:
            self.odd(column, show_code(text), "This should be 1 or 0. It is left out.")
        return None

    def count(self, column: str, needed: bool = False) -> int | None:
        """A whole number of half-day sessions; COLLECT's databases write 132 as 132.0."""
        text = self.needed(column) if needed else self.text(column)
        if not text:
            return None
        match = _COUNT.fullmatch(text)
        if match is None:
            self.wrong(column, show_code(text), "This must be a whole number. Correct it in the MIS.")
        elif int(match[1]) < 0:
            self.wrong(column, text, "This cannot be less than 0. Correct it in the MIS.")
        else:
            return int(match[1])
        return None

    def code(self, column: str, known: Container[str], shape: str = "", needed: bool = False) -> str:
        """A code of a list. An unknown one is refused; one of the given `shape` is kept, with a query."""
        text = (self.needed(column) if needed else self.text(column)).upper()
        if text and text not in known:
            fatal = not (shape and re.fullmatch(shape, text))
            cure = "This code is not on the Department's list. Choose one in the MIS."
            self.wrong(column, show_code(text), cure, fatal)
        return text


def cells_of(name: str, columns: Iterable[str], number: int, cells: list[str], problems: list[Problem]) -> Cells:
    """A row that was saved with its cells in the order of `columns`."""
    by_name = dict(zip(columns, cells, strict=True))
    return Cells(name, number, by_name.__getitem__, problems)


def cells_in(name: str, table: Table, number: int, cells: list[str], problems: list[Problem]) -> Cells:
    """A row as it is in its file. It is refused if it has more or fewer cells than the header."""
    row = Cells(name, number, lambda column: table.pick(cells, column), problems)
    if len(cells) != table.width:
        cure = "A comma or quotation mark is out of place: the row is not as wide as the header. Export again."
        row.wrong("", "", cure)
    return row
