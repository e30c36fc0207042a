"""What the pages of officers and duties show."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class DutyRecord:
    """A duty: what it opens, where, for which function. `state` is "Open", "Waiting for confirmation" ... in words."""

    id: int
    data_words: str
    scope: str
    function: str
    reason: str
    starts_on: date
    ends_on: date
    confirm_by: date | None
    state: str
    is_live: bool
    to_confirm: bool
    recorded_by_name: str
    is_the_services: bool


@dataclass(frozen=True)
class RemoteRecord:
    """An authorisation for remote use, of today or to come."""

    id: int
    reason: str
    starts_on: date
    ends_on: date
    recorded_by_name: str


@dataclass(frozen=True)
class OfficerRecord:
    """An officer, with what they may see. `is_me`: nobody changes their own duties.

    `awaits_second`: another officer has this name, so nothing opens until it is confirmed that they are two people.
    """

    id: int
    name: str
    email: str
    team: str
    post: str
    manager: str
    starts_on: date
    ends_on: date | None
    is_me: bool
    awaits_second: bool
    may_confirm: bool
    duties: tuple[DutyRecord, ...] = ()
    past: tuple[DutyRecord, ...] = ()
    remote: tuple[RemoteRecord, ...] = ()

    @property
    def to_confirm(self) -> int:
        return sum(duty.to_confirm for duty in self.duties)


@dataclass(frozen=True)
class OfficersPage:
    """All officers of today, by name."""

    officers: tuple[OfficerRecord, ...]
    why: Why

    @property
    def to_confirm(self) -> int:
        return sum(officer.to_confirm for officer in self.officers)


@dataclass(frozen=True)
class OfficerPage:
    """One officer."""

    officer: OfficerRecord
    why: Why


@dataclass(frozen=True)
class OfficerHere:
    """An officer who may see something of one establishment beyond what all officers do, and why."""

    name: str
    sees: str
    reason: str
    until: date | None


@dataclass(frozen=True)
class OfficersHere:
    """The officers who may see pupils, staff or records of one establishment today (R9)."""

    here: Here
    officers: tuple[OfficerHere, ...]
    why: Why
