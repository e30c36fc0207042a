"""The one registry of a release: every group of pupils once, with its exact count, and every line that must add up.

A group (cell) has one id wherever it is shown, so that the same pupils have the same number in every table. Nothing
here is published: the exact counts stay with the code that builds the release.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.catalogue import NAMED, Catalogue, Table, group_of
from sharing.statistics.counting import Counter, Ints
from sharing.statistics.dimensions import TOTAL, CellId, cell_id
from sharing.statistics.population import Population
from sharing.statistics.rules import CannotPublish

_FEWER: Final = (
    "This cannot be published, because the parts of a group are fewer than the whole: some pupils have no result where "
    "everybody in the year must have one. Count them as not attained."
)


@dataclass(frozen=True)
class Lines:
    """Lines that must add up, end to end: the first cell of each is the sum of the others.

    cells[starts[i]:starts[i + 1]] is line i; `signs` is 1 for the whole and -1 for a part.
    """

    starts: Ints
    cells: Ints
    signs: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def of_entry(self) -> Ints:
        """For each entry, the line that it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def missing(self, values: Ints) -> Ints:
        """By how much, for each line, the whole exceeds the sum of its parts; all 0 when everything adds up."""
        return np.bincount(self.of_entry, self.signs * values[self.cells], minlength=len(self)).astype(np.int64)

    def parts(self, line: int) -> Ints:
        """The cells of a line without its whole."""
        return self.cells[self.starts[line] + 1 : self.starts[line + 1]]

    def and_sums(self, cells: int, sums: Sequence[Ints]) -> "Lines":
        """These lines over `cells` cells, and one more for each of `sums`: a new cell is the sum of that set."""
        starts, added = [*self.starts], [self.cells]
        for number, parts in enumerate(sums, start=cells):
            added.append(np.array([number, *parts], dtype=np.int64))
            starts.append(starts[-1] + len(added[-1]))
        signs = [self.signs, *(np.where(np.arange(len(one)) == 0, 1, -1) for one in added[1:])]
        return Lines(np.array(starts, dtype=np.int64), np.concatenate(added), np.concatenate(signs))


@dataclass(frozen=True)
class Registry:
    """Cells by number: `ids[n]` is the group; the arrays give its pupils, and the most of them in one school."""

    catalogue: Catalogue
    ids: tuple[CellId, ...]
    number: dict[CellId, int]
    exact: Ints
    largest: Ints
    schools: Ints
    lines: Lines

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def names_a_school(self) -> NDArray[np.bool_]:
        """A mask of the cells that are about one establishment by name."""
        return np.array([any(code.startswith("urn:") for _, code in group) for group in self.ids], dtype=bool)

    def rows(self, table: Table) -> Iterator[tuple[tuple[str, ...], CellId]]:
        """The rows of a table: the members, and the id. They include impossible rows."""
        for codes in product(*(self.catalogue.members(table, name) for name in table.dimensions)):
            yield codes, group_of(table, zip(table.dimensions, codes, strict=True))


def register(catalogue: Catalogue, counter: Counter) -> Registry:
    """Count every table and find every line. Raises CannotPublish for a pupil in an impossible group."""
    counts, impossible = _counted(catalogue, counter), set[CellId]()
    while True:
        number = {group: place for place, group in enumerate(counts)}
        lines = _lines(catalogue, number, impossible)
        empty = {int(lines.cells[start]) for start in lines.starts[:-1][np.diff(lines.starts) == 1]}
        if not empty:
            break
        # Groups whose parts are all impossible are impossible too.
        impossible |= {group for group, place in number.items() if place in empty}
        counts = {group: found for group, found in counts.items() if group not in impossible}
    exact, largest, schools = np.array(list(counts.values()), dtype=np.int64).reshape(-1, 3).T.copy()
    _same_people(lines, exact)
    return Registry(catalogue, tuple(number), number, exact, largest, schools, lines)


