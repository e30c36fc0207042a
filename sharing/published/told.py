"""What a published file contains: figures, each with its row, its place and its year. Independent of the database.

Readers make these; `store.py` turns them into releases.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sharing.imports.problems import Problem

ENGLAND: Final = "england"
REGION: Final = "region"
AUTHORITY: Final = "authority"
TOTAL: Final = "total"

DISADVANTAGED: Final = "disadvantaged:Y"
NOT_DISADVANTAGED: Final = "disadvantaged:N"


class By(StrEnum):
    """How a file identifies the place of a figure."""

    URN = "URN"
    DFE_NUMBER = "DfE number"  # LA code * 10000 + establishment number
    LSOA = "LSOA"  # every establishment located in it
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure belongs. `key`: the number or code of the kind given by `by`, or the area as in Figure.area."""

    by: By
    key: int | str
    la_code: int | None = None
    """The authority that the file gives with it, if it gives one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One figure. Either `value` or `symbol`; `academic_year` is the calendar year in which it began."""

    row: int
    column: str
    place: Place
    academic_year: int
    measure: str
    group: str = TOTAL
    value: Decimal | None = None
    symbol: str = ""
    numerator: int | None = None
    denominator: int | None = None


@dataclass
class Published:
    """The contents of one file.

    `rows`: rows with figures. `passed_over`: words and the number of rows that are not used here. `provisional`: the
    years in which a figure is marked provisional. `expects`: the stage whose establishments the file should name (a
    word of `sharing.measures.shape`), "" for all, None for none.
    """

    dataset: str
    title: str
    figures: list[Told] = field(default_factory=list)
    rows: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    provisional: set[int] = field(default_factory=set)
    expects: str | None = None
    notes: list[str] = field(default_factory=list)
    queries: list[Problem] = field(default_factory=list)
    as_of: date | None = None

    @property
    def years(self) -> list[int]:
        return sorted({told.academic_year for told in self.figures})

    @property
    def symbols(self) -> Counter[str]:
        return Counter(told.symbol for told in self.figures if told.symbol)


def of_phase(area: str, phase: str) -> str:
    """The area for schools of one phase in it: `england:primary`. Without a phase it is the area itself."""
    return f"{area}:{phase}" if phase else area
