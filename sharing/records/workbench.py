"""What the door says for an officer's home page, for Localities, and for returns across establishments."""

from dataclasses import dataclass
from datetime import date

from sharing.measures.release_records import StoppedRelease
from sharing.ordering import Comparison
from sharing.records import Here, Page, Why
from sharing.records.figures import Shown
from sharing.records.stopped import StoppedFigures
from sharing.records.visits import SavedViewRecord


@dataclass(frozen=True)
class Task:
    """What waits for an officer: how many, in which words, and the page (a name and a query) where it is done."""

    heading: str
    number: int
    words: str
    page: str
    query: str = ""


@dataclass(frozen=True)
class TaskGroup:
    heading: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class UnderDuty(Here):
    """An establishment where a recorded duty opens something."""

    kind: str


@dataclass(frozen=True)
class Workbench:
    """An officer's home page.

    `groups`: what waits; `quiet`: pages where nothing waits. `stopped`: stopped figures, for those who can do
    something. `under_duty`: the first of `matching` establishments, out of `all_under_duty` without the filter.
    `last_days`: when what the duties open ends, the earliest first. `saved`: lists under a name. The rest says which
    pages the officer may open.
    """

    groups: tuple[TaskGroup, ...]
    quiet: tuple[Task, ...]
    stopped: tuple[StoppedRelease, ...]
    under_duty: tuple[UnderDuty, ...]
    matching: int
    all_under_duty: int
    last_days: tuple[date, ...]
    order: Comparison
    may_find: bool
    saved: tuple[SavedViewRecord, ...]
    keeps_all_records: bool
    runs_releases: bool
    manages_duties: bool
    writes_advice: bool
    why: Why


@dataclass(frozen=True)
class LocalityLine:
    """A Locality, with how many establishments are in it today, and how many moves are planned for a later day."""

    id: int
    name: str
    establishments: int
    to_come: int


@dataclass(frozen=True)
class LocalityList:
    """The Localities. `outside`: how many establishments are in none; `first_outside`: the first's URN and name."""

    localities: tuple[LocalityLine, ...]
    outside: int
    first_outside: tuple[tuple[int, str], ...]
    may_move: bool
    why: Why


@dataclass(frozen=True)
class InLocality:
    """An establishment of a Locality. `returns` is empty, and `items` None, where no duty of the asker opens them.

    `idaci` is a score from 0 to 1, `fsm` a percentage.
    """

    urn: int
    name: str
    kind: str
    pupils: int | None
    idaci: Shown
    fsm: Shown
    returns: str
    items: int | None


@dataclass(frozen=True)
class Move:
    """The move of an establishment from one Locality (or none) to another. `can_take_back`: its day is to come."""

    id: int
    urn: int
    establishment: str
    left: str
    joins: str
    on: date
    reason: str
    recorded_by: str
    taken_back_by: str
    can_take_back: bool


@dataclass(frozen=True)
class LocalityPage:
    id: int
    name: str
    establishments: tuple[InLocality, ...]
    protected: tuple[str, ...]
    stopped: tuple[StoppedFigures, ...]
    moves: tuple[Move, ...]
    order: Comparison
    sees_returns: bool
    sees_items: bool
    may_move: bool
    why: Why


@dataclass(frozen=True)
class Stretch:
    """A period in one Locality."""

    locality: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class MovingPage:
    """The Locality an establishment is in, those it was in and will be in; and those that it may move to."""

    here: Here
    today: str
    stretches: tuple[Stretch, ...]
    moves: tuple[Move, ...]
    localities: tuple[tuple[int, str], ...]
    may_move: bool
    why: Why

    @property
    def has_one_to_come(self) -> bool:
        """Whether one of the recorded moves can still be taken back; until it cannot, no other is recorded."""
        return any(move.can_take_back for move in self.moves)


@dataclass(frozen=True)
class ReturnsOf:
    """What has become of an establishment's latest returns, in words; empty where none is expected from it."""

    urn: int
    name: str
    kind: str
    census: str
    workforce: str
    late: int


@dataclass(frozen=True)
class ReturnsAcross:
    """Returns across establishments. `states`: (status, how many establishments have a latest return with it)."""

    page: Page[ReturnsOf]
    states: tuple[tuple[str, int], ...]
    census_day: date | None
    workforce_day: date | None
    order: Comparison
    why: Why
