"""Rates and means, worked out from published counts so that they reveal nothing the counts do not."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sharing.statistics.rules import Rules
from sharing.statistics.symbols import Symbol

STEPS: Final = (Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2))
_SCALE: Final = 100


def percent(part: int | None, whole: int | None, rules: Rules) -> int | Symbol:
    """The whole percentage for two published counts, with halves rounded up; None is an impossible group.

    There is no rate for a whole below 50. None of them gives "low" and all of them "high"; no rate between is 0 or 100.
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
    """The step of a mean up to 100 for this published count, or the symbol for why there is no mean.

    A step is no finer than what one pupil can move the mean by, so that nobody's own figure can be worked out.
    """
    if pupils is None:
        return Symbol.IMPOSSIBLE
    if pupils < rules.rate_from:
        return Symbol.TOO_FEW
    return next((step for step in STEPS if step * pupils >= _SCALE), Symbol.TOO_FEW)


def mean(total: float, exact: int, pupils: int | None, rules: Rules) -> Decimal | Symbol:
    """A mean up to 100, rounded to its step. `total` and `exact` are the true values, `pupils` the published count.

    The sum and the exact number are used here and published nowhere.
    """
    step = step_shown(pupils, rules)
    if isinstance(step, Symbol) or not exact:
        return step if isinstance(step, Symbol) else Symbol.TOO_FEW
    steps = (Decimal(total) / exact / step).quantize(Decimal(1), ROUND_HALF_UP)
    return min(Decimal(_SCALE), steps * step)


def share_withheld(figures: Iterable[object]) -> float:
    """The share of rates that are shown as "x", among those for groups that can have pupils."""
    rates = [figure for figure in figures if figure != Symbol.IMPOSSIBLE]
    return sum(figure == Symbol.TOO_FEW for figure in rates) / len(rates) if rates else 0.0
