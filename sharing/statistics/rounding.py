"""Controlled rounding: multiples of the base that add up exactly on every line (ADR 0017).

It starts from the nearest multiples, or from the numbers of the previous release, and repairs the lines that do not add
up (`search.py`). The random choices come from a seed that is drawn here, revealed to nobody and forgotten, because
anyone who knew it could undo some of the rounding.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.counting import Ints
from sharing.statistics.fixed import Fixed, beside_fixed, least_shown, least_told, most_shown, nothing_public
from sharing.statistics.registry import Lines, Registry
from sharing.statistics.rules import CannotPublish, Rules
from sharing.statistics.search import Search

_TRIES: Final = 4


@dataclass(frozen=True)
class Allowed:
    """For each cell, the fewest and the most steps of the base that its published number may be."""

    least: Ints
    most: Ints

    def clamp(self, steps: Ints) -> Ints:
        return np.clip(steps, self.least, self.most)


def allowed(registry: Registry, rules: Rules, fixed: Fixed) -> Allowed:
    """What each number may be, given its exact count.

    Nobody is shown as 0. 1 to 4 pupils are shown as 0 or 5. More are never shown as 0, and no number is farther than 9
    from the truth. In addition, a school that subtracts its own pupils must not learn that nobody else is there: a
    number is not allowed if all the pupils it leaves possible could be the school's own. What is public, the school
    knows anyway.
    """
    limits = _by_count(registry.exact, rules)
    own = np.where(registry.names_a_school | fixed.known, 0, registry.largest)
    hides_own = np.where(own >= rules.near, np.maximum((own - rules.farthest) // rules.base + 1, 1), 0)
    least = np.maximum(np.maximum(limits.least, hides_own), np.where(fixed.known, 0, least_shown(fixed.inside, rules)))
    return Allowed(np.where(registry.exact > 0, least, 0), limits.most)


def _by_count(exact: Ints, rules: Rules) -> Allowed:
    least = np.maximum(-((rules.farthest - exact) // rules.base), 1)
    most = (exact + rules.farthest) // rules.base
    small = exact < rules.base
    least[small], most[small] = 0, np.minimum(exact[small], 1)
    return Allowed(least, most)


@dataclass(frozen=True)
class _Problem:
    """What is to be rounded: the cells of the registry, followed by sums of cells that are next to known ones.

    Everybody knows how many pupils the unknown parts of a known whole have together, so their sum is a known whole too.
    Known parts of an unknown whole are, together, not shown as many fewer, or as any more, than they are.
    """

    lines: Lines
    limits: Allowed
    exact: Ints
    sums: list[Ints]

    @classmethod
    def of(cls, registry: Registry, rules: Rules, fixed: Fixed) -> "_Problem":
        limits, beside = allowed(registry, rules, fixed), beside_fixed(registry.lines, fixed.known)
        sums = [*beside.rests, *beside.told]
        exact = np.concatenate([registry.exact, np.array([registry.exact[cells].sum() for cells in sums], np.int64)])
        of_sums = _by_count(exact[len(registry) :], rules)
        is_whole = np.concatenate([beside.wholes, np.arange(len(sums)) < len(beside.rests)])
        is_told = np.arange(len(exact)) >= len(registry) + len(beside.rests)
        least = np.concatenate([limits.least, of_sums.least])
        most = np.concatenate([limits.most, of_sums.most])
        least[len(registry) + len(beside.rests) :] = [
            least_told(registry.exact[told], registry.exact[untold], rules)
            for told, untold in zip(beside.told, beside.untold, strict=True)
        ]
        most = np.where(is_whole, np.minimum(most, most_shown(exact, rules)), most)
        most = np.where(is_told, -(-exact // rules.base), most)
        return cls(registry.lines.and_sums(len(registry), sums), Allowed(least, most), exact, sums)

    def start(self, before: Mapping[int, int], rules: Rules) -> tuple[Ints, NDArray[np.bool_]]:
        """The steps to start from, and which of them come from the previous release."""
        limits = self.limits
        start = limits.clamp((self.exact + rules.base // 2) // rules.base)
        stays = np.zeros(len(self.exact), dtype=bool)
        for cell, number in before.items():
            steps = number // rules.base
            if limits.least[cell] <= steps <= limits.most[cell] and number % rules.base == 0:
                start[cell], stays[cell] = steps, True
        if self.sums:
            start[-len(self.sums) :] = [start[cells].sum() for cells in self.sums]
        return limits.clamp(start), stays


def rounded(
    registry: Registry, rules: Rules, before: Mapping[int, int] | None = None, fixed: Fixed | None = None
) -> Ints:
    """A published number for each cell. `before` are the numbers of the previous release, by cell.

    `fixed` is what is known besides. Unchanged counts keep their numbers exactly. Raises CannotPublish if no solution
    is found after some hundred thousand moves, started afresh a few times.
    """
    known = fixed or nothing_public(registry)
    problem = _Problem.of(registry, rules, known)
    limits = problem.limits
    start, stays = problem.start(before or {}, rules)
    for _ in range(_TRIES):
        chance = np.random.default_rng(secrets.randbits(128))
        found = Search(problem.lines, limits.least, limits.most, problem.exact / rules.base, stays, chance).run(start)
        if found is not None:
            return found[: len(registry)] * rules.base
    beside = " beside what is public of establishments" if known.known.any() else ""
    raise CannotPublish(
        f"This cannot be published, because no rounding was found that adds up in every table{beside}. Leave out the "
        "newest or the finest table and prepare it again."
    )
