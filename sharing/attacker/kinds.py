"""Kinds of pupil, by their lowest members, and which cells count them."""

import random
from collections.abc import Mapping

import numpy as np

from sharing.attacker.lines import Mask
from sharing.attacker.released import Dimension
from sharing.attacker.system import System

Pupil = Mapping[str, str]  # dimension -> lowest member, without dimensions that do not apply to the pupil


class Membership:
    """Which cells count a pupil. Groups that no table shows count nobody here."""

    def __init__(self, system: System) -> None:
        self.dimensions = system.released.dimensions
        self.number = {pair: place for place, pair in enumerate({p for cell in system.cells for p in cell}, start=1)}
        widest = max((len(cell) for cell in system.cells), default=0)
        self.needs = np.zeros((widest, len(system.cells)), np.int64)  # number 0 is what every pupil has
        for column, cell in enumerate(system.cells):
            for row, pair in enumerate(cell):
                self.needs[row, column] = self.number[pair]

    def of(self, pupil: Pupil) -> Mask:
        has = np.zeros(len(self.number) + 1, bool)
        has[0] = True
        for name, code in pupil.items():
            for above in self.dimensions[name].above(code):
                has[self.number.get((name, above), 0)] = True
        return np.asarray(has[self.needs].all(axis=0), bool)


def some_below(dimension: Dimension, code: str, chance: random.Random) -> str:
    """A lowest member at random, at or below this one."""
    while code in dimension.children:
        code = chance.choice(dimension.children[code])
    return code
