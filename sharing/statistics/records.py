"""What leaves the builder: published numbers, and how much was lost on the way. No record here has an exact count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from sharing.statistics.catalogue import Catalogue, Table
from sharing.statistics.dimensions import CellId
from sharing.statistics.rules import Rules
from sharing.statistics.symbols import Symbol

Figure: TypeAlias = int | Decimal | Symbol


@dataclass(frozen=True)
class Row:
    """One row of a table: its members in the order of the table's dimensions, and its figures by indicator."""

    members: tuple[str, ...]
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class PublishedTable:
    """A table with its rows, as shown on pages and in files."""

    table: Table
    indicators: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Loss:
    """What protection costs: the mean and the largest distance of a count from the truth, and shares from 0 to 1.

    far: counts farther than 4 from the truth. low: groups with pupils that are shown as "low". rates_withheld: rates
    shown as "x". moved: counts of the previous release that now have another number.
    """

    cells: int
    mean: float
    largest: int
    far: float
    low: float
    rates_withheld: float
    moved: float | None


@dataclass(frozen=True)
class Release:
    """One release: every open and named table of one day, with one number for each group of pupils.

    `numbers` are the published counts by id, 0 for those shown as "low". `public` are counts known besides. `held` are
    the tables that show no Localities because one school would have been recognised in them.
    """

    id: str
    academic_year: int
    version: int
    as_of: date
    rules: Rules
    catalogue: Catalogue
    numbers: Mapping[CellId, int]
    tables: tuple[PublishedTable, ...]
    public: Mapping[CellId, int]
    held: tuple[str, ...]
    loss: Loss
