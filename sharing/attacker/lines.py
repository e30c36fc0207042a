"""The lines along which cells add up, as arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Real = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Lines: the cells of each, times their signs, add up to 0. The first entry is the parent, with sign -1."""

    line: Whole
    cell: Whole
    sign: Whole
    count: int

    def among(self, known: Mask) -> "Lines":
        """The lines in which all cells are known."""
        complete = np.bincount(self.line, weights=~known[self.cell], minlength=self.count) == 0
        kept = complete[self.line]
        numbers = np.cumsum(complete) - 1
        return Lines(numbers[self.line[kept]], self.cell[kept], self.sign[kept], int(complete.sum()))

    def sums(self, values: Whole) -> Whole:
        """For each line, the amount by which it fails to add up."""
        return np.bincount(self.line, weights=(self.sign * values[self.cell]), minlength=self.count).astype(np.int64)
