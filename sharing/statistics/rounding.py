"""Controlled rounding: multiples of the base that add up exactly on every line (ADR 0017).

A weighted local search and no solver. It starts from the nearest multiples, or from the numbers of the release before,
and repairs the lines that do not add up: round by round it makes the moves of one step that help most and do not touch
each other; a line that nobody can mend gets more weight until somebody else gives way. The random choices come from a
seed that is drawn here, told to nobody and forgotten, because whoever knew it could undo some of the rounding.
"""

import secrets
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.counting import Floats, Ints
from sharing.statistics.registry import Lines, Registry
from sharing.statistics.rules import CannotPublish, Rules

_ROUNDS: Final = 6000
_TRIES: Final = 4


@dataclass(frozen=True)
class Allowed:
    """For each cell the least and the most steps of the base that its published number may be."""

    least: Ints
    most: Ints

    def clamp(self, steps: Ints) -> Ints:
        return np.clip(steps, self.least, self.most)


def allowed(registry: Registry, rules: Rules) -> Allowed:
    """What a number may be for its exact count.

    Nobody is shown as 0. 1 to 4 pupils are shown as 0 or 5. More are never shown as 0, and no number is farther than 9
    from the truth. And a school that takes its own pupils away does not learn that nobody else is there: where all that
    a number leaves possible would be its own pupils, the number is not allowed.
    """
    base, exact = rules.base, registry.exact
    least = np.maximum(-((rules.farthest - exact) // base), 1)
    most = (exact + rules.farthest) // base
    small = exact < base
    least[small], most[small] = 0, np.minimum(exact[small], 1)
    own = np.where(registry.names_a_school, 0, registry.largest)
    hides_own = np.where(own >= rules.near, np.maximum((own - rules.farthest) // base + 1, 1), 0)
    least = np.where(exact > 0, np.maximum(least, hides_own), 0)
    return Allowed(least, most)


def rounded(registry: Registry, rules: Rules, before: dict[int, int] | None = None) -> Ints:
    """A published number for each cell. `before` are the numbers of the release before, by cell.

    Unchanged counts keep their numbers exactly. Raises CannotPublish if no solution is found in some thousand rounds,
    tried afresh a few times.
    """
    limits = allowed(registry, rules)
    start = limits.clamp((registry.exact + rules.base // 2) // rules.base)
    stays = np.zeros(len(registry), dtype=bool)
    for cell, number in (before or {}).items():
        steps = number // rules.base
        if limits.least[cell] <= steps <= limits.most[cell] and number % rules.base == 0:
            start[cell], stays[cell] = steps, True
    for _ in range(_TRIES):
        chance = np.random.default_rng(secrets.randbits(128))
        found = _Search(registry.lines, limits, registry.exact / rules.base, stays, chance).run(start.copy())
        if found is not None:
            return found * rules.base
    raise CannotPublish(
        "This cannot be published, because no rounding was found that adds up in every table. Leave out the newest or "
        "the finest table and prepare it again."
    )


class _Search:
    """The search over one release. `truth` is the exact count in steps of the base."""

    def __init__(
        self, lines: Lines, limits: Allowed, truth: Floats, stays: NDArray[np.bool_], chance: np.random.Generator
    ) -> None:
        self.limits, self.truth, self.stays, self.chance = limits, truth, stays, chance
        self.lines = lines
        movable = limits.most > limits.least
        entry = movable[lines.cells]
        self.cell, self.line, self.sign = lines.cells[entry], lines.of_entry[entry], lines.signs[entry]
        order = np.argsort(self.cell, kind="stable")
        self.by_cell = order
        self.cells, self.cell_starts = np.unique(self.cell[order], return_index=True)
        self.lines_here, self.line_starts = np.unique(self.line, return_index=True)
        self.place = np.zeros(len(truth), dtype=np.int64)
        self.place[self.cells] = np.arange(len(self.cells))

    def run(self, steps: Ints) -> Ints | None:
        missing = self.lines.missing(steps)
        weights = np.ones(len(missing))
        for _ in range(_ROUNDS):
            broken = missing != 0
            if not broken.any():
                return steps
            moves = self._moves(steps, missing, weights)
            if not moves.any():
                weights[broken] += 0.5 * self.chance.random(int(broken.sum()))
                continue
            steps[self.cells] += moves
            missing = self.lines.missing(steps)
        return None

    def _moves(self, steps: Ints, missing: Ints, weights: Floats) -> Ints:
        """For each cell 1, -1 or 0: helpful moves no two of which share a line."""
        now, weight = missing[self.line], weights[self.line]
        up = self._by_cell(weight * (np.abs(now + self.sign) - np.abs(now)))
        down = self._by_cell(weight * (np.abs(now - self.sign) - np.abs(now)))
        here, truth = steps[self.cells], self.truth[self.cells]
        cost = self._cost(here, truth)
        stay = np.where(self.stays[self.cells], 0.2, 0.0)
        up += 0.5 * (self._cost(here + 1, truth) - cost) + stay
        down += 0.5 * (self._cost(here - 1, truth) - cost) + stay
        up[here >= self.limits.most[self.cells]] = np.inf
        down[here <= self.limits.least[self.cells]] = np.inf
        gain = np.minimum(up, down)
        gain += 0.1 * self.chance.random(len(gain))
        gain[gain >= 0] = np.inf
        best = np.full(len(weights), np.inf)
        best[self.lines_here] = np.minimum.reduceat(gain[self.place[self.cell]], self.line_starts)
        beaten = self._by_cell((gain[self.place[self.cell]] > best[self.line]).astype(float)) > 0
        return np.where(np.isfinite(gain) & ~beaten, np.where(up <= down, 1, -1), 0)

    @staticmethod
    def _cost(steps: Ints, truth: Floats) -> Floats:
        """How bad a distance from the truth is: more than 4 pupils counts three times."""
        far = np.abs(steps - truth)
        return far + 4.0 * np.maximum(far - 0.8, 0.0)

    def _by_cell(self, entries: Floats) -> Floats:
        return np.add.reduceat(entries[self.by_cell], self.cell_starts)
