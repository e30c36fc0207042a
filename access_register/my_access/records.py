"""What the page My access shows: frozen facts."""

from dataclasses import dataclass
from datetime import date

from access_register.protocol.records import Signature


@dataclass(frozen=True)
class OwnLine:
    """The asker's own line on a register. `state` is "Open", "Waiting", "Suspended", "Not yet begun" or "Ended".
    `confirm_by`: the last day of its next review (R36). `if_not_confirmed`: what happens then, in words."""

    id: int
    urn: int
    establishment: str
    state: str
    level: int
    opens: str
    role_words: str
    because: str
    only: str
    given_by_name: str
    level_since: date
    starts_on: date
    ends_on: date | None
    confirm_by: date | None
    if_not_confirmed: str
    note: str
    is_head: bool
    can_leave: bool


@dataclass(frozen=True)
class OwnDuty:
    """The asker's own duty: what it opens, where, why, and when. `ended_on`: when somebody ended it. `confirm_by`: the
    last day of what it opens, unless it is confirmed for the next term. `came_after`: schools that followed a closed
    school it names, where it opens nothing."""

    data_words: str
    scope: str
    reason: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    confirm_by: date | None
    state: str
    came_after: tuple[str, ...]


@dataclass(frozen=True)
class OwnAppointment:
    """The asker's appointment as an officer of the Education Department, and the duties that belong to it.

    `manager`: the name, if one is recorded."""

    team: str
    manager: str
    starts_on: date
    ends_on: date | None
    recorded_by_name: str
    duties: tuple[OwnDuty, ...]


@dataclass(frozen=True)
class OwnOffer:
    """A headship that is offered to the asker, who has not answered yet."""

    id: int
    establishment: str
    on: date


@dataclass(frozen=True)
class MyAccess:
    """Everything that the asker has access to, or had."""

    offers: tuple[OwnOffer, ...]
    lines: tuple[OwnLine, ...]
    past: tuple[OwnLine, ...]
    appointments: tuple[OwnAppointment, ...]
    signatures: tuple[Signature, ...]
    accepted_until: date
