"""What leaves the door: frozen facts. If a level may not see a field, the class for it does not have the field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sharing.ordering import Comparison
from sharing.records.stopped import StoppedFigures

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Why:
    """Why the asker may see this page, in words, and which permission the page needs: "" where none is needed."""

    reason: str
    permission: str

    @property
    def permission_words(self) -> str:
        """What people with this permission may do. The page itself says what it shows of that."""
        return {
            "view_establishment": "see establishment information",
            "view_pupils": "see pupil information",
            "view_staff": "see staff information",
            "manage_register": "keep the Access Register",
            "keep_records": "bring in files and arrange transfers",
            "manage_duties": "keep officers and their duties",
            "view_restricted": "see confidential items",
        }[self.permission]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list. `number` counts from 1; `total` counts all rows that match."""

    rows: tuple[Row, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def numbers(self) -> range:
        return range(1, self.pages + 1)

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * PAGE_SIZE, self.total)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


@dataclass(frozen=True)
class Here:
    """The establishment of a page, which pages of it the asker may open, and whether they have a place there."""

    urn: int
    name: str
    is_own: bool
    can_view_pupils: bool
    can_view_staff: bool
    can_manage_register: bool
    can_keep_records: bool
    can_manage_duties: bool
    can_view_restricted: bool


@dataclass(frozen=True)
class EstablishmentLine:
    """An establishment in a list (R4). `status` is "Takes part", "Has excluded itself" or "Does not take part".

    `context` is the value that the list is ordered by, where no other column shows it; `number`: the same without its
    unit, if it is one; `counts`: whom it counts, if it is protected.
    """

    urn: int
    name: str
    kind: str
    phase: str
    town: str
    locality: str
    status: str
    since: date | None
    dfe_number: str
    as_of: date
    context: str
    number: str
    counts: str


@dataclass(frozen=True)
class EstablishmentRecord:
    """One establishment's shared information: GIAS's facts, its Locality, whether it takes part in the protocol."""

    urn: int
    name: str
    kind: str
    phase: str
    type_name: str
    status_name: str
    participation: str
    participates_since: date | None
    locality: str
    dfe_number: str
    open_date: date | None
    close_date: date | None
    low_age: int | None
    high_age: int | None
    gender_name: str
    capacity: int | None
    number_of_pupils: int | None
    address: tuple[str, ...]
    telephone: str
    website: str
    head_title: str
    head_job_title: str
    religious_character: str
    trust_name: str
    lsoa_code: str
    predecessors: tuple[tuple[int, str], ...]
    successors: tuple[tuple[int, str], ...]
    source: str
    as_of: date


@dataclass(frozen=True)
class ContextFact:
    """A figure about where the establishment is or its pupils live, from the newest release that has one.

    `definition`: what the figure is, for somebody who does not know the index.
    """

    name: str
    definition: str
    text: str
    year: str
    release_id: int
    status: str
    source: str
    as_of: date


@dataclass(frozen=True)
class EstablishmentPage:
    """An establishment's page. `stopped`: its context figures that are."""

    here: Here
    establishment: EstablishmentRecord
    context: tuple[ContextFact, ...]
    stopped: tuple[StoppedFigures, ...]
    why: Why


@dataclass(frozen=True)
class EstablishmentList:
    """Establishments in a declared order, with those at which the asker has a place.

    `narrowed_to`: what was asked for, if it is not all of them, in words. `protected`: whom protected figures count, in
    sentences. `stopped`: figures that the order uses and that are stopped.
    """

    page: Page[EstablishmentLine]
    own_urns: frozenset[int]
    kinds: tuple[tuple[str, str], ...]
    narrowed_to: tuple[str, ...]
    protected: tuple[str, ...]
    stopped: tuple[StoppedFigures, ...]
    order: Comparison
    why: Why


@dataclass(frozen=True)
class ToDo:
    """What waits for the asker at an establishment, and whether it is late.

    `page`: the name of the page where it is done. It belongs to this URN or, if not `of_a_place`, to the asker. `by`:
    the first day by which something of it must be done.
    """

    words: str
    page: str
    late: bool = False
    of_a_place: bool = True
    by: date = date.max


@dataclass(frozen=True)
class KeptList:
    """The part of the pupils that the asker keeps for their home page: in words, and as a query of the list."""

    words: str
    query: str
    year_group: str
    class_name: str


@dataclass(frozen=True)
class Place(Here):
    """An establishment at which the asker has a place, why, and the last day of their access, if there is one."""

    kind: str
    reason: str
    ends_on: date | None
    participates: bool
    takes_part_from: date | None = None
    is_closed: bool = False
    to_do: tuple[ToDo, ...] = ()
    kept: KeptList | None = None

    @property
    def last_day_to_tell(self) -> date | None:
        """The last day, unless a to-do item already says it: in its last two weeks one does, with whom to ask."""
        return None if any(waiting.page == "my_access" for waiting in self.to_do) else self.ends_on
