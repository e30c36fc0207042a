"""A cell of a published table: a number, a symbol kept as the source wrote it, or nothing (formats pages 6-8).

A symbol never becomes 0, and a file with an unexplained symbol is refused, because it might mean anything.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sharing.imports.problems import Problem, ProblemLog

_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_FOUR_PLACES: Final = Decimal("0.0001")
_MOST: Final = Decimal(10) ** 10
_MOST_PUPILS: Final = 2**31 - 1

# Performance tables: abbreviations.csv of 2018/19 and 2022/23. SN is in the destinations of 2023, unexplained.
PERFORMANCE: Final = frozenset(("SUPP", "NE", "NA", "NP", "LOWCOV", "NEW", "SP", "RE", "SN"))
# Explore Education Statistics, with the ones that older files use: : ~ . .. * and NULL, NA, R.
EES: Final = frozenset(("z", "x", "c", "low", "k", "u", ":", "~", ".", "..", "*", "NA", "NULL", "R"))
# Local Authority Interactive Tool.
LAIT: Final = frozenset(("-", "x", "c", "z", "..", "NA"))
UNEXPLAINED: Final = frozenset(("SN",))


@dataclass(frozen=True, slots=True)
class Cell:
    """Either a value, with at most four decimal places, or a symbol."""

    value: Decimal | None = None
    symbol: str = ""


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one file, and reports a problem by row and column."""

    symbols: frozenset[str]
    log: ProblemLog

    def read(self, row: int, column: str, text: str, *, percent: bool = False) -> Cell | None:
        """The cell; None for a blank (the field does not apply to this row) and after a problem (see the log).

        `percent`: the number is a share; it may end in % and is between 0 and 100.
        """
        text = text.strip()
        if not text:
            return None
        if symbol := self._symbol(text):
            return Cell(symbol=symbol)
        value = _number(text[:-1].rstrip() if percent and text.endswith("%") else text)
        if value is None:
            known = ", ".join(sorted(self.symbols))
            cure = f"This is neither a number nor a symbol known here ({known}). Ask what it means, or correct it."
        elif percent and not 0 <= value <= 100:
            cure = "A percentage lies between 0 and 100. Correct it."
        elif abs(value) >= _MOST:
            cure = "The number is too large to be a number of pupils. Correct it."
        else:
            return Cell(value=value)
        self.log.add(Problem(row, column, text, cure))
        return None

    def pupils(self, row: int, column: str, text: str, *, estimated: bool = False) -> int | None:
        """A number of pupils; None for a blank, a symbol, and after a problem.

        `estimated`: the source has fractions of pupils where it estimated, and numbers of sessions for the whole
        country that are too large to store; such a number is left out.
        """
        cell = self.read(row, column, text)
        if cell is None or cell.value is None:
            return None
        is_whole = cell.value == cell.value.to_integral_value()
        if estimated and cell.value >= 0 and not (is_whole and cell.value <= _MOST_PUPILS):
            return None
        if not is_whole or not 0 <= cell.value <= _MOST_PUPILS:
            self.log.add(Problem(row, column, text.strip(), "A number of pupils is a whole number. Correct it."))
            return None
        return int(cell.value)

    def _symbol(self, text: str) -> str:
        """The symbol as the source's list writes it, whatever its capitals here; empty when it is not a symbol."""
        if text in self.symbols:
            return text
        return next((symbol for symbol in self.symbols if symbol.casefold() == text.casefold()), "")


def _number(text: str) -> Decimal | None:
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    if abs(value) >= _MOST:
        return value
    return value.quantize(_FOUR_PLACES, ROUND_HALF_UP)


def whole_number(text: str) -> int | None:
    """An identifying number: 380, 380.0 (as some tools write it) or 0380. None for anything else."""
    match = re.fullmatch(r"([0-9]{1,9})(\.0+)?", text.strip())
    return int(match[1]) if match else None
