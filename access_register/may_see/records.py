"""What the page "Who may see this record" shows: frozen facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.authorise import Through, Visit
from sharing.models import Closing, NamedChild, Opening, Pupil
from sharing.records import Here, Why


@dataclass(frozen=True)
class Reader:
    """Who is reading the page and about which record, which decides what they may be told."""

    here: Visit
    pupil: Pupil
    on_edunet: bool
    keeps_duties: bool
    is_head: bool

    @property
    def is_told_of_officers(self) -> bool:
        return self.keeps_duties or not self.on_edunet


@dataclass(frozen=True)
class WaysPast:
    """The ways past the permission table that the reader may be told of: named children, broken glass, and closings."""

    named: tuple[NamedChild, ...]
    opened: tuple[Opening, ...]
    closed: tuple[Closing, ...]

    @property
    def tell_the_head(self) -> bool:
        rows: tuple[NamedChild | Opening | Closing, ...] = (*self.named, *self.opened, *self.closed)
        return not any(row.head_barred for row in rows)

    @property
    def people(self) -> set[int]:
        """The people to whom the record is opened individually."""
        return {row.person_id for row in self.named} | {row.person_id for row in self.opened}

    def of_those(self, people: Collection[int]) -> "WaysPast":
        """Only what opens the record to these people, with all the closings."""
        named = tuple(row for row in self.named if row.person_id in people)
        return WaysPast(named, tuple(row for row in self.opened if row.person_id in people), self.closed)

    def shut_out(self, person_id: int) -> bool:
        """Whether the child is closed to this person: they have to be named in every closing to see the child."""
        return any(person_id not in closing.named for closing in self.closed)


@dataclass(frozen=True)
class Seer:
    """Somebody who sees the record, by one right, at one site.

    `place`: role and level, organisation, or team. `facts`: what else the reader may know about the right, each in a
    few words. `until`: its last day, or its last minute.
    """

    person_id: int
    name: str
    site: Through
    place: str
    right: str
    facts: tuple[str, ...]
    since: date
    until: str


@dataclass(frozen=True)
class Group:
    """People who see the record by the same kind of right. `empty`: what the page says if there is nobody."""

    heading: str
    words: str
    empty: str
    seers: tuple[Seer, ...]

    @property
    def at_both_sites(self) -> bool:
        return len({seer.site for seer in self.seers}) > 1


@dataclass(frozen=True)
class WhoMaySee:
    """Everybody the reader may be told of (R18). `shut_out`: those who would see the record if the child were not
    closed.

    `elsewhere`: other establishments that have their own record of the child; `untold`: what this page leaves out.
    """

    here: Here
    pupil_id: UUID
    name: str
    groups: tuple[Group, ...]
    shut_out: tuple[Seer, ...]
    closings: tuple[str, ...]
    elsewhere: tuple[str, ...]
    untold: tuple[str, ...]
    made_at: datetime
    why: Why

    @property
    def people(self) -> int:
        return len({seer.person_id for group in self.groups for seer in group.seers})
