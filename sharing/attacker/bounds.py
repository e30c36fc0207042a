"""Bounds propagated along the lines until nothing changes (I5): no solver, just a few sweeps."""

from typing import Final

import numpy as np

from sharing.attacker.lines import Lines, Whole
from sharing.attacker.rule import NO_LIMIT

MOST_SWEEPS: Final = 200


class Propagator:
    """Lines, sorted once for sweeping."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.starts = np.flatnonzero(np.diff(self.lines.line, prepend=-1))
        self.parent = self.lines.sign < 0
        self.order = np.argsort(self.lines.cell, kind="stable")
        of_cell = self.lines.cell[self.order]
        self.first = np.flatnonzero(np.diff(of_cell, prepend=-1))
        self.touched = of_cell[self.first]

    def tighten(self, least: Whole, most: Whole) -> tuple[Whole, Whole]:
        """The tightest bounds that sweeping finds. If the system contradicts itself, some least exceeds its most."""
        least, most = least.copy(), most.copy()
        if not self.lines.count:
            return least, most
        for _ in range(MOST_SWEEPS):
            low, high = self._sweep(least, most)
            moved = (low > least[self.touched]).any() or (high < most[self.touched]).any()
            least[self.touched] = np.maximum(low, least[self.touched])
            most[self.touched] = np.minimum(high, most[self.touched])
            if not moved or (least > most).any():
                break
        return least, most

    def _sweep(self, least: Whole, most: Whole) -> tuple[Whole, Whole]:
        """For each touched cell, the tightest bounds that any of its lines gives."""
        low, high = least[self.lines.cell], most[self.lines.cell]
        # A line is -parent + children = 0, so an entry is what the others leave of it.
        smallest = np.where(self.parent, -high, low)
        largest = np.where(self.parent, -low, high)
        rest_small = np.add.reduceat(smallest, self.starts)[self.lines.line] - smallest
        rest_large = np.add.reduceat(largest, self.starts)[self.lines.line] - largest
        new_low = np.where(self.parent, rest_small, -rest_large)
        new_high = np.where(self.parent, rest_large, -rest_small)
        new_high = np.minimum(new_high, NO_LIMIT)
        tight_low = np.maximum.reduceat(new_low[self.order], self.first)
        tight_high = np.minimum.reduceat(new_high[self.order], self.first)
        return tight_low, tight_high
