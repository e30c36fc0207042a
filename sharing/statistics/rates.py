"""Rates and means, from published counts, so that they say nothing that the counts do not say."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from sharing.statistics.rules import Rules
from sharing.statistics.symbols import Symbol

STEPS: Final = (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2))


def percent(part: int | None, whole: int | None, rules: Rules) -> int | Symbol:
    """Whole percent of two published counts, halves up; None is an impossible group.

    Below 50 there is no rate. Nobody of them is "low" and all of them "high", and between them no rate reads 0 or 100.
    """
    if part is None or whole is None:
        return Symbol.IMPOSSIBLE
    if whole < rules.rate_from:
        return Symbol.TOO_FEW
    if part == 0:
        return Symbol.LOW
    if part >= whole:
        return Symbol.HIGH
    return min(99, max(1, (200 * part + whole) // (2 * whole)))


def step_for(pupils: int, scale: int = 100) -> Decimal | None:
    """The step of a mean of this many pupils: no finer than what one of them can move it by. None if none is coarse enough."""
    return next((step for step in STEPS if Fraction(step) * pupils >= scale), None)


def mean(total: float, exact: int, pupils: int | None, rules: Rules) -> tuple[Decimal | Symbol, Decimal | Symbol]:
    """A mean on a scale of 100 to its step, and the step. `total` and `exact` are the truth, `pupils` the published count.

    The sum and the exact number are used here and published nowhere.
    """
    if pupils is None:
        return Symbol.IMPOSSIBLE, Symbol.IMPOSSIBLE
    step = step_for(pupils) if pupils >= rules.rate_from else None
    if step is None or not exact:
        return Symbol.TOO_FEW, Symbol.TOO_FEW
    steps = (Decimal(total) / Decimal(exact) / step).quantize(Decimal(1), ROUND_HALF_UP)
    return min(Decimal(100), steps * step), step


def share_withheld(figures: Iterable[object]) -> float:
    """The share of rates that stand as "x", of those for groups that can have pupils."""
    rates = [figure for figure in figures if figure != Symbol.IMPOSSIBLE]
    return sum(figure == Symbol.TOO_FEW for figure in rates) / len(rates) if rates else 0.0
