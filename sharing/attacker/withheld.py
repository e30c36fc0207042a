"""A withheld number (`c`) that the numbers around it reveal: they add up, so a lone one is found by subtraction."""

from typing import Final

import numpy as np

from sharing.attacker.bounds import Propagator
from sharing.attacker.lines import Whole
from sharing.attacker.rule import NO_LIMIT, WITHHELD
from sharing.attacker.system import System
from sharing.attacker.verdict import WORST, Attempt

MOST_BY_ALGEBRA: Final = 2_000  # withheld cells; if there are more, only bounds are used
NOTHING: Final = 1e-8


def subtract(system: System, propagator: Propagator) -> Attempt:
    """Find withheld cells whose published number, had it been printed, follows from the others."""
    texts = {figure.cell: figure.text for figure in system.released.counts}
    hidden = np.array([c for cell, c in system.index.items() if texts.get(cell) == WITHHELD], np.int64)
    if not hidden.size:
        return Attempt("withheld", 0, 0, "Withheld: no number is withheld for the sake of a school.")
    known = system.value >= 0
    fixed = np.where(known, system.value, 0)
    least, most = propagator.tighten(fixed, np.where(known, fixed, NO_LIMIT))
    found = hidden[least[hidden] == most[hidden]] if (least <= most).all() else hidden[:0]
    found = np.union1d(found, _by_algebra(system, known, hidden))
    words = (
        f"Withheld: {len(found):,} of {len(hidden):,} withheld numbers follow from the numbers around them."
        if len(found)
        else f"Withheld: none of {len(hidden):,} withheld numbers follows from the others."
    )
    return Attempt("withheld", len(hidden), len(found), words, tuple(system.in_words(int(c)) for c in found[:WORST]))


def _by_algebra(system: System, known: np.ndarray, hidden: Whole) -> Whole:
    """Withheld cells that are the same in every solution of the lines: nothing in the null space moves them."""
    unknown = np.flatnonzero(~known)
    if len(unknown) > MOST_BY_ALGEBRA:
        return hidden[:0]
    place = np.full(len(system.cells), -1, np.int64)
    place[unknown] = np.arange(len(unknown))
    lines = system.lines
    entries = place[lines.cell] >= 0
    rows, line = np.unique(lines.line[entries], return_inverse=True)
    matrix = np.zeros((len(rows), len(unknown)))
    np.add.at(matrix, (line, place[lines.cell[entries]]), lines.sign[entries])
    if not matrix.size:
        return hidden[:0]
    # What a unit vector loses when projected onto the rows is what the null space can still move.
    _, sizes, rows_of = np.linalg.svd(matrix, full_matrices=False)
    seen = (rows_of[sizes > NOTHING * sizes[0]] ** 2).sum(axis=0)
    return hidden[seen[place[hidden]] > 1 - NOTHING]
