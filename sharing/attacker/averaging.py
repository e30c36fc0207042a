"""Averaging (I9): where lines do not add up, the nearest numbers that do are closer to the truth than those printed."""

from typing import Final

import numpy as np

from sharing.attacker.lines import Lines, Real
from sharing.attacker.system import System
from sharing.attacker.verdict import WORST, Attempt

ROUNDS: Final = 2000
TOLERANCE: Final = 1e-9
MOVED: Final = 0.5  # pupils; nothing can be learnt from less


def nearest_that_adds_up(lines: Lines, values: Real) -> Real:
    """The least-squares correction of `values` to lines that add up, by conjugate gradients."""
    size = len(values)

    def onto_lines(cells: Real) -> Real:
        return np.bincount(lines.line, weights=lines.sign * cells[lines.cell], minlength=lines.count).astype(np.float64)

    def onto_cells(weights: Real) -> Real:
        return np.bincount(lines.cell, weights=lines.sign * weights[lines.line], minlength=size).astype(np.float64)

    weights = np.zeros(lines.count)
    left = onto_lines(values)
    step = left.copy()
    size_of_left = float(left @ left)
    goal = TOLERANCE * max(1.0, size_of_left)
    for _ in range(ROUNDS):
        if size_of_left <= goal:
            break
        moved = onto_lines(onto_cells(step))
        stride = size_of_left / float(step @ moved)
        weights += stride * step
        left -= stride * moved
        before, size_of_left = size_of_left, float(left @ left)
        step = left + (size_of_left / before) * step
    return values - onto_cells(weights)


def printed_alone(system: System) -> tuple[Lines, Real]:
    """The lines in which every cell is printed as a number, and the numbers."""
    known = system.printed & (system.value >= 0)
    return system.lines.among(known), np.where(known, system.value, 0).astype(np.float64)


def average(system: System) -> Attempt:
    """Find cells whose printed number is not the best guess of the truth."""
    lines, values = printed_alone(system)
    moved = np.abs(nearest_that_adds_up(lines, values) - values)
    better = np.flatnonzero(moved > MOVED)
    worst = better[np.argsort(-moved[better])][:WORST]
    tried = int((system.printed & (system.value >= 0)).sum())
    words = (
        f"Averaging: addition gives a better guess than the printed number for {len(better):,} of {tried:,} cells."
        if len(better)
        else f"Averaging: {tried:,} numbers add up already, so there is nothing to average out."
    )
    told = tuple(f"{system.in_words(int(c))}: {system.value[c]} is off by about {moved[c]:.1f}" for c in worst)
    return Attempt("averaging", tried, len(better), words, told)
