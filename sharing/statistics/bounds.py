"""The exact counts that published numbers leave possible, given the rules and the lines, which everybody knows."""

from typing import Final

import numpy as np

from sharing.statistics.counting import Ints
from sharing.statistics.registry import Lines
from sharing.statistics.rules import Rules

_PASSES: Final = 50


def bounds(values: Ints, rules: Rules) -> tuple[Ints, Ints]:
    """The least and the most pupils that a published number leaves possible, from the rules alone, which are public."""
    least = np.where(values == 0, 0, np.where(values == rules.base, 1, np.maximum(values - rules.farthest, rules.base)))
    most = np.where(values == 0, rules.near, values + rules.farthest)
    return least, most


def propagated(lines: Lines, least: Ints, most: Ints) -> tuple[Ints, Ints]:
    """The bounds narrowed by the lines: each cell's from the others of its line, repeated until nothing changes."""
    heads = lines.starts[:-1]
    if not len(heads):
        return least, most
    whole = lines.cells[heads][lines.of_entry]
    is_part = lines.signs < 0
    part, of = lines.cells[is_part], lines.of_entry[is_part]
    for _ in range(_PASSES):
        low_sum = np.bincount(of, least[part], minlength=len(lines)).astype(np.int64)
        high_sum = np.bincount(of, most[part], minlength=len(lines)).astype(np.int64)
        low, high = least.copy(), most.copy()
        np.maximum.at(low, lines.cells[heads], low_sum)
        np.minimum.at(high, lines.cells[heads], high_sum)
        np.maximum.at(low, part, least[whole[is_part]] - (high_sum[of] - most[part]))
        np.minimum.at(high, part, most[whole[is_part]] - (low_sum[of] - least[part]))
        if (low == least).all() and (high == most).all():
            break
        least, most = low, high
    return least, most
