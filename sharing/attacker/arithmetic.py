"""What anybody can check by hand: one number per group, multiples, lines, rates and means (I1, I2, I3, I10)."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np

from sharing.attacker.released import CellId, Mean, Rate
from sharing.attacker.rule import HIGH, IMPOSSIBLE, LOW, SYMBOLS, TOO_FEW, WITHHELD, number
from sharing.attacker.system import Structure, System
from sharing.attacker.verdict import WORST, Attempt

STEPS: Final = frozenset(map(Decimal, ("0.1", "0.2", "0.5", "1", "2")))
_COUNTS: Final = frozenset({LOW, IMPOSSIBLE, TOO_FEW, WITHHELD})


def check(system: System, structure: Structure) -> Attempt:
    """Everything that is wrong with the printed figures themselves."""
    released = system.released
    wrong = [*_counts(system, structure), *_lines(system), *_rates(system), *_means(system)]
    if system.rule.farthest < system.rule.base - 1:
        wrong.append(f"a count is said to be within {system.rule.farthest} of the truth: that is too near")
    tried = len(released.counts) + system.lines.count + len(released.rates) + len(released.means)
    words = (
        f"Arithmetic: {len(wrong):,} of {tried:,} printed figures and lines are not as the rule says."
        if wrong
        else f"Arithmetic: {tried:,} printed figures and lines agree with each other and with the rule."
    )
    return Attempt("arithmetic", tried, len(wrong), words, tuple(wrong[:WORST]))


def _counts(system: System, structure: Structure) -> Iterator[str]:
    released, seen = system.released, dict[CellId, str]()
    for figure in released.counts:
        name = released.in_words(figure.cell)
        value = number(figure.text)
        if value is None and figure.text not in _COUNTS:
            yield f"{figure.where}: {name}: {figure.text!r} is not a count"
        if value is not None and value % released.base:
            yield f"{figure.where}: {name}: {value} is not a multiple of {released.base}"
        if value == 0 and released.base > 1:
            yield f"{figure.where}: {name}: a bare 0 says that nobody is in it"
        if figure.text == IMPOSSIBLE and not structure.is_impossible(figure.cell):
            yield f"{figure.where}: {name}: said to be impossible, but the list does not say so"
        if seen.setdefault(figure.cell, figure.text) != figure.text:
            yield f"{figure.where}: {name}: {figure.text} here, {seen[figure.cell]} elsewhere"


def _lines(system: System) -> Iterator[str]:
    lines = system.lines
    known = (system.value >= 0) & system.printed
    complete = np.bincount(lines.line, weights=~known[lines.cell], minlength=lines.count) == 0
    off = lines.sums(np.where(known, system.value, 0))
    parents = lines.cell[lines.sign < 0]
    for line in np.flatnonzero(complete & (off != 0)):
        parent = int(parents[line])
        members = lines.cell[(lines.line == line) & (lines.sign > 0)]
        yield (
            f"{system.in_words(parent)}: {system.value[parent]} is not the sum {system.value[members].sum()} of"
            f" {system.in_words(int(members[0]))} and {len(members) - 1} more"
        )


def percents(system: System, rate: Rate) -> frozenset[str] | None:
    """What may be printed for a rate, given only the published counts; None if a count has no number.

    A part that is neither nobody nor everybody is shown as 1 to 99, however close it is to either.
    """
    released = system.released
    value = [int(system.value[system.index[cell]]) if cell in system.index else -1 for cell in (rate.part, rate.whole)]
    part, whole = value
    if part < 0 or whole < 0:
        return None
    if whole < released.rate_from:
        return frozenset({TOO_FEW})
    if part in (0, whole):
        return frozenset({LOW if part == 0 else HIGH})
    down, over = divmod(100 * part, whole)
    halves = {down} if 2 * over < whole else {down + 1} if 2 * over > whole else {down, down + 1}
    return frozenset(str(min(99, max(1, one))) for one in halves)


def _rates(system: System) -> Iterator[str]:
    for rate in system.released.rates:
        allowed = percents(system, rate)
        if allowed is None:
            allowed = frozenset({TOO_FEW, WITHHELD, IMPOSSIBLE})
        if rate.text not in allowed | {WITHHELD, TOO_FEW} and not _impossible(system, rate, rate.text):
            name = system.released.in_words(rate.part)
            yield f"{rate.where}: {name}: {rate.text} per cent, but the counts say {' or '.join(sorted(allowed))}"


def _impossible(system: System, rate: Rate, text: str) -> bool:
    """Whether `z` is printed for a rate whose part or whole is impossible."""
    columns = [system.index[cell] for cell in (rate.part, rate.whole) if cell in system.index]
    return text == IMPOSSIBLE and any(system.most[column] == 0 for column in columns)


def _means(system: System) -> Iterator[str]:
    for mean in system.released.means:
        if mean.text in SYMBOLS:
            continue
        name = f"{mean.where}: {system.released.in_words(mean.cell)}: {mean.name} {mean.text}"
        yield from (f"{name}: {fault}" for fault in _faults(mean, system))


def _faults(mean: Mean, system: System) -> Iterator[str]:
    pupils = int(system.value[system.index[mean.cell]]) if mean.cell in system.index else -1
    if pupils < system.released.rate_from:
        yield f"a mean of fewer than {system.released.rate_from} pupils"
    try:
        value, step = Decimal(mean.text), Decimal(mean.step)
    except InvalidOperation:
        yield "not a number with its step"
        return
    if step not in STEPS or value % step:
        yield f"not a multiple of a step that is allowed ({mean.step})"
    elif pupils > 0 and mean_is_percent(mean) and step * pupils < 100:
        yield f"its step {mean.step} is less than one pupil of {pupils} could move it"


def mean_is_percent(mean: Mean) -> bool:
    """Whether the mean runs from 0 to 100, as attendance does. The range of others is unknown: D7 is the builder's."""
    return "attend" in mean.name or "absen" in mean.name
