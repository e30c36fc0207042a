"""Where each published figure is stored, and rows of a table read back from there (docs/formats/statistics.md).

A figure is stored once, under the group that it describes: the same count in another table is the same cell.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Final

from sharing.statistics.catalogue import Catalogue, Table, group_of
from sharing.statistics.dimensions import CellId
from sharing.statistics.rates import STEPS
from sharing.statistics.records import Figure, Row
from sharing.statistics.symbols import Symbol

PUPILS: Final = "pupils"
_ALL: Final = Decimal(100)

Stored = Mapping[tuple[str, str], tuple[Decimal | None, str, Decimal | None]]
"""(key, indicator) -> (value, symbol, step)."""


def key_of(group: CellId) -> str:
    """A cell's id as text."""
    return "|".join(f"{name}={code}" for name, code in sorted(group))


def where_kept(catalogue: Catalogue, table: Table, group: CellId, name: str) -> tuple[CellId, str] | None:
    """The group and indicator under which a row's figure is stored; None for a step, which is stored with its mean."""
    if name.endswith("_step"):
        return None
    if name.endswith("_base_pupils"):
        return catalogue.base(table, group), PUPILS
    if name.endswith("_pupils"):
        return group | {(table.rate, "Y")}, PUPILS
    return group, name


def codes_of(catalogue: Catalogue, table: Table, only: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The rows of the table as members in its order. `only`: for these dimensions, only these members, in order."""
    return list(product(*(only.get(name, catalogue.members(table, name)) for name in table.dimensions)))


def keys_needed(
    catalogue: Catalogue, table: Table, indicators: Iterable[str], rows: Iterable[tuple[str, ...]]
) -> set[str]:
    """The keys under which the figures of these rows are stored."""
    names = list(indicators)
    groups = (group_of(table, zip(table.dimensions, codes, strict=True)) for codes in rows)
    found = (where_kept(catalogue, table, group, name) for group in groups for name in names)
    return {key_of(where[0]) for where in found if where}


def rows_of(
    catalogue: Catalogue, table: Table, indicators: Iterable[str], rows: Iterable[tuple[str, ...]], stored: Stored
) -> Iterator[Row]:
    """The rows of which every figure is stored: a row with something the reader may not see is left out."""
    names = list(indicators)
    for codes in rows:
        group = group_of(table, zip(table.dimensions, codes, strict=True))
        figures = {name: figure_of(catalogue, table, group, name, stored) for name in names}
        known = {name: figure for name, figure in figures.items() if figure is not None}
        if len(known) == len(names):
            yield Row(codes, known)


def figure_of(catalogue: Catalogue, table: Table, group: CellId, name: str, stored: Stored) -> Figure | None:
    """A figure of a row as the engine made it; None if it is not stored."""
    where = where_kept(catalogue, table, group, name)
    kept = stored.get((key_of(where[0]), where[1]) if where else (key_of(group), f"{name.removesuffix('_step')}_mean"))
    if kept is None:
        return None
    value, symbol, step = kept
    if where is None:
        return Symbol(symbol) if step is None else _as_step(step)
    if value is None:
        return Symbol(symbol)
    return int(value) if step is None else _as_mean(value, step)


def _as_step(step: Decimal) -> Decimal:
    """The step as the engine writes it: 0.1, 2."""
    return next(one for one in STEPS if one == step)


def _as_mean(value: Decimal, step: Decimal) -> Decimal:
    """The mean as the engine writes it, with the decimals of its step."""
    return _ALL if value == _ALL else value.quantize(_as_step(step))
