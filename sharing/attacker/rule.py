"""What a printed cell says about the true count: the publishing rule, which every attacker knows."""

import re
from dataclasses import dataclass
from typing import Final

NO_LIMIT: Final = 10**8  # more pupils than anybody could have
LOW, HIGH, IMPOSSIBLE, TOO_FEW, WITHHELD = "low", "high", "z", "x", "c"
SYMBOLS: Final = frozenset({LOW, HIGH, IMPOSSIBLE, TOO_FEW, WITHHELD})
_NUMBER: Final = re.compile(r"[0-9]+")


def number(text: str) -> int | None:
    """A printed count as a number; None if it is a symbol or nonsense."""
    return int(text) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True)
class Rule:
    """The publishing rule: counts are multiples of `base`, at most `farthest` from the truth; symbols give bounds.

    `zero_kept`: a true 0 is shown as 0, and 1 to `base` - 1 as 0 or `base`, so a larger number is at least `base`. The
    other ways of publishing, which the attacker must break (I15), differ only in these fields.
    """

    base: int = 5
    farthest: int = 9
    low: tuple[int, int] = (0, 4)
    withheld: tuple[int, int] = (0, NO_LIMIT)
    zero_kept: bool = True
    shown_from: int = 1  # the smallest true count that is printed as a number above 0

    @property
    def values(self) -> int:
        """How many values every cell must keep possible: as many as `low` has."""
        return self.low[1] - self.low[0] + 1

    def least_and_most(self, text: str) -> tuple[int, int]:
        """The least and the most true count that the printed text allows."""
        value = number(text)
        if value is None:
            return {LOW: self.low, IMPOSSIBLE: (0, 0), WITHHELD: self.withheld}.get(text, (0, NO_LIMIT))
        if value % self.base or (value == 0 and self.zero_kept):
            return value, value  # not rounded, so it is the truth
        least, most = max(0, value - self.farthest), value + self.farthest
        if value:
            least = max(least, self.shown_from, self.base if self.zero_kept and value > self.base else 0)
        return least, most
