"""Dimensions: trees of members, from the whole down to the codes that pupils have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

TOTAL: Final = "Total"

CellId: TypeAlias = frozenset[tuple[str, str]]
"""A group of pupils: its (dimension, member) pairs, without the Totals. The whole authority is the empty set."""


@dataclass(frozen=True)
class Member:
    """One member of a dimension; `parent` is None for the whole."""

    code: str
    label: str
    parent: str | None


@dataclass(frozen=True)
class Dimension:
    """A tree of members, the whole first, each parent before its children."""

    name: str
    label: str
    members: tuple[Member, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(member.code for member in self.members)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for member in self.members:
            if member.parent is not None:
                found.setdefault(member.parent, []).append(member.code)
        return {parent: tuple(codes) for parent, codes in found.items()}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The codes that a pupil can have."""
        return tuple(code for code in self.codes if code not in self.children)

    @cached_property
    def parent(self) -> Mapping[str, str | None]:
        return {member.code: member.parent for member in self.members}

    @cached_property
    def label_of(self) -> Mapping[str, str]:
        return {member.code: member.label for member in self.members}

    def above(self, code: str) -> tuple[str, ...]:
        """The code itself and everything it is part of; the whole comes last."""
        line = [code]
        while (parent := self.parent[line[-1]]) is not None:
            line.append(parent)
        return tuple(line)

    @cached_property
    def leaves_of(self) -> Mapping[str, frozenset[str]]:
        """For each member, the pupils' codes that belong to it."""
        found: dict[str, set[str]] = {code: set() for code in self.codes}
        for leaf in self.leaves:
            for code in self.above(leaf):
                found[code].add(leaf)
        return {code: frozenset(leaves) for code, leaves in found.items()}


def tree(name: str, label: str, whole: str, branches: Iterable[tuple[str, str, str]]) -> Dimension:
    """A dimension from (code, label, parent's code) rows; an empty parent is the whole."""
    rows = [Member(code, said, parent or TOTAL) for code, said, parent in branches]
    return Dimension(name, label, (Member(TOTAL, whole, None), *rows))


def cell_id(pairs: Iterable[tuple[str, str]]) -> CellId:
    """The id of a group. A member that is the Total does not narrow the group, and is left out."""
    return frozenset(pair for pair in pairs if pair[1] != TOTAL)
