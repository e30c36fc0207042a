"""All cells of a release as one system: unknown whole numbers with bounds, and the lines along which they add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sharing.attacker.bounds import Propagator
from sharing.attacker.lines import Lines, Mask, Whole
from sharing.attacker.released import TOTAL, CellId, Dimension, Figure, Pair, Released
from sharing.attacker.rule import IMPOSSIBLE, NO_LIMIT, Rule, number

REST: Final = "other_than"  # a made-up dimension for the members of a parent that no table shows


@dataclass(frozen=True)
class System:
    """The cells as columns. `least` and `most` come from rule, structure and public figures; `value`: printed, or -1.

    `printed`: the cell is in a table. `private`: pupils could be in it, and public figures do not say how many.
    `needed` is how wide its interval has to stay: as wide as that of `low`, or as rule or public figures leave it on
    their own, if that is less. `outside` are the bounds from public figures and structure only. `open_question`:
    private, and not given exactly by the rule itself. The columns after the printed cells are groups that no table
    shows but lines involve.
    """

    released: Released
    rule: Rule
    cells: tuple[CellId, ...]
    index: Mapping[CellId, int]
    value: Whole
    least: Whole
    most: Whole
    printed: Mask
    private: Mask
    needed: Whole
    outside: tuple[Whole, Whole]
    lines: Lines

    @property
    def open_question(self) -> Mask:
        return self.private & (self.needed > 0)

    def in_words(self, column: int) -> str:
        return self.released.in_words(self.cells[column])


class Structure:
    """Which cells no pupil can be in."""

    def __init__(self, released: Released) -> None:
        self.dimensions = released.dimensions
        self.patterns = released.impossible
        self.named = frozenset(pair for pattern in self.patterns for pair in pattern)
        self.split = sorted({name for name, _ in self.named})
        self._marks: dict[Pair, frozenset[Pair]] = {}
        self._none: dict[CellId, bool] = {frozenset(): False}
        self.by_first: dict[Pair, list[CellId]] = {}
        for pattern in self.patterns:
            self.by_first.setdefault(min(pattern), []).append(pattern)

    def marks(self, pair: Pair) -> frozenset[Pair]:
        """The pairs from impossible patterns that apply to a member."""
        found = self._marks.get(pair)
        if found is None:
            name, code = pair
            dimension = self.dimensions.get(name)
            line = dimension.above(code) if dimension else ()
            found = self._marks[pair] = frozenset((name, above) for above in line if (name, above) in self.named)
        return found

    def is_impossible(self, cell: CellId) -> bool:
        """Whether a pattern makes the cell impossible, or all parts of it."""
        return bool(self.named) and self._has_none(frozenset(pair for pair in cell if pair[0] in self.split))

    def _has_none(self, cell: CellId) -> bool:
        known = self._none.get(cell)
        if known is None:
            known = self._none[cell] = self._said(cell) or self._in_parts(cell)
        return known

    def _said(self, cell: CellId) -> bool:
        marks = frozenset().union(*(self.marks(pair) for pair in cell))
        return any(pattern <= marks for mark in marks for pattern in self.by_first.get(mark, ()))

    def _in_parts(self, cell: CellId) -> bool:
        """Whether all children in one dimension are impossible."""
        codes = dict(cell)
        for name in self.split:
            code = codes.get(name, TOTAL)
            parts = self.dimensions[name].children.get(code, ())
            others = cell - {(name, code)}
            if parts and all(self._has_none(others | {(name, part)}) for part in parts):
                return True
        return False


def build(released: Released, rule: Rule, structure: Structure) -> System:
    """The system of a release. A cell printed twice counts with its first number: `arithmetic` reports the other."""
    first: dict[CellId, Figure] = {}
    for figure in released.counts:
        first.setdefault(figure.cell, figure)
    for cell in released.public:
        first.setdefault(cell, Figure(cell, "", "public.csv"))
    columns = _Columns(first)
    entries = _lines(released.dimensions, columns, structure)
    cells = tuple(columns.index)
    total = len(cells)
    value = np.full(total, -1, np.int64)
    everybody = first.get(frozenset())
    at_most = rule.least_and_most(everybody.text)[1] if everybody else NO_LIMIT
    least, most = np.zeros(total, np.int64), np.full(total, at_most, np.int64)
    printed, fixed = np.zeros(total, bool), np.zeros(total, bool)
    for column, (cell, figure) in enumerate(first.items()):
        least[column], highest = rule.least_and_most(figure.text)
        most[column] = min(highest, at_most)
        shown = number(figure.text)
        value[column] = shown if shown is not None else (0 if figure.text in ("low", IMPOSSIBLE) else -1)
        printed[column] = figure.where != "public.csv"
        if figure.text == IMPOSSIBLE or structure.is_impossible(cell):
            least[column] = most[column] = 0
            fixed[column] = True
        elif cell in released.public:
            least[column] = most[column] = released.public[cell]
            fixed[column] = True
    lines = _arrays(entries)
    # What public figures and structure reveal on their own is no finding.
    outside = Propagator(lines).tighten(np.where(fixed, least, 0), np.where(fixed, most, NO_LIMIT))
    return System(
        released=released,
        rule=rule,
        cells=cells,
        index=columns.index,
        value=value,
        least=least,
        most=most,
        printed=printed,
        private=outside[1] > outside[0],
        needed=np.minimum(np.minimum(rule.values - 1, most - least), outside[1] - outside[0]),
        outside=outside,
        lines=lines,
    )


class _Columns:
    """The columns of the system: printed cells, then those that are only known from arithmetic."""

    def __init__(self, printed: Mapping[CellId, Figure]) -> None:
        self.index = {cell: column for column, cell in enumerate(printed)}

    def of(self, cell: CellId) -> int:
        return self.index.setdefault(cell, len(self.index))


def _lines(dimensions: Mapping[str, Dimension], columns: _Columns, structure: Structure) -> list[tuple[int, list[int]]]:
    """Parent and children of every line, including a parent or child that no table shows."""
    families: dict[tuple[CellId, str, str], dict[str, int]] = {}
    for cell, column in columns.index.items():
        for pair in cell:
            name, code = pair
            dimension = dimensions.get(name)
            if dimension is None or code not in dimension.parent:
                continue
            above = dimension.parent[code]
            others = cell - {pair}
            key = (others if above == TOTAL else others | {(name, above)}, name, above)
            families.setdefault(key, {})[code] = column
    lines = []
    for (parent, name, above), shown in families.items():
        others = parent - {(name, above)}
        missing = [
            code
            for code in dimensions[name].children[above]
            if code not in shown and not structure.is_impossible(others | {(name, code)})
        ]
        if len(missing) == 1:
            rest = [columns.of(others | {(name, missing[0])})]
        elif missing:
            rest = [columns.of(parent | {(REST, f"{name}:{','.join(sorted(shown))}")})]
        else:
            rest = []
        lines.append((columns.of(parent), [*shown.values(), *rest]))
    return lines


def _arrays(lines: list[tuple[int, list[int]]]) -> Lines:
    sizes = np.array([1 + len(children) for _, children in lines], np.int64)
    cell = np.fromiter((column for parent, children in lines for column in (parent, *children)), np.int64)
    sign = np.ones(len(cell), np.int64)
    if len(lines):
        sign[np.cumsum(sizes) - sizes] = -1
    return Lines(np.repeat(np.arange(len(lines)), sizes), cell, sign, len(lines))
