"""What stands in a table where no number does: the shorthand of the Government Statistical Service, in lower case."""

from enum import StrEnum
from typing import Final, TypeAlias


class Symbol(StrEnum):
    """A bare 0 is printed for no group that can have pupils: nobody can prove from a table that a group is empty."""

    LOW = "low"
    HIGH = "high"
    IMPOSSIBLE = "z"
    TOO_FEW = "x"
    WITHHELD = "c"

    def words(self, base: int) -> str:
        """What it means in a release whose counts are multiples of the base."""
        return _WORDS[self].format(most=base - 1)


_WORDS: Final = {
    Symbol.LOW: "0 to {most} pupils, perhaps none",
    Symbol.HIGH: "All but 0 to {most} pupils, perhaps all",
    Symbol.IMPOSSIBLE: "No pupil can be in this group",
    Symbol.TOO_FEW: "Too few pupils for a rate, or not collected",
    Symbol.WITHHELD: "Withheld, because one school would be recognised",
}

Count: TypeAlias = int | Symbol


def shown(number: int | None) -> Count:
    """A published count as it is printed; None is an impossible group. 0 reads "low"."""
    if number is None:
        return Symbol.IMPOSSIBLE
    return number or Symbol.LOW


def number_of(count: Count) -> int:
    """A printed count as the number that adds up: "low" and "z" are 0."""
    return count if isinstance(count, int) else 0
