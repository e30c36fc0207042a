"""The weighted local search behind controlled rounding: steps of the base that add up on every line. It uses no solver.

First all together: each round makes, as arrays, the most helpful one-step moves that share no line, until no move
helps. Then one by one: a line that does not add up is drawn, and the best of its moves is made; a line that no move can
repair gains weight, until a line that weighs less gives way. Being far from the truth costs disproportionately more
than being near it, so distances spread evenly.
"""

import random
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.counting import Floats, Ints
from sharing.statistics.registry import Lines

_MOVES: Final = 1_000_000
_COST: Final = 4.0
"""What a distance of one step costs, beside the weight 1 of a line that misses by one step."""
_FAR: Final = 4.0
"""How many times more the part of a distance costs that is beyond 0.8 steps (4 pupils)."""
_STAY: Final = 2.0
"""What it costs to move a number that the release before had."""
_HEAVIER: Final = 0.3
_NOISE: Final = 0.1


class Search:
    """One search. Steps are between `least` and `most`; `truth` is the count in steps; `stays` marks cells to keep."""

    def __init__(
        self,
        lines: Lines,
        least: Ints,
        most: Ints,
        truth: Floats,
        stays: NDArray[np.bool_],
        chance: np.random.Generator,
    ) -> None:
        self._lines, self._least, self._most, self._truth, self._chance = lines, least, most, truth, chance
        movable = (most > least)[lines.cells]
        self._cell, self._line, self._sign = lines.cells[movable], lines.of_entry[movable], lines.signs[movable]
        self._order = np.argsort(self._cell, kind="stable")
        self._cells, self._cell_starts = np.unique(self._cell[self._order], return_index=True)
        self._lines_here, self._line_starts = np.unique(self._line, return_index=True)
        self._place = np.searchsorted(self._cells, self._cell)
        self._stay = np.where(stays, _STAY, 0.0)

    def run(self, start: Ints) -> Ints | None:
        """Steps that add up on every line, or None if none were found."""
        steps = start.copy()
        missing = self._lines.missing(steps)
        while missing.any():
            moves = self._together(steps, missing)
            if not moves.any():
                return self._one_by_one(start, steps, missing)
            steps[self._cells] += moves
            missing = self._lines.missing(steps)
        return steps

    def _together(self, steps: Ints, missing: Ints) -> Ints:
        """1, -1 or 0 for each movable cell: moves that help, no two of which share a line."""
        now, here, truth = missing[self._line], steps[self._cells], self._truth[self._cells]
        cost, stay = _distance_costs(here, truth), self._stay[self._cells]
        up = self._by_cell(np.abs(now + self._sign) - np.abs(now)) + _distance_costs(here + 1, truth) - cost + stay
        down = self._by_cell(np.abs(now - self._sign) - np.abs(now)) + _distance_costs(here - 1, truth) - cost + stay
        up[here >= self._most[self._cells]] = np.inf
        down[here <= self._least[self._cells]] = np.inf
        gain = np.minimum(up, down) + _NOISE * self._chance.random(len(here))
        gain[gain >= 0] = np.inf
        best = np.full(len(missing), np.inf)
        best[self._lines_here] = np.minimum.reduceat(gain[self._place], self._line_starts)
        beaten = self._by_cell(gain[self._place] > best[self._line]) > 0
        return np.where(np.isfinite(gain) & ~beaten, np.where(up <= down, 1, -1), 0)

    def _by_cell(self, entries: NDArray[np.generic]) -> Floats:
        return np.add.reduceat(entries[self._order].astype(float), self._cell_starts)

    def _one_by_one(self, start: Ints, at: Ints, missing_at: Ints) -> Ints | None:
        """Repair the rest, in plain lists: few lines are left, so array rounds over everything would be wasteful."""
        in_line: list[list[tuple[int, int]]] = [[] for _ in range(len(missing_at))]
        of_cell: list[list[tuple[int, int]]] = [[] for _ in range(len(at))]
        for cell, line, sign in zip(self._cell.tolist(), self._line.tolist(), self._sign.tolist(), strict=True):
            in_line[line].append((cell, sign))
            of_cell[cell].append((line, sign))
        steps, missing, before = at.tolist(), missing_at.tolist(), start.tolist()
        least, most, truth, stay = (one.tolist() for one in (self._least, self._most, self._truth, self._stay))
        weight, broken = [1.0] * len(missing), _Drawn(line for line, by in enumerate(missing) if by)
        draw = random.Random(self._chance.bytes(16)).random  # noqa: S311 - from the secret seed
        for _ in range(_MOVES):
            if not broken:
                return np.array(steps, dtype=np.int64)
            line = broken.draw(draw())
            found, best = None, 0.0
            for cell, sign in in_line[line]:
                way = -sign if missing[line] > 0 else sign
                now, then = steps[cell], steps[cell] + way
                if not least[cell] <= then <= most[cell]:
                    continue
                gain = _NOISE * draw() + _cost(abs(then - truth[cell])) - _cost(abs(now - truth[cell]))
                if stay[cell]:
                    gain += stay[cell] * (abs(then - before[cell]) - abs(now - before[cell]))
                for other, part in of_cell[cell]:
                    by = missing[other]
                    gain += weight[other] * (abs(by + part * way) - abs(by))
                if gain < best:
                    found, best, move = cell, gain, way
            if found is None:
                weight[line] += _HEAVIER * draw()
                continue
            steps[found] += move
            for other, part in of_cell[found]:
                missing[other] += part * move
                broken.keep(other, bool(missing[other]))
        return None


def _cost(distance: float) -> float:
    """The cost of a distance from the truth, in steps."""
    return _COST * (distance + _FAR * (distance - 0.8) if distance > 0.8 else distance)


def _distance_costs(steps: Ints, truth: Floats) -> Floats:
    """The same for arrays of steps."""
    distance = np.abs(steps - truth)
    return _COST * (distance + _FAR * np.maximum(distance - 0.8, 0.0))


class _Drawn:
    """A set of line numbers from which one can be drawn at random in constant time."""

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = list(lines)
        self._at = {line: at for at, line in enumerate(self._lines)}

    def __len__(self) -> int:
        return len(self._lines)

    def draw(self, share: float) -> int:
        """The line at this position in the list, as a share from 0 to less than 1."""
        return self._lines[int(share * len(self._lines))]

    def keep(self, line: int, wanted: bool) -> None:
        """Add a line to the set or remove it."""
        if wanted and line not in self._at:
            self._at[line] = len(self._lines)
            self._lines.append(line)
        elif not wanted and line in self._at:
            at, last = self._at.pop(line), self._lines.pop()
            if last != line:
                self._lines[at], self._at[last] = last, at
