"""What a printed cell says about the true count: the publishing rule, which every attacker knows."""

import re
from dataclasses import dataclass
from typing import Final

NO_LIMIT: Final = 10**8  # more pupils than anybody could have
LOW, HIGH, IMPOSSIBLE, TOO_FEW, WITHHELD = "low", "high", "z", "x", "c"
SYMBOLS: Final = frozenset({LOW, HIGH, IMPOSSIBLE, TOO_FEW, WITHHELD})
_NUMBER: Final = re.compile(r"[0-9]+")


def number(text: str) -> int | None:
    """A printed count as a number; None where it is a symbol or nonsense."""
    return int(text) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True)
class Rule:
    """Counts are multiples of `base`, at most `farthest` from the truth; symbols stand for a least and a most.

    `zero_kept`: a true 0 is shown as 0, and 1 to `base` - 1 as 0 or `base`, so a larger number is at least `base`.
    The other ways of publishing, which the attacker must break (I15), differ in these alone.
    """

    base: int = 5
    farthest: int = 9
    low: tuple[int, int] = (0, 4)
    withheld: tuple[int, int] = (0, NO_LIMIT)
    zero_kept: bool = True
    shown_from: int = 1  # no smaller true count than this is printed as a number above 0

    @property
    def values(self) -> int:
        """So many values every cell must keep: as many as `low` stands for."""
        return self.low[1] - self.low[0] + 1

    def least_and_most(self, text: str) -> tuple[int, int]:
        """What the printed text allows the true count to be."""
        value = number(text)
        if value is None:
            return {LOW: self.low, IMPOSSIBLE: (0, 0), WITHHELD: self.withheld}.get(text, (0, NO_LIMIT))
        if value % self.base or (value == 0 and self.zero_kept):
            return value, value  # not rounded: it is the truth
        least, most = max(0, value - self.farthest), value + self.farthest
        if value:
            least = max(least, self.shown_from, self.base if self.zero_kept and value > self.base else 0)
        return least, most
