"""Possible truths in whole numbers that fit everything printed: each proves that a cell could be something else.

The printed numbers of an additive release are themselves such a truth, and so are they with a few more pupils of one
kind. A point is accepted only after it was checked against every bound and every line, so nothing depends on how it was
found.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sharing.attacker.kinds import Membership, Pupil, some_below
from sharing.attacker.lines import Mask, Whole
from sharing.attacker.released import TOTAL, CellId
from sharing.attacker.system import REST, Structure, System

TRIES: Final = 60  # kinds of pupil tried for a cell before it is left to the solver


@dataclass
class Reached:
    """The smallest and largest value that each cell has in some possible truth."""

    least: Whole
    most: Whole

    @classmethod
    def nothing(cls, cells: int) -> "Reached":
        return cls(np.full(cells, np.iinfo(np.int64).max), np.full(cells, -1, np.int64))

    def take(self, point: Whole) -> None:
        np.minimum(self.least, point, out=self.least)
        np.maximum(self.most, point, out=self.most)

    def lacking(self, targets: Mask, needed: Whole, low: Mask) -> Whole:
        """The targets whose width, or whose possible 0, has not been shown yet."""
        wide = self.most - self.least >= needed
        return np.flatnonzero(targets & ~(wide & (~low | (self.least <= 0))))


def fits(system: System, point: Whole) -> bool:
    return bool((point >= system.least).all() and (point <= system.most).all() and not system.lines.sums(point).any())


def printed(system: System) -> Whole:
    """The printed numbers, with the unprinted groups worked out as far as the lines allow; -1 for the others."""
    return filled(system, np.where(system.least == system.most, system.least, system.value))


def filled(system: System, point: Whole) -> Whole:
    """The point, with each unknown (-1) worked out that is the only one of its line, as far as that goes."""
    point, lines = point.copy(), system.lines
    while True:
        unknown = point[lines.cell] < 0
        holes = np.bincount(lines.line, weights=unknown, minlength=lines.count)
        single = unknown & (holes[lines.line] == 1)
        rest = -lines.sign[single] * lines.sums(np.maximum(point, 0))[lines.line[single]]
        if not single.any() or (rest < 0).any():
            return point
        point[lines.cell[single]] = rest


def reach(
    system: System, structure: Structure, start: Whole, targets: Mask, low: Mask, chance: random.Random
) -> Reached:
    """Try possible truths near to `start` until every target has room, or no more are found."""
    reached = Reached.nothing(len(system.cells))
    if not fits(system, start):
        return reached
    kinds = _Kinds(system, structure, chance)
    reached.take(start)
    for column in reached.lacking(targets, system.needed, low):
        for kind in kinds.within(system.cells[column]):
            if not reached.lacking(_only(column, targets), system.needed, low).size:
                break
            has = kinds.cells_of(kind)
            for more in (system.rule.values - 1, -(system.rule.values - 1)):
                point = start + more * has
                if fits(system, point):
                    reached.take(point)
    return reached


def _only(column: int, targets: Mask) -> Mask:
    mask = np.zeros_like(targets)
    mask[column] = True
    return mask


class _Kinds:
    """Kinds of pupil: a lowest member for each dimension, except those that do not apply to such a pupil."""

    def __init__(self, system: System, structure: Structure, chance: random.Random) -> None:
        self.system, self.structure, self.chance = system, structure, chance
        self.dimensions = system.released.dimensions
        self.rests = np.array([any(name == REST for name, _ in cell) for cell in system.cells], bool)
        self.membership = Membership(system)

    def within(self, cell: CellId) -> Iterator[Pupil]:
        """Some kinds of pupil, at random, that the cell counts."""
        asked = dict(cell)
        for _ in range(TRIES):
            kind = {
                name: some_below(dimension, asked.get(name, TOTAL), self.chance)
                for name, dimension in self.dimensions.items()
            }
            if not self.structure.is_impossible(frozenset(kind.items())):
                yield kind
            for name in self.dimensions.keys() - asked.keys():
                if self.structure.is_impossible(frozenset(kind.items())):
                    kind.pop(name, None)
            if len(kind) < len(self.dimensions) and not self.structure.is_impossible(frozenset(kind.items())):
                yield kind

    def cells_of(self, kind: Pupil) -> Whole:
        """An array with 1 for each cell that counts such a pupil."""
        counted = self.membership.of(kind).astype(np.int64)
        return filled(self.system, np.where(self.rests, -1, counted))
