"""Linear programmes over the whole release (I6), with HiGHS: how small and how large can a cell be?

Fractions are allowed, so an interval found here is never too narrow: what it excludes is really excluded. One solution
is a point for all cells at once, so programmes for many cells come first and single ones last.
"""

import random
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

import highspy
import numpy as np

from sharing.attacker.lines import Mask, Real, Whole
from sharing.attacker.points import Reached
from sharing.attacker.system import System

SMALL: Final = 1e-4  # precision of an interior point
SIMPLEX_UP_TO: Final = 6_000  # free cells; larger programmes use the interior point method without crossover
UNBOUNDED: Final = 10**6  # for cells that nothing limits, since an unbounded programme has no answer
ENOUGH: Final = 0.7  # if a larger share of the cells solved together stays short, fewer are taken together
PRIMAL: Final = 4  # simplex_strategy: after a new objective the last solution still fits, so primal needs few steps


@dataclass
class Programme:
    """The system as a linear programme."""

    system: System
    least: Whole
    most: Whole
    failed: int = 0
    solver: Any = field(init=False)

    def __post_init__(self) -> None:
        self.free = np.flatnonzero(self.most > self.least)
        self.place = np.full(len(self.least), -1, np.int64)
        self.place[self.free] = np.arange(len(self.free))
        self.solver = highspy.Highs()
        options: dict[str, object] = {
            "output_flag": False,
            "threads": 1,
        }  # never changes, as HiGHS refuses a second value in one process
        if len(self.free) <= SIMPLEX_UP_TO:
            options |= {"solver": "simplex", "simplex_strategy": PRIMAL}
        else:
            options |= {"solver": "ipm", "run_crossover": "off"}
        for name, value in options.items():
            self.solver.setOptionValue(name, value)
        self.solver.passModel(self._model())
        self.columns = np.arange(len(self.free), dtype=np.int32)

    def _model(self) -> Any:
        lines = self.system.lines
        loose = self.place[lines.cell] >= 0
        fixed = np.bincount(
            lines.line[~loose],
            weights=(lines.sign * self.least[lines.cell])[~loose],
            minlength=lines.count,
        )
        sizes = np.bincount(lines.line[loose], minlength=lines.count)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.free), lines.count
        model.col_cost_ = np.zeros(len(self.free))
        model.col_lower_ = self.least[self.free].astype(np.float64)
        model.col_upper_ = np.minimum(self.most[self.free], UNBOUNDED).astype(np.float64)
        model.row_lower_ = model.row_upper_ = -fixed
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        model.a_matrix_.index_ = self.place[lines.cell[loose]].astype(np.int32)
        model.a_matrix_.value_ = lines.sign[loose].astype(np.float64)
        return model

    def best(self, costs: Real) -> Real | None:
        """The values of all cells that make the sum of costs (over free cells) least; None if HiGHS finds nothing."""
        self.solver.changeColsCost(len(self.free), self.columns, costs)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.failed += 1
            return None
        point = self.least.astype(np.float64)
        point[self.free] = np.asarray(self.solver.getSolution().col_value)
        return point

    def end(self, column: int, *, largest: bool) -> int | None:
        """The largest or smallest whole value of one cell; None if HiGHS finds no answer."""
        point = self.best(self.towards(np.array([column]), largest=largest))
        if point is None:
            return None
        return int(np.floor(point[column] + SMALL) if largest else np.ceil(point[column] - SMALL))

    def cap(self, columns: Whole, most: Whole) -> None:
        """Set another upper bound for some cells, so that what one could gain beyond it goes to the others."""
        columns, most = columns[self.place[columns] >= 0], most[self.place[columns] >= 0]
        places = self.place[columns].astype(np.int32)
        upper = np.minimum(np.minimum(most, self.most[columns]), UNBOUNDED).astype(np.float64)
        self.solver.changeColsBounds(len(places), places, self.least[columns].astype(np.float64), upper)

    def towards(self, columns: Whole, *, largest: bool) -> Real:
        costs = np.zeros(len(self.free))
        places = self.place[columns]
        costs[places[places >= 0]] = -1.0 if largest else 1.0
        return costs


def completed(system: System, point: Whole) -> Whole:
    """A possible truth with these numbers, where -1 is unknown. It has yet to be checked against the lines."""
    known = point >= 0
    programme = Programme(system, np.where(known, point, system.least), np.where(known, point, system.most))
    found = programme.best(np.zeros(len(programme.free))) if len(programme.free) else None
    return point if found is None else np.rint(found).astype(np.int64)


def widen(
    programme: Programme, reached: Reached, targets: Mask, low: Mask, until: float, chance: random.Random
) -> Mask:
    """Solve until every target has room or is known to have none. Returns the targets that were not reached in time."""
    needed = programme.system.needed
    done = np.zeros(len(targets), bool)
    together = int(targets.sum())
    if together and reached.lacking(targets, needed, low).size:
        _take(reached, programme.best(programme.towards(np.flatnonzero(targets), largest=False)))
    while (lacking := reached.lacking(targets & ~done, needed, low)).size and perf_counter() < until:
        together = min(together, len(lacking))
        some = np.array(chance.sample(lacking.tolist(), together))
        programme.cap(some, reached.least[some] + needed[some])
        _take(reached, programme.best(programme.towards(some, largest=True)))
        programme.cap(some, programme.most[some])
        left = reached.lacking(_mask(some, targets), needed, low)
        if together == 1 and left.size:
            _take(reached, programme.best(programme.towards(some, largest=False)))
            _take(reached, programme.best(programme.towards(some, largest=True)))
            done[some] = True
        elif not left.size:
            together *= 2
        elif len(left) > ENOUGH * together:
            together = max(1, together // 2)
    return _mask(reached.lacking(targets & ~done, needed, low), targets)


def _mask(columns: Whole, like: Mask) -> Mask:
    mask = np.zeros_like(like)
    mask[columns] = True
    return mask


def _take(reached: Reached, point: Real | None) -> None:
    """Note the whole values that a point of fractions shows to be within each cell's interval."""
    if point is None:
        return
    np.minimum(reached.least, np.ceil(point - SMALL).astype(np.int64), out=reached.least)
    np.maximum(reached.most, np.floor(point + SMALL).astype(np.int64), out=reached.most)
