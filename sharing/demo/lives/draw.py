"""Draws one of a few options, by weight; for a single draw this is quicker than `Random.choices`."""

from collections.abc import Sequence
from random import Random


def drawn(rng: Random, weighted: Sequence[tuple[str, float]]) -> str:
    place = rng.random() * sum(weight for _, weight in weighted)
    for word, weight in weighted:
        place -= weight
        if place < 0:
            return word
    return weighted[-1][0]
