"""Fixed cells: counts that everybody knows without the release, and the room that rounding leaves next to them (R11).

The parts of a known whole bound one another: if 8 pupils are known to be there, and 10 are shown in one group and "low"
in the other, the other has 0 to 3. So a known whole is not shown as more than leaves its parts five values. Downwards
there is always room: at least one part can be 9 more than it shows, and another 4 (docs/adr/0020).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.bounds import propagated
from sharing.statistics.catalogue import NAMED, Catalogue, Table
from sharing.statistics.counting import Ints
from sharing.statistics.dimensions import TOTAL, CellId, cell_id
from sharing.statistics.registry import Lines, Registry
from sharing.statistics.rules import Rules

_ANY: Final = 10**9


@dataclass(frozen=True)
class Fixed:
    """The least and the most that public figures leave possible for each cell, by addition and subtraction only.

    `inside`: how many of its pupils are known through parts that the release does not show.
    """

    least: Ints
    most: Ints
    inside: Ints

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """The cells whose count the public figures give, directly or by addition."""
        return self.least == self.most

    def beside(self, least: Ints, most: Ints) -> tuple[Ints, Ints]:
        """These bounds, replaced by the count where it is known."""
        return np.where(self.known, self.least, least), np.where(self.known, self.most, most)


def closed(catalogue: Catalogue, public: Mapping[CellId, int]) -> dict[CellId, int]:
    """The public figures and what follows by addition: boys from girls, a Locality from all its establishments."""
    known = dict(public)
    unseen = list(known)
    while unseen:
        for whole, parts in _families(catalogue, unseen.pop()):
            unknown = [one for one in (whole, *parts) if one not in known and not catalogue.is_impossible(one)]
            if len(unknown) == 1:
                of_parts = sum(known.get(part, 0) for part in parts)
                known[unknown[0]] = of_parts if unknown[0] == whole else known.get(whole, 0) - of_parts
                unseen.append(unknown[0])
    return known


def _families(catalogue: Catalogue, group: CellId) -> Iterator[tuple[CellId, list[CellId]]]:
    """Each whole that the group is, or is a part of, with its parts along one dimension."""
    for name, dimension in catalogue.dimensions.items():
        code = dict(group).get(name, TOTAL)
        rest = group - {(name, code)}
        for parent in (dimension.parent[code], code):
            if parent is not None and parent in dimension.children:
                yield rest | cell_id([(name, parent)]), [rest | {(name, one)} for one in dimension.children[parent]]


def fixed(registry: Registry, public: Mapping[CellId, int]) -> Fixed:
    """What the public figures say about the cells of a registry."""
    least, most = np.zeros(len(registry), np.int64), np.full(len(registry), _ANY, np.int64)
    for group, count in public.items():
        if group in registry.number:
            least[registry.number[group]] = most[registry.number[group]] = count
    return Fixed(*propagated(registry.lines, least, most), _told_in(registry, public))


def _told_in(registry: Registry, public: Mapping[CellId, int]) -> Ints:
    """For each cell whose publicly known parts the release does not show: how many pupils those parts put in it."""
    told = np.zeros(len(registry), np.int64)
    sums: Counter[tuple[CellId, str]] = Counter()
    for group, count in public.items():
        for name, code in group:
            if group not in registry.number:
                parent = registry.catalogue.dimensions[name].parent[code]
                sums[group - {(name, code)} | cell_id([(name, parent or TOTAL)]), name] += count
    for (whole, _), count in sums.items():
        if whole in registry.number:
            told[registry.number[whole]] = max(told[registry.number[whole]], count)
    return told


def nothing_public(registry: Registry) -> Fixed:
    """What is fixed when nobody knows anything."""
    return fixed(registry, {})


class Beside(NamedTuple):
    """What is next to known cells. `wholes`: the known wholes with more than one unknown part.

    `rests`: the unknown parts of a known whole that has known parts too, so that everybody knows how many are in them
    together. `told`: the known parts of an unknown whole, and `untold` its other parts.
    """

    wholes: NDArray[np.bool_]
    rests: list[Ints]
    told: list[Ints]
    untold: list[Ints]


def beside_fixed(lines: Lines, known: NDArray[np.bool_]) -> Beside:
    """Find the lines that have both known and unknown cells."""
    is_part, is_known = lines.signs < 0, known[lines.cells]
    whole = lines.cells[lines.starts[:-1]]
    known_parts = np.bincount(lines.of_entry, is_part & is_known, minlength=len(lines))
    unknown_parts = np.bincount(lines.of_entry, is_part & ~is_known, minlength=len(lines))
    bounded = known[whole] & (unknown_parts > 1)
    wholes = np.zeros(len(known), dtype=bool)
    wholes[whole[bounded & (known_parts == 0)]] = True
    partly = [lines.parts(int(line)) for line in np.flatnonzero(bounded & (known_parts > 0))]
    mixed = [lines.parts(int(line)) for line in np.flatnonzero(~known[whole] & (known_parts > 0))]
    return Beside(
        wholes,
        [cells[~known[cells]] for cells in partly],
        [cells[known[cells]] for cells in mixed],
        [cells[~known[cells]] for cells in mixed],
    )


def tables_dividing(registry: Registry, fixed: Fixed) -> list[Table]:
    """The tables that show parts of a public group of one school (not of the whole school but, say, of its girls)."""
    wholes = beside_fixed(registry.lines, fixed.known).wholes & registry.names_a_school
    groups = [registry.ids[cell] for cell in np.flatnonzero(wholes) if len(registry.ids[cell]) > 1]
    shapes = {frozenset(name for name, _ in group) for group in groups}
    return [
        table
        for table in registry.catalogue.tables
        if not table.rate
        and table.audience == NAMED
        and any(shape < {*table.dimensions, *table.where} for shape in shapes)
    ]


def least_shown(inside: Ints, rules: Rules) -> Ints:
    """The fewest steps of the base for a cell with `inside` known pupils that leave five values possible above them."""
    return np.where(inside > 0, np.maximum(-((rules.base - inside) // rules.base), 1), 0)


def least_told(told: Ints, untold: Ints, rules: Rules) -> int:
    """The fewest steps for showing known parts of an unknown whole together, so that the others keep five values.

    The whole may be 9 more than it shows, and each of the others that is not small 4 fewer.
    """
    room = rules.farthest - rules.near + rules.near * int((untold >= rules.base).sum())
    return int(-((min(room, rules.farthest) - told.sum()) // rules.base)) if told.sum() > room else 0


def most_shown(counts: Ints, rules: Rules) -> Ints:
    """The most steps of the base for showing a known whole that leave five values possible up to its count."""
    few = np.where(counts <= rules.near, 0, 1)
    return np.where(counts < rules.base + rules.near, few, (counts + rules.base) // rules.base)
