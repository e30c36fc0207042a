"""Drawing one of a few, by weight; quicker than `Random.choices` for one."""

from collections.abc import Sequence
from random import Random


def drawn(rng: Random, weighted: Sequence[tuple[str, float]]) -> str:
    place = rng.random() * sum(weight for _, weight in weighted)
    for word, weight in weighted:
        place -= weight
        if place < 0:
            return word
    return weighted[-1][0]
