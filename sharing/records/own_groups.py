"""A school's own groups: what the door says about them (R1, R12)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class GroupFacts:
    """A group. `criteria` in words, one for each dimension; none for a group made by hand."""

    id: int
    name: str
    kind: str
    by_hand: bool
    criteria: tuple[str, ...]
    made_by: str
    made_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True)
class OwnGroups:
    """The groups of an establishment that the asker sees. `may_make`: the asker may make and change them."""

    here: Here
    groups: tuple[GroupFacts, ...]
    archived: tuple[GroupFacts, ...]
    may_make: bool
    why: Why


@dataclass(frozen=True)
class Offered:
    """A dimension that criteria may use: its key, its name, its codes in words, and which are chosen."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class GroupToMake:
    """What the form of a group offers. `group` is None for a new one. `kinds`: what one made by hand may give away."""

    here: Here
    group: GroupFacts | None
    offered: tuple[Offered, ...]
    kinds: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    version: str
    why: Why


@dataclass(frozen=True)
class Beside:
    """One line of the comparison: the group and the rest of the establishment, each as (children, figure)."""

    what: str
    when: str
    group: tuple[int, str]
    rest: tuple[int, str]


@dataclass(frozen=True)
class MemberLine:
    """A child of a group. `told_by`: year group and class, and for namesakes the birthday, to choose the right one."""

    id: UUID
    surname: str
    forename: str
    year_group: str
    class_name: str
    told_by: str


@dataclass(frozen=True)
class OwnGroupPage:
    """A group and how it is doing. `ever`: how many were ever put in by hand; None where unknown or not to be told.

    `withheld`: what is left out because it is withheld from the asker, in words.
    """

    here: Here
    group: GroupFacts
    children: Page[MemberLine]
    ever: int | None
    attendance: tuple[Beside, ...]
    attainment: tuple[Beside, ...]
    narrowed: str
    may_make: bool
    why: Why

    @property
    def gone(self) -> int:
        return max((self.ever or 0) - self.children.total, 0)


@dataclass(frozen=True)
class MembersPage:
    """The children in a group made by hand, and those found who may be put into it."""

    here: Here
    group: GroupFacts
    members: tuple[MemberLine, ...]
    found: tuple[MemberLine, ...]
    more: bool
    years: tuple[tuple[str, str], ...]
    why: Why
