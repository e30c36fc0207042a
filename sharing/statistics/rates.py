"""Rates and means, from published counts, so that they say nothing that the counts do not say."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sharing.statistics.rules import Rules
from sharing.statistics.symbols import Symbol

STEPS: Final = (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2))
_SCALE: Final = 100


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


def step_shown(pupils: int | None, rules: Rules) -> Decimal | Symbol:
    """The step of a mean up to 100 that stands on this published count, or why there is no mean.

    A step is no finer than what one pupil can move the mean by, so that nobody's own figure can be worked out.
    """
    if pupils is None:
        return Symbol.IMPOSSIBLE
    if pupils < rules.rate_from:
        return Symbol.TOO_FEW
    return next((step for step in STEPS if step * pupils >= _SCALE), Symbol.TOO_FEW)


def mean(total: float, exact: int, pupils: int | None, rules: Rules) -> Decimal | Symbol:
    """A mean up to 100 to its step. `total` and `exact` are the truth, `pupils` the published count.

    The sum and the exact number are used here and published nowhere.
    """
    step = step_shown(pupils, rules)
    if isinstance(step, Symbol) or not exact:
        return step if isinstance(step, Symbol) else Symbol.TOO_FEW
    steps = (Decimal(total) / exact / step).quantize(Decimal(1), ROUND_HALF_UP)
    return min(Decimal(_SCALE), steps * step)


def share_withheld(figures: Iterable[object]) -> float:
    """The share of rates that stand as "x", of those for groups that can have pupils."""
    rates = [figure for figure in figures if figure != Symbol.IMPOSSIBLE]
    return sum(figure == Symbol.TOO_FEW for figure in rates) / len(rates) if rates else 0.0
