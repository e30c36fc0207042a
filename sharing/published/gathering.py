"""Gathers the figures in a file so that each cell has one figure; otherwise the file is refused."""

from collections.abc import Container, Iterable
from decimal import Decimal
from typing import Final

from sharing.imports.csv_text import END_MAY_BE_CUT, Table
from sharing.imports.problems import Problem, ProblemLog
from sharing.measures.catalogue import MEASURE
from sharing.measures.shape import NUMBER, POINTS, RATE, SCORE
from sharing.published.cells import UNEXPLAINED, Cell
from sharing.published.told import Place, Published, Told

_SHOWN: Final = 30
_ENOUGH: Final = 5  # figures in a column before anything is concluded from them
# What no figure of a unit is below or above; a share is looked at where it is read. A small unit for excluded pupils
# may have ten suspensions for each pupil.
_LIES_BETWEEN: Final = {RATE: (0, 10_000), POINTS: (0, 10), SCORE: (-150, 150), NUMBER: (0, 10**8)}

Key = tuple[Place, int, str, str]


class Gathering:
    """The figures of one file while it is read.

    A cell repeated with the same contents counts once. Repeated with another number or another denominator, it is a
    problem that names both rows: a measure has one denominator.
    """

    def __init__(self, published: Published, log: ProblemLog) -> None:
        self.published = published
        self.log = log
        self._known: dict[Key, Told] = {}
        self._unexplained: set[str] = set()

    def add(self, told: Told) -> None:
        limits = _LIES_BETWEEN.get(MEASURE[told.measure].unit)
        if told.value is not None and limits and not limits[0] <= told.value <= limits[1]:
            low, high = limits
            cure = f"A figure of this measure lies between {low:,} and {high:,}. Correct it."
            self.log.add(Problem(told.row, told.column, f"{told.value:f}", cure))
            return
        before = self._known.setdefault((told.place, told.academic_year, told.measure, told.group), told)
        if before is told:
            self.published.figures.append(told)
            self._explain(told)
        elif _what_it_says(before) != _what_it_says(told):
            of = " for another number of pupils" if before.denominator != told.denominator else ""
            cure = (
                f"Row {before.row} gives another figure{of} for the same place, measure and year. Keep the right one."
            )
            self.log.add(Problem(told.row, told.column, told.symbol or f"{told.value:f}", cure))

    def cell(
        self,
        cell: Cell | None,
        row: int,
        column: str,
        place: Place,
        year: int,
        measure: str,
        group: str,
        numerator: int | None = None,
        denominator: int | None = None,
    ) -> None:
        """Add a figure from a cell that was read; a blank adds nothing."""
        if cell is None:
            return
        self.add(
            Told(row, column, place, year, measure, group, cell.value, cell.symbol, numerator, denominator),
        )

    def pass_over(self, words: str) -> None:
        self.published.passed_over[words] += 1

    def lacks(self, columns: Iterable[str]) -> None:
        """Add a query that names the columns missing from the file."""
        missing = list(columns)
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            cure = f"Not in the file, so there are no figures for them: {', '.join(missing[:_SHOWN])}{more}."
            self.log.add(Problem(1, "", "", cure, fatal=False))

    def look_at_shares(self, columns: Container[str]) -> None:
        """Add a query for each of these columns of shares that may have lost its percent signs: no figure is above 1,
        and some are fractions. A spreadsheet turns 63% into 0.63.
        """
        values: dict[str, list[Decimal]] = {}
        for told in self.published.figures:
            if told.column in columns and told.value is not None:
                values.setdefault(told.column, []).append(told.value)
        for column, found in values.items():
            if len(found) >= _ENOUGH and max(found) <= 1 and any(0 < value < 1 for value in found):
                cure = (
                    "No share in this column is above 1: a spreadsheet may have turned 63% into 0.63. Look at the file."
                )
                self.log.add(Problem(1, column, "", cure, fatal=False))

    def look_at_the_end(self, table: Table) -> None:
        """Add a query if the last figure of the file may have lost digits."""
        if table.lacks_letters:
            self.log.add(Problem(None, table.header[-1].strip(), "", END_MAY_BE_CUT, fatal=False))

    def finish(self) -> Published:
        """The figures of the file. Raises ImportRefused with every problem found, or if there are no figures."""
        if not self.log.fatal and not self.published.figures:
            cure = "No row of this file has a figure for this authority. Download the right one."
            self.log.add(Problem(None, "", "", cure))
        self.log.refuse_if_fatal()
        self.published.queries = self.log.queries()
        return self.published

    def _explain(self, told: Told) -> None:
        if told.symbol in UNEXPLAINED and told.symbol not in self._unexplained:
            self._unexplained.add(told.symbol)
            cure = f"The source uses the symbol {told.symbol} without saying what it means. It is kept as it is."
            self.log.add(Problem(told.row, told.column, told.symbol, cure, fatal=False))


def _what_it_says(told: Told) -> tuple[object, ...]:
    return told.value, told.symbol, told.numerator, told.denominator