def _counted(catalogue: Catalogue, counter: Counter) -> dict[CellId, tuple[int, int, int]]:
    """Each possible group once, however many tables have it: its pupils, the most in one school, its schools."""
    found: dict[CellId, tuple[int, int, int]] = {}
    for table in catalogue.tables:
        if table.rate:
            continue
        counted = counter.count(table)
        columns = zip(counted.pupils.ravel(), counted.largest.ravel(), counted.schools.ravel(), strict=True)
        for group, (pupils, largest, schools) in zip(ids_in_order(catalogue, table), columns, strict=True):
            if group in found:
                if found[group][0] != pupils:
                    raise CannotPublish(_FEWER)
            elif not catalogue.is_impossible(group):
                found[group] = int(pupils), int(largest), int(schools)
            elif pupils:
                raise CannotPublish(
                    f"This cannot be published, because pupils are in a group that cannot exist: "
                    f"{catalogue.words(group)}. Correct their year, phase or school."
                )
    return found


def registered(catalogue: Catalogue, population: Population) -> Registry:
    """The registry of a population."""
    return register(catalogue, Counter(catalogue, population))


def ids_in_order(catalogue: Catalogue, table: Table) -> Iterator[CellId]:
    """The ids in the order of the counted array: places first, then the table's other dimensions."""
    names = sorted(table.dimensions, key=lambda name: name != "place")
    for codes in product(*(catalogue.members(table, name) for name in names)):
        yield group_of(table, zip(names, codes, strict=True))


def _lines(catalogue: Catalogue, number: dict[CellId, int], impossible: set[CellId]) -> Lines:
    """Every whole whose parts are all registered, along every dimension, in one table or across several."""
    starts, cells, signs = [0], [], []
    for whole, parts in _families(catalogue, number, impossible):
        cells += [whole, *parts]
        signs += [1, *(-1 for _ in parts)]
        starts.append(len(cells))
    return Lines(*(np.array(column, dtype=np.int64) for column in (starts, cells, signs)))


def _families(
    catalogue: Catalogue, number: dict[CellId, int], impossible: set[CellId]
) -> Iterator[tuple[int, list[int]]]:
    asked: set[tuple[CellId, str, str]] = set()
    for group in number:
        for name, code in sorted(group):  # a set has another order in each process, and the same seed other numbers
            dimension = catalogue.dimensions[name]
            parent = dimension.parent[code]
            assert parent is not None
            rest = group - {(name, code)}
            if (rest, name, parent) in asked:
                continue
            asked.add((rest, name, parent))
            whole = number.get(rest | cell_id([(name, parent)]))
            groups = [rest | {(name, code)} for code in dimension.children[parent]]
            parts = None if whole is None else _parts(catalogue, number, impossible, groups)
            if whole is not None and parts is not None:
                yield whole, parts


def _parts(
    catalogue: Catalogue, number: dict[CellId, int], impossible: set[CellId], groups: Iterable[CellId]
) -> list[int] | None:
    """The cells of the parts; None if one is not registered. An impossible part has nobody."""
    parts = []
    for group in groups:
        found = number.get(group)
        if found is not None:
            parts.append(found)
        elif group not in impossible and not catalogue.is_impossible(group):
            return None
    return parts


def _same_people(lines: Lines, exact: Ints) -> None:
    """Check that exact counts add up. They do not if pupils without an outcome are in a table that needs one."""
    if lines.missing(exact).any():
        raise CannotPublish(_FEWER)


def school_structure(registry: Registry, table: Table) -> Iterable[CellId]:
    """The school-type groups (by place, phase and year) in an open table, by which schools could be recognised."""
    if table.audience == NAMED or table.rate:
        return ()
    kept = {"place", "phase", "year"}
    members = registry.catalogue.members
    shown = [members(table, name) if name in kept else (TOTAL,) for name in table.dimensions]
    groups = (group_of(table, zip(table.dimensions, codes, strict=True)) for codes in product(*shown))
    return (group for group in groups if group in registry.number and {name for name, _ in group} <= kept)
