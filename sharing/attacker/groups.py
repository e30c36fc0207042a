"""What can be said of a whole group (R11): nobody is X, or everybody is; and groups of too few schools (I11)."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from sharing.attacker.lines import Whole
from sharing.attacker.released import CellId
from sharing.attacker.system import Structure, System
from sharing.attacker.verdict import WORST, Attempt

FEWEST_SCHOOLS: Final = 3
SCHOOL: Final = "urn:"
PLACE: Final = "place"


def provable(system: System, least: Whole, most: Whole) -> Attempt:
    """Find groups of which it is certain that none, or all, of their pupils are something."""
    lines = system.lines
    children = lines.sign > 0
    parents = np.zeros(lines.count, np.int64)
    parents[lines.line[~children]] = lines.cell[~children]
    possible = system.private[lines.cell] & children
    empty = possible & (most[lines.cell] == 0) & (least[parents[lines.line]] > 0)
    # Everybody is in one child: there are others that pupils could be in, and all of these are certainly empty.
    open_ones = np.bincount(lines.line, weights=children & (most[lines.cell] > 0), minlength=lines.count)
    could = np.bincount(lines.line, weights=possible, minlength=lines.count)
    everybody = np.flatnonzero((open_ones == 1) & (could > 1) & (least[parents] > 0))
    none = [f"nobody: {system.in_words(int(cell))}" for cell in np.unique(lines.cell[empty])]
    every = [f"everybody in one group: {system.in_words(int(parents[line]))}" for line in everybody]
    bare = [
        f"{rate.where}: {system.released.in_words(rate.part)}: {rate.text} per cent"
        for rate in system.released.rates
        if rate.text in ("0", "100") and _whole_or_none(system, rate.part, rate.whole)
    ]
    found = [*none, *every, *bare]
    words = (
        f"Groups: it is certain that nobody is in {len(none):,} groups, and that everybody is in {len(every):,};"
        f" {len(bare):,} percentages say so in print."
        if found
        else f"Groups: in none of {lines.count:,} lines can it be proven that nobody or everybody is in a group."
    )
    return Attempt("groups", lines.count, len(found), words, tuple(found[:WORST]))


def _whole_or_none(system: System, part: CellId, whole: CellId) -> bool:
    """Whether a printed 0 or 100 is the true value, not a rounded one of two large counts."""
    columns = [system.index.get(cell) for cell in (part, whole)]
    if None in columns:
        return True
    low, high = (int(system.value[column]) for column in columns if column is not None)
    return low in (0, high) or low < 0 or high < 0


def few_schools(system: System, structure: Structure) -> Attempt:
    """Find open cells that count the pupils of fewer than three schools: one school would recognise the other."""
    place = system.released.dimensions.get(PLACE)
    schools = [code for code in place.parent if code.startswith(SCHOOL)] if place else []
    above = {code: frozenset(place.above(code)) for code in schools} if place else {}
    found = list(_few(system, structure, above)) if schools else []
    tried = len(system.released.openly)
    words = (
        f"Schools: {len(found):,} of {tried:,} open cells count pupils of fewer than {FEWEST_SCHOOLS} schools."
        if found
        else f"Schools: each of {tried:,} open cells counts pupils of {FEWEST_SCHOOLS} or more schools"
        + (
            ", as far as the lists show."
            if schools
            else "; the files name no school, so this cannot be seen from them."
        )
    )
    return Attempt("schools", tried, len(found), words, tuple(found[:WORST]))


def _few(system: System, structure: Structure, above: dict[str, frozenset[str]]) -> Iterator[str]:
    counted: dict[CellId, int] = {}
    for cell in system.released.openly:
        column = system.index[cell]
        if not system.open_question[column] or system.value[column] < 0:
            continue
        where = dict(cell).get(PLACE)
        rest = cell - {(PLACE, where or "")}
        marked = frozenset().union(*(structure.marks(pair) for pair in rest)) | {(PLACE, where or "")}
        if marked not in counted:
            inside = [code for code, line in above.items() if where is None or where in line]
            counted[marked] = sum(not structure.is_impossible(rest | {(PLACE, code)}) for code in inside)
        if 0 < counted[marked] < FEWEST_SCHOOLS:
            yield f"{system.in_words(column)}: {counted[marked]} schools"
