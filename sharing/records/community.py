"""What leaves the door for who keeps the community."""

from dataclasses import dataclass
from datetime import date

from sharing.ordering import Comparison
from sharing.records import Why


@dataclass(frozen=True)
class KindOfCommunity:
    """A kind of the protocol's list, and how many establishments are of it."""

    name: str
    establishments: int


@dataclass(frozen=True)
class TypeOnRecord:
    """A type of the national register that an officer added, and the kind it counts as."""

    name: str
    kind: str
    reason: str
    decided_on: date
    recorded_by_name: str


@dataclass(frozen=True)
class Centre:
    urn: int
    name: str
    town: str
    manager: str


@dataclass(frozen=True)
class CommunityPage:
    """`may_be_listed`: code and name of the types that are not on record yet."""

    kinds: tuple[KindOfCommunity, ...]
    types: tuple[TypeOnRecord, ...]
    may_be_listed: tuple[tuple[int, str], ...]
    centres: tuple[Centre, ...]
    localities: tuple[tuple[int, str], ...]
    order: Comparison
    why: Why
