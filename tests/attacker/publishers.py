"""Ways of publishing a world: one that holds, and the ones that are in use and do not (I15)."""

import random
from dataclasses import dataclass

import numpy as np

from sharing.attacker.rule import NO_LIMIT, Rule

# What everybody knows of each way of publishing.
SUPPRESSED = Rule(base=1, farthest=0, withheld=(1, 4))
COMPLEMENTED = Rule(base=1, farthest=0, withheld=(1, NO_LIMIT))
NEAREST_5 = Rule(base=5, farthest=2, low=(0, 2), zero_kept=False)
NEAREST_5_C = Rule(base=5, farthest=2, withheld=(1, 4), shown_from=5)
NHS = Rule(base=5, farthest=2, withheld=(1, 7), shown_from=8)


@dataclass
class Release:
    """A world published by controlled rounding: `shown` are multiples of 5 that add up, the pupils fit them."""

    world: object
    shown: np.ndarray
    pupils: np.ndarray
    truth: np.ndarray

    def texts(self):
        return texts_of(self.world, self.shown)

    def percents(self, part, whole):
        n, all_of_them = int(self.shown[part]), int(self.shown[whole])
        if all_of_them < 50:
            return "x"
        if n in (0, all_of_them):
            return "low" if n == 0 else "high"
        return str(min(99, max(1, (200 * n + all_of_them) // (2 * all_of_them))))

    def true_percents(self, part, whole):
        n, all_of_them = int(self.truth[part]), int(self.truth[whole])
        return f"{100 * n / all_of_them:.1f}" if all_of_them >= 10 else "x"


def texts_of(world, shown):
    return [
        "z" if structural else "low" if value == 0 else str(value)
        for value, structural in zip(shown, world.structural, strict=True)
    ]


def bounds(shown):
    """The true counts that the rule allows beside a shown one."""
    least = np.where(shown == 0, 0, np.where(shown == 5, 1, np.maximum(shown - 9, 5)))
    return least, np.where(shown == 0, 4, shown + 9)


def trusted(world, number, chance, *, moves=4_000):
    """Any pupils of weight 5 add up. The truth is then drawn among the pupils that fit what is shown.

    That turns the order round, and is the simplest way to a release that is known to hold.
    """
    fives = world.pupils(number // 5, chance)
    shown = 5 * world.count(fives)
    pupils = list(np.repeat(fives, 5, axis=0))
    truth = shown.copy()
    least, most = bounds(shown)
    for newcomer in world.pupils(moves, chance, skew=0.5):
        place = chance.randrange(len(pupils))
        out, into = world.cells_of(pupils[place]), world.cells_of(newcomer)
        truth[out] -= 1
        truth[into] += 1
        both = np.union1d(out, into)
        if (truth[both] >= least[both]).all() and (truth[both] <= most[both]).all():
            pupils[place] = newcomer
        else:
            truth[out] += 1
            truth[into] -= 1
    return Release(world, shown, np.array(pupils), truth)


def rounded_afresh(release, chance, *, moves=300):
    """Other multiples of 5 that add up and fit the same truth: the same day rounded again, not sticky."""
    world, shown = release.world, release.shown.copy()
    for kind in world.pupils(moves, chance):
        cells = world.cells_of(kind)
        for more in chance.sample((5, -5), 2):
            tried = shown[cells] + more
            least, most = bounds(tried)
            if (tried >= 0).all() and (release.truth[cells] >= least).all() and (release.truth[cells] <= most).all():
                shown[cells] = tried
                break
    return shown


def suppressed(world, truth):
    """Hides 1 to 4, and nothing else."""
    return ["z" if gone else "c" if 1 <= n <= 4 else str(n) for n, gone in zip(truth, world.structural, strict=True)]


def complemented(world, truth, lines):
    """Hides 1 to 4, and then in each line with a single hidden cell the smallest other one that has pupils."""
    hidden = (truth >= 1) & (truth <= 4)
    while True:
        before = hidden.sum()
        for line in lines:
            if hidden[line].sum() == 1:
                others = line[~hidden[line] & (truth[line] > 0)]
                if len(others):
                    hidden[others[truth[others].argmin()]] = True
        if hidden.sum() == before:
            break
    return [
        "z" if gone else "c" if hide else str(n) for n, hide, gone in zip(truth, hidden, world.structural, strict=True)
    ]


def nearest(truth):
    return 5 * ((truth + 2) // 5)


def nearest_5(world, truth):
    return [str(n) for n in nearest(truth)]


def nearest_5_c(world, truth):
    """1 to 4 as `c`, a true 0 shown."""
    return ["c" if 1 <= n <= 4 else str(v) for n, v in zip(truth, nearest(truth), strict=True)]


def nhs(world, truth):
    """1 to 7 hidden, the others to the nearest 5."""
    return ["c" if 1 <= n <= 7 else str(v) for n, v in zip(truth, nearest(truth), strict=True)]


def by_chance(truth, chance: random.Random):
    """Each cell to one of its two neighbours by a throw of its own."""
    return np.array([5 * (n // 5) + 5 * (chance.random() < (n % 5) / 5) for n in truth.tolist()])
