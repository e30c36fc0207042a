"""A school subtracts its own pupils, whom it knows exactly, from every group that counts them (I13)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sharing.attacker.bounds import Propagator
from sharing.attacker.groups import PLACE
from sharing.attacker.intervals import told
from sharing.attacker.lines import Mask, Whole
from sharing.attacker.points import filled
from sharing.attacker.released import CellId
from sharing.attacker.system import REST, System
from sharing.attacker.verdict import Attempt


@dataclass(frozen=True)
class OwnSchool:
    """A school by its code in `place`, and its own exact counts by cell. A missing cell has none of its pupils."""

    code: str
    counts: Mapping[CellId, int]


def subtract(system: System, least: Whole, most: Whole, own: OwnSchool) -> Attempt:
    """Subtract the school's pupils from every cell: is it then known that others are in it, and how many?"""
    if (least > most).any():
        return Attempt("own school", 0, 0, f"Own school {own.code}: not tried, since no truth fits what is printed.")
    inside, mine = _own_part(system, own)
    known = mine >= 0
    others_least = np.where(known, np.maximum(least - mine, 0), 0)
    others_most = np.where(known, most - mine, most)
    others_least[inside] = others_most[inside] = 0
    low, high = Propagator(system.lines.among(known)).tighten(others_least, others_most)
    tried = system.private & ~inside & known
    if (low > high).any():
        words = f"Own school {own.code}: its own counts do not fit what is printed, so these are not its numbers."
        return Attempt("own school", int(tried.sum()), 1, words)
    # What public figures and its own pupils reveal without the release is no finding.
    alone_least, alone_most = (np.where(known & ~inside, np.maximum(one - mine, 0), 0) for one in system.outside)
    alone_most = np.where(known, alone_most, system.outside[1])
    told_anyway = Propagator(system.lines.among(known)).tighten(alone_least, alone_most)
    room = np.minimum(system.needed, told_anyway[1] - told_anyway[0])
    close = high - low < room
    few = (mine > 0) & (low == high) & (high < system.rule.values) & (room > 0)
    found = np.flatnonzero(tried & (low > 0) & (close | few))
    alone = int((tried & (high == 0) & (mine > 0)).sum())
    fewer = int((tried & close & (low == 0) & (high > 0)).sum())
    words = (
        f"Own school {own.code}: by subtraction it knows {len(found):,} groups of others all but exactly."
        if len(found)
        else f"Own school {own.code}: taking its own away from {int((tried & (mine > 0)).sum()):,} cells shows "
        "nobody else."
    )
    notes = (
        f"it knows that all in {alone:,} groups are its own, and that there are in {fewer:,} at most"
        f" {system.rule.values - 2} others, perhaps none",
    )
    return Attempt("own school", int(tried.sum()), len(found), words, told(system, found, low, high), notes)


def _own_part(system: System, own: OwnSchool) -> tuple[Mask, Whole]:
    """For each cell: whether it is about this school only, and how many of its pupils it counts (-1 if unknown)."""
    place = system.released.dimensions[PLACE]
    above = frozenset(place.above(own.code))
    inside, mine = np.zeros(len(system.cells), bool), np.where(system.printed, 0, -1)
    for column, cell in enumerate(system.cells):
        where = dict(cell).get(PLACE)
        inside[column] = where is not None and own.code in place.above(where)
        if inside[column]:
            unsaid = 0 if system.printed[column] else system.released.public.get(cell, -1)
            mine[column] = own.counts.get(cell, unsaid)
        elif where is None or where in above:
            at_home = cell - {(PLACE, where or "")} | {(PLACE, own.code)}
            mine[column] = own.counts.get(at_home, int(mine[column]))
        elif system.printed[column] or not any(name == REST for name, _ in cell):
            mine[column] = 0
    mine = filled(system, mine)
    mine[inside] = 0  # nobody else is in these cells
    return inside, mine
