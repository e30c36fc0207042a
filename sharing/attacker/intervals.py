"""How narrow a release's cells can be made: by sweeping bounds (I5), by possible truths and by programmes (I6)."""

import random
from collections.abc import Iterable
from time import perf_counter
from typing import Final

import numpy as np

from sharing.attacker.lines import Mask, Whole
from sharing.attacker.points import Reached, printed, reach
from sharing.attacker.programme import Programme, completed, widen
from sharing.attacker.system import Structure, System
from sharing.attacker.verdict import WORST, Attempt

LONGEST: Final = 1_800.0  # seconds for a whole attack


def contradiction(name: str, system: System) -> Attempt:
    """The finding that no truth at all fits: the rule was broken somewhere, and intervals mean nothing."""
    words = f"{name.capitalize()}: no truth fits what is printed, so some number is not as the rule says."
    return Attempt(name, int(system.printed.sum()), 1, words)


def narrow(system: System, least: Whole, most: Whole) -> Whole:
    """The cells that keep fewer values than they need."""
    return np.flatnonzero(system.open_question & (most - least < system.needed))


def told(system: System, columns: Whole, least: Whole, most: Whole) -> tuple[str, ...]:
    """The narrowest of these cells in words."""
    order = columns[np.lexsort((least[columns], (most - least)[columns]))][:WORST]
    return tuple(
        f"{system.in_words(int(c))}: exactly {least[c]}"
        if least[c] == most[c]
        else f"{system.in_words(int(c))}: between {least[c]} and {most[c]}"
        for c in order
    )


def sweep(system: System, least: Whole, most: Whole) -> Attempt:
    """The verdict on bounds that have already been propagated."""
    if (least > most).any():
        return contradiction("bounds", system)
    found = narrow(system, least, most)
    exact = int((least == most)[found].sum())
    tried = int(system.open_question.sum())
    words = (
        f"Bounds: {len(found):,} of {tried:,} cells have fewer than {system.rule.values} possible values,"
        f" {exact:,} are known exactly."
        if len(found)
        else f"Bounds: each of {tried:,} cells keeps at least {system.rule.values} possible values."
    )
    return Attempt("bounds", tried, len(found), words, told(system, found, least, most))


def targets_of(system: System, sample: int | None, chance: random.Random) -> tuple[Mask, Mask, bool]:
    """The cells that may have 0 to 4 pupils, those among them shown as `low`, and whether these are all there are."""
    low = system.printed & (system.value == 0)
    candidates = np.flatnonzero(system.open_question & (system.least < system.rule.values))
    whole = sample is None or len(candidates) <= sample
    chosen = candidates if whole else np.array(chance.sample(candidates.tolist(), sample or 0), np.int64)
    targets = np.zeros(len(system.cells), bool)
    targets[chosen] = True
    return targets, targets & low, whole


def programmes(
    system: System,
    structure: Structure,
    tightened: tuple[Whole, Whole],
    *,
    sample: int | None,
    chance: random.Random,
    by_points: bool = True,
) -> Attempt:
    """Check that every cell that may have 0 to 4 pupils keeps its width, and every `low` may be 0; or a sample.

    `by_points=False` leaves the possible truths out, so that everything rests on the solver.
    """
    least, most = tightened
    if (least > most).any():
        return contradiction("programmes", system)
    until = perf_counter() + (LONGEST if sample is None else LONGEST / 60)
    targets, low, whole = targets_of(system, sample, chance)
    reached = (
        reach(system, structure, completed(system, printed(system)), targets, low, chance)
        if by_points
        else Reached.nothing(len(system.cells))
    )
    by_truths = int(targets.sum()) - len(reached.lacking(targets, system.needed, low))
    programme = Programme(system, least, most)
    untried = widen(programme, reached, targets, low, until, chance)
    found = np.setdiff1d(reached.lacking(targets, system.needed, low), np.flatnonzero(untried))
    notes = _exact_ends(programme, targets, found, chance, 0 if not by_points else 3 if sample is not None else 20)
    if untried.any():
        notes = (*notes, f"{int(untried.sum()):,} cells were not reached in the time allowed")
    tried, exact = int(targets.sum()), int((reached.least == reached.most)[found].sum())
    words = (
        f"Programmes: {len(found):,} of {tried:,} cells that may be small are narrowed, {exact:,} known exactly."
        if len(found)
        else f"Programmes: each of {tried:,} cells that may be small keeps {system.rule.values} possible values, and"
        f" each `low` may be 0 ({by_truths:,} by possible truths, {tried - by_truths:,} by the solver)."
    )
    return Attempt(
        "programmes",
        tried,
        len(found) + int(untried.sum()) * (sample is None),
        words,
        told(system, found, reached.least, reached.most),
        notes,
        whole and not untried.any(),
    )


def ends(programme: Programme, columns: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The whole interval of each of these cells, from the solver; a cell without an answer is left out."""
    found = {}
    for column in columns:
        least, most = programme.end(column, largest=False), programme.end(column, largest=True)
        if least is not None and most is not None:
            found[column] = least, most
    return found


def _exact_ends(programme: Programme, targets: Mask, found: Whole, chance: random.Random, some: int) -> tuple[str, ...]:
    """The whole interval of a few cells, so that the solver is also used where possible truths were enough."""
    rest = np.setdiff1d(np.flatnonzero(targets), found).tolist()
    measured = ends(programme, chance.sample(rest, min(some, len(rest))))
    widths = [most - least for least, most in measured.values()]
    return (
        (f"{len(widths)} cells measured by the solver: the narrowest keeps {min(widths) + 1} values",) if widths else ()
    )
