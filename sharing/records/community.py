"""What leaves the door for those who keep the community."""

from dataclasses import dataclass
from datetime import date

from sharing.ordering import Comparison
from sharing.records import Why


@dataclass(frozen=True)
class KindOfCommunity:
    """A kind on the protocol's list, and how many establishments it has."""

    name: str
    establishments: int


@dataclass(frozen=True)
class TypeOnRecord:
    """A type of the national register that an officer added, and the kind that it counts as.

    `ends_on`: the last day, which may be changed while the type `counts`.
    """

    code: int
    name: str
    kind: str
    reason: str
    decided_on: date
    recorded_by_name: str
    ends_on: date | None
    ended_reason: str
    ended_by_name: str
    counts: bool


@dataclass(frozen=True)
class OfAType:
    """An establishment of a type. `pupils`: according to the national register; `takes_part`: with no end so far."""

    urn: int
    name: str
    town: str
    pupils: int | None
    takes_part: bool


@dataclass(frozen=True)
class EndingType:
    """A type that may be taken off the list, and the establishments that this affects."""

    type: TypeOnRecord
    places: tuple[OfAType, ...]
    order: Comparison
    why: Why


@dataclass(frozen=True)
class Centre:
    """A centre. `last_day`: if it has closed or will. It may be changed until it has passed."""

    urn: int
    name: str
    town: str
    manager: str
    last_day: date | None
    may_be_closed: bool


@dataclass(frozen=True)
class ClosingCentre:
    """A centre that is open. `last_day`: if one is on record."""

    urn: int
    name: str
    last_day: date | None
    why: Why


@dataclass(frozen=True)
class CommunityPage:
    """The community. `may_be_listed`: code and name of the types that are not on record yet."""

    kinds: tuple[KindOfCommunity, ...]
    types: tuple[TypeOnRecord, ...]
    may_be_listed: tuple[tuple[int, str], ...]
    centres: tuple[Centre, ...]
    localities: tuple[tuple[int, str], ...]
    order: Comparison
    why: Why
