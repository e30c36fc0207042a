"""Releases compared (I12): versions for the same day, and one day with the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from sharing.attacker.bounds import Propagator
from sharing.attacker.intervals import narrow, told
from sharing.attacker.lines import Whole
from sharing.attacker.system import System
from sharing.attacker.verdict import WORST, Attempt

AFRESH: Final = 0.15  # a larger share of moved cells is no correction: the numbers were rounded again


@dataclass(frozen=True)
class Known:
    """A release with its tightened bounds."""

    system: System
    least: Whole
    most: Whole

    @property
    def day(self) -> tuple[int, str]:
        return self.system.released.academic_year, self.system.released.as_of


def told_again(versions: Sequence[Known]) -> Attempt | None:
    """Compare versions of one day: an attacker assumes one truth behind all, and keeps what all of them allow.

    In a correction some cells move, and that is no finding, since nobody can tell whether the correction moved them.
    Many moved cells are a finding, because repeatedly rounded numbers close in on the truth.
    """
    newest = versions[-1]
    same = [known for known in versions[:-1] if known.day == newest.day]
    if not same:
        return None
    system, least, most = newest.system, newest.least.copy(), newest.most.copy()
    moved, shared = 0, 0
    for known in same:
        here, there = _shared(system, known.system)
        both = (system.value[here] >= 0) & (known.system.value[there] >= 0)
        shared += int(both.sum())
        moved += int((system.value[here] != known.system.value[there])[both].sum())
        least[here] = np.maximum(least[here], known.least[there])
        most[here] = np.minimum(most[here], known.most[there])
    corrected = least > most
    least[corrected], most[corrected] = newest.least[corrected], newest.most[corrected]
    swept = Propagator(system.lines).tighten(least, most)
    if (swept[0] <= swept[1]).all():
        least, most = swept
    nearer = np.setdiff1d(narrow(system, least, most), narrow(system, newest.least, newest.most))
    afresh = moved > AFRESH * shared
    words = (
        f"Versions: {moved:,} of {shared:,} numbers of the same day moved. Rounded afresh: {len(nearer):,} cells"
        " are narrowed by what all versions allow."
        if afresh
        else f"Versions: {moved:,} of {shared:,} numbers of the same day moved, as few as by a correction."
    )
    notes = (
        () if afresh or not len(nearer) else (f"{len(nearer):,} cells would be narrowed, had no pupil been corrected",)
    )
    worst = told(system, nearer, least, most) if afresh else ()
    return Attempt("versions", shared, max(1, len(nearer)) if afresh else 0, words, worst, notes)


def term_to_term(versions: Sequence[Known]) -> Attempt | None:
    """Compare one day with the next: no change of a cell may be known to fewer values than `low` has."""
    pairs = [(old, new) for old, new in pairwise(versions) if old.day != new.day]
    if not pairs:
        return None
    tried, found, worst = 0, 0, []
    for old, new in pairs:
        here, there = _shared(new.system, old.system)
        open_ones = new.system.open_question[here] & old.system.open_question[there]
        here, there = here[open_ones], there[open_ones]
        least, most = new.least[here] - old.most[there], new.most[here] - old.least[there]
        close = np.flatnonzero(most - least < new.system.rule.values - 1)
        tried, found = tried + len(here), found + len(close)
        worst += [f"{new.system.in_words(int(here[i]))}: changed by {least[i]} to {most[i]}" for i in close[:WORST]]
    words = (
        f"Changes: for {found:,} of {tried:,} cells the change from one day to the next is all but known."
        if found
        else f"Changes: for none of {tried:,} cells is the change from one day to the next known."
    )
    return Attempt("changes", tried, found, words, tuple(worst[:WORST]))


def _shared(one: System, other: System) -> tuple[Whole, Whole]:
    """The columns of the cells that both have."""
    both = [(column, other.index[cell]) for cell, column in one.index.items() if cell in other.index]
    pairs = np.array(both, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
