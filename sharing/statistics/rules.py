"""How strongly figures are protected (R11): settings that may be raised and never lowered."""

from dataclasses import dataclass, fields
from typing import Final


class TooWeak(ValueError):
    """Less protection was asked for than the rules give."""


class CannotPublish(Exception):
    """A release may not go out. The message says why, in words for the person preparing it, without exact counts."""


@dataclass(frozen=True)
class Rules:
    """The numbers in the rules, each with the smallest value it may have. Raises TooWeak below that.

    base: counts are multiples of it. rate_from: the smallest published count for rates and means. schools: the fewest
    schools that a school-type group (place, phase, year) may have pupils of. outcome_from: the number of pupils from
    which a count of an outcome must not come mostly from one school. values: how many different true values every count
    leaves possible.
    """

    base: int = 5
    rate_from: int = 50
    schools: int = 3
    outcome_from: int = 20
    values: int = 5
    largest_school: float = 0.5
    largest_outcome: float = 0.8

    def __post_init__(self) -> None:
        for field in fields(self):
            wanted, least = getattr(self, field.name), field.default
            share = isinstance(least, float)
            if field.name == "outcome_from":
                share = True  # a smaller floor checks more cells, so it is the stricter one
            if (wanted > least) if share else (wanted < least):
                raise TooWeak(f"{field.name} may not be {wanted}: {'at most' if share else 'at least'} {least}.")
        if self.largest_school <= 0 or self.largest_outcome <= 0 or self.outcome_from < 0:
            raise TooWeak("A share must be more than 0.")

    @property
    def farthest(self) -> int:
        """The farthest a published count may be from the truth: 9 for base 5."""
        return 2 * self.base - 1

    @property
    def near(self) -> int:
        """The farthest a published count normally is from the truth: 4 for base 5."""
        return self.base - 1


HOUSE: Final = Rules()
