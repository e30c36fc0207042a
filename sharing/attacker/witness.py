"""For the auditor only, who has the true pupils: other pupils with exactly the same publication (I7).

Such a pupil file is a proof against everybody who has only the publication: whole children, in all tables at once. It
is found by adding, removing and replacing single pupils or, where that fails, by a programme (`exchange.py`), and is
checked against every cell of the release.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from sharing.attacker.exchange import exchange
from sharing.attacker.kinds import Membership, Pupil, some_below
from sharing.attacker.lines import Mask, Whole
from sharing.attacker.released import CellId, read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import REST, Structure, System, build

TRIES: Final = 40
WANTED: Final = 3  # other values looked for in a cell
EXCHANGES: Final = 4  # pupils moved the other way before an attempt is given up
MOST_KINDS: Final = 3000  # kinds of the true pupils that a programme chooses from


@dataclass(frozen=True)
class Audit:
    """`shown` of `tried` cells can have another value, `well` of them at least three others. `stuck` names the rest.

    `misfits` are cells whose true count breaks the publishing rule: the release is wrong before any attack.
    """

    tried: int
    shown: int
    well: int
    stuck: tuple[str, ...]
    misfits: tuple[str, ...]


def audit(
    folder: Path,
    pupils: Sequence[Pupil],
    *,
    sample: int | None = None,
    rule: Rule | None = None,
    seed: int | None = None,
) -> Audit:
    """Look for other pupils for every printed cell of 0 to 4 pupils, or for a sample of these cells."""
    released = read_release(folder)
    structure = Structure(released)
    rule = rule or Rule(base=released.base, farthest=released.farthest, low=(0, released.base - 1))
    search = _Search(build(released, rule, structure), structure, pupils, random.Random(seed))  # noqa: S311
    system = search.system
    wrong = np.flatnonzero(system.printed & ((search.truth < system.least) | (search.truth > system.most)))
    small = np.flatnonzero(system.printed & system.open_question & (search.truth < rule.values)).tolist()
    cells = small if sample is None or len(small) <= sample else search.chance.sample(small, sample)
    others = {column: search.other_values(column) for column in cells}
    return Audit(
        tried=len(others),
        shown=sum(bool(values) for values in others.values()),
        well=sum(len(values) >= WANTED for values in others.values()),
        stuck=tuple(system.in_words(column) for column, values in others.items() if not values)[:10],
        misfits=tuple(system.in_words(int(column)) for column in wrong[:10]),
    )


Kind = frozenset[tuple[str, str]]


def _by_kind(pupils: Iterable[Pupil]) -> Counter[Kind]:
    return Counter(frozenset(pupil.items()) for pupil in pupils)


def _counts(kinds: Counter[Kind], membership: Membership, size: int) -> Whole:
    counts = np.zeros(size, np.int64)
    for kind, number in kinds.items():
        counts[membership.of(dict(kind))] += number
    return counts


@dataclass
class _File:
    """Another pupil file, stored as its differences from the true one."""

    change: Whole
    kinds: Counter[Kind]

    def with_one(self, kind: Kind, more: int, membership: Membership) -> "_File":
        kinds = self.kinds.copy()
        kinds[kind] += more
        return _File(self.change + more * membership.of(dict(kind)), kinds)


class _Search:
    def __init__(self, system: System, structure: Structure, pupils: Iterable[Pupil], chance: random.Random) -> None:
        self.system, self.structure, self.chance = system, structure, chance
        self.dimensions = system.released.dimensions
        self.membership = Membership(system)
        self.kinds = _by_kind(pupils)
        self.every = sorted(self.kinds, key=sorted)
        self.truth = _counts(self.kinds, self.membership, len(system.cells))
        self.bound: Mask = np.array([not any(name == REST for name, _ in cell) for cell in system.cells], bool)

    def other_values(self, column: int) -> set[int]:
        """Values other than the true one that the cell has in some other pupil file with the same publication."""
        found: set[int] = set()
        for more in (1, -1):
            file: _File | None = _File(np.zeros_like(self.truth), Counter())
            for _ in range(WANTED if more > 0 else int(self.truth[column])):
                file = self._step(column, more, file) if file else None
                if file:
                    found.add(int(self.truth[column] + file.change[column]))
        return found or self._programmed(column)

    def _programmed(self, column: int) -> set[int]:
        """The same by integer programming, among true and changed pupils: slower, and seldom stuck."""
        kinds = self._candidates(column)
        have = np.array([self.kinds[kind] for kind in kinds], np.int64)
        counted = np.array([self.membership.of(dict(kind)) for kind in kinds]).T
        found: set[int] = set()
        for change in (more for by in range(1, self.system.rule.values) for more in (by, -by)):
            least, most = self.system.least - self.truth, self.system.most - self.truth
            if not least[column] <= change <= most[column] or len(found) == WANTED:
                continue
            least[column] = most[column] = change
            bound = self.bound | (np.arange(len(least)) == column)
            moved = exchange(counted[bound], have, least[bound], most[bound])
            if moved is not None:
                numbers = Counter({kind: int(by) for kind, by in zip(kinds, moved, strict=True) if by})
                if self._fits(_File(counted @ moved, numbers)):
                    found.add(int(self.truth[column] + change))
        return found

    def _candidates(self, column: int) -> list[Kind]:
        """Kinds that may come or go: those there are (if many, those in the cell and some others), newcomers to the
        cell, and pupils like one of these in all but one dimension.
        """
        there = self.every
        if len(there) > MOST_KINDS:
            there = [
                *self._those_in(column, _File(np.zeros_like(self.truth), Counter()))[:MOST_KINDS],
                *self.chance.sample(there, MOST_KINDS),
            ]
        new = {kind for _ in range(TRIES) if (kind := self._newcomer(column))}
        like = {
            frozenset((dict(kind) | {name: leaf}).items())
            for kind in new
            for name in dict(kind)
            for leaf in self.dimensions[name].parent
            if leaf not in self.dimensions[name].children
        }
        return sorted({*there, *new, *(kind for kind in like if not self.structure.is_impossible(kind))}, key=sorted)

    def _step(self, column: int, more: int, file: _File) -> _File | None:
        """One pupil more (or less) in the cell, alone or in exchange for others outside it; None if there is no way."""
        inside = self._those_in(column, file) if more < 0 else []
        for _ in range(TRIES):
            kind = self.chance.choice(inside) if inside else self._newcomer(column)
            if kind is None or (more < 0 and not inside):
                return None
            alone = file.with_one(kind, more, self.membership)
            if self._fits(alone):
                return alone
            both = self._made_good(column, kind, more, alone)
            if both:
                return both
        return None

    def _made_good(self, column: int, kind: Kind, more: int, file: _File) -> _File | None:
        """Move pupils outside the cell the other way until every cell is as published again; None if that fails."""
        cell = self.system.cells[column]
        for turn in range(EXCHANGES):
            other: Kind | None = self._neighbour(column, kind)
            wrong = self._wrong(file)
            if turn and wrong.size:
                there = int(self.chance.choice(wrong.tolist()))
                others = self._those_in(there, file) if more > 0 else [self._newcomer(there)]
                other = self.chance.choice(others) if others else None
            if other is None or self._counts(cell, dict(other)):
                continue
            tried = file.with_one(other, -more, self.membership)
            if self._fits(tried):
                return tried
            if turn:
                file = tried
        return None

    def _wrong(self, file: _File) -> Whole:
        """The cells that would have been published differently."""
        counts = self.truth + file.change
        return np.flatnonzero(self.bound & ((counts < self.system.least) | (counts > self.system.most)))

    def _fits(self, file: _File) -> bool:
        """Whether no kind has fewer than 0 pupils, no pupil is impossible, and every cell is published the same."""
        return (
            not self._wrong(file).size
            and all(self.kinds[kind] + more >= 0 for kind, more in file.kinds.items())
            and not any(self.structure.is_impossible(kind) for kind, more in file.kinds.items() if more > 0)
        )

    def _those_in(self, column: int, file: _File) -> list[Kind]:
        """The kinds of pupil in the cell that still have any pupils."""
        cell = self.system.cells[column]
        return [
            kind for kind in self.every if self.kinds[kind] + file.kinds[kind] > 0 and self._counts(cell, dict(kind))
        ]

    def _counts(self, cell: CellId, pupil: Pupil) -> bool:
        return all(code in self.dimensions[name].above(pupil.get(name, "")) for name, code in cell)

    def _newcomer(self, column: int) -> Kind | None:
        """A true pupil, changed so that the cell counts them."""
        for _ in range(TRIES):
            pupil = dict(self.chance.choice(self.every))
            for name, code in self.system.cells[column]:
                if code not in self.dimensions[name].above(pupil.get(name, "")):
                    pupil[name] = some_below(self.dimensions[name], code, self.chance)
            kind = frozenset(pupil.items())
            if not self.structure.is_impossible(kind):
                return kind
        return None

    def _neighbour(self, column: int, kind: Kind) -> Kind:
        """The same pupil with another member in one dimension that the cell is limited by."""
        asked = sorted(self.system.cells[column])
        if not asked:
            return kind
        name, code = self.chance.choice(asked)
        dimension = self.dimensions[name]
        return frozenset((dict(kind) | {name: some_below(dimension, dimension.parent[code], self.chance)}).items())
