"""Symbols shown in a table instead of a number: the shorthand of the Government Statistical Service, in lower case."""

from enum import StrEnum
from typing import Final, TypeAlias


class Symbol(StrEnum):
    """A symbol. A group that can have pupils is never printed as 0, so no table can prove that a group is empty."""

    LOW = "low"
    HIGH = "high"
    IMPOSSIBLE = "z"
    TOO_FEW = "x"
    WITHHELD = "c"

    def words(self, base: int) -> str:
        """What the symbol means in a release whose counts are multiples of the base."""
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
    """A published count as printed; None is an impossible group. 0 is printed as "low"."""
    if number is None:
        return Symbol.IMPOSSIBLE
    return number or Symbol.LOW


def number_of(count: Count) -> int:
    """A printed count as the number that adds up: "low" and "z" are 0."""
    return count if isinstance(count, int) else 0
