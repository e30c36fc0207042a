"""Percentages next to rounded counts: how many pairs (part, whole) of true counts give what is printed?"""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from sharing.attacker.arithmetic import percents
from sharing.attacker.lines import Whole
from sharing.attacker.released import Rate
from sharing.attacker.system import System
from sharing.attacker.verdict import WORST, Attempt


def pin(system: System, least: Whole, most: Whole) -> Attempt:
    """Find rates that give away their counts.

    Rates of published counts reveal nothing more. If any rate differs from that, all are taken for rates of true
    counts.
    """
    rates = [
        rate
        for rate in system.released.rates
        if _number(rate.text) is not None and rate.part in system.index and rate.whole in system.index
    ]
    if all(rate.text in (percents(system, rate) or ()) for rate in rates):
        words = f"Percentages: {len(rates):,} percentages are those of the published counts and tell nothing besides."
        return Attempt("percentages", len(rates), 0, words)
    pinned, narrowed, worst = 0, 0, []
    for rate in rates:
        part, whole = system.index[rate.part], system.index[rate.whole]
        pairs = _pairs(rate, (int(least[part]), int(most[part])), (int(least[whole]), int(most[whole])))
        exact = len(pairs) == 1
        pinned += exact
        narrowed += 0 < len({n for n, _ in pairs}) < system.rule.values and not exact
        if exact:
            worst.append(f"{system.released.in_words(rate.part)}: {pairs[0][0]} of {pairs[0][1]}, from {rate.text} %")
    words = (
        f"Percentages: {len(rates):,} percentages are not those of the published counts; {pinned:,} give away part and"
        f" whole exactly, {narrowed:,} leave fewer than {system.rule.values} values of the part."
    )
    return Attempt("percentages", len(rates), max(1, pinned + narrowed), words, tuple(worst[:WORST]))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text.replace(".", "", 1).isdigit() else None


def _pairs(rate: Rate, parts: tuple[int, int], wholes: tuple[int, int]) -> list[tuple[int, int]]:
    """True counts within their bounds whose percentage, rounded as printed, is the printed one."""
    printed = _number(rate.text)
    if printed is None:
        return []
    places = max(0, -int(printed.as_tuple().exponent))
    part, whole = np.meshgrid(np.arange(parts[0], parts[1] + 1), np.arange(max(1, wholes[0]), wholes[1] + 1))
    scaled = 200 * 10**places * part + whole  # twice the percentage, and half a unit, in whole numbers
    wanted = int(printed.scaleb(places).to_integral_value(ROUND_HALF_UP))
    fits = (scaled // (2 * whole) == wanted) & (part <= whole)
    return list(zip(part[fits].tolist(), whole[fits].tolist(), strict=True))
