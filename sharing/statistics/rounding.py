"""Controlled rounding: multiples of the base that add up exactly on every line (ADR 0017).

It starts from the nearest multiples, or from the numbers of the release before, and repairs the lines that do not add
up (`search.py`). The random choices come from a seed that is drawn here, told to nobody and forgotten, because whoever
knew it could undo some of the rounding.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sharing.statistics.counting import Ints
from sharing.statistics.registry import Registry
from sharing.statistics.rules import CannotPublish, Rules
from sharing.statistics.search import Search

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


def rounded(registry: Registry, rules: Rules, before: Mapping[int, int] | None = None) -> Ints:
    """A published number for each cell. `before` are the numbers of the release before, by cell.

    Unchanged counts keep their numbers exactly. Raises CannotPublish if no solution is found after some hundred
    thousand moves, tried afresh a few times.
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
        found = Search(registry.lines, limits.least, limits.most, registry.exact / rules.base, stays, chance).run(start)
        if found is not None:
            return found * rules.base
    raise CannotPublish(
        "This cannot be published, because no rounding was found that adds up in every table. Leave out the newest or "
        "the finest table and prepare it again."
    )
