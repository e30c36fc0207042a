"""What the pages about oneself and about the protocol show: frozen facts."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class Passage:
    """A piece of the protocol's text: a heading, or a paragraph with its number, its points and what follows them."""

    heading: str = ""
    number: str = ""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class ProtocolText:
    """One version of the protocol, ready to be read."""

    id: int
    number: str
    in_force_from: date
    purpose: str
    values: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class PurposePage:
    """What an officer may choose to work for. `chosen`: what this session is for, in words, or nothing yet."""

    choices: tuple[tuple[str, str], ...]
    chosen: str
    text: ProtocolText | None
    why: Why


@dataclass(frozen=True)
class Signature:
    """One acceptance: which version, on which day."""

    version: str
    accepted_on: date


@dataclass(frozen=True)
class Signatory:
    """A person who has to accept the protocol. `holds_until` is None while the text in force is not accepted."""

    name: str
    holds_until: date | None
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class SignatoriesPage:
    """The signatory register of one establishment (R19)."""

    here: Here
    signatories: tuple[Signatory, ...]
    why: Why

    @property
    def missing(self) -> int:
        return sum(signatory.holds_until is None for signatory in self.signatories)


@dataclass(frozen=True)
class SignedAt:
    """How many of an establishment's people have accepted the text in force."""

    urn: int
    name: str
    people: int
    accepted: int


@dataclass(frozen=True)
class AllSignatories:
    """The signatory register as far as the asker may read it: by establishment, and the officers by name."""

    establishments: tuple[SignedAt, ...]
    officers: tuple[Signatory, ...]


@dataclass(frozen=True)
class OwnLine:
    """One's own line on a register. `state` is "Open", "Waiting", "Suspended", "Not yet begun" or "Ended"."""

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
    note: str
    is_head: bool
    can_leave: bool


@dataclass(frozen=True)
class OwnDuty:
    """A duty of one's own: what it opens, where, why, and when. `ended_on`: when somebody ended it. `came_after`:
    schools after one that it names, which has closed, where it opens nothing."""

    data_words: str
    scope: str
    reason: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    state: str
    came_after: tuple[str, ...]


@dataclass(frozen=True)
class OwnAppointment:
    """That one is an officer of the Education Department, and the duties that belong to it."""

    team: str
    starts_on: date
    ends_on: date | None
    recorded_by_name: str
    duties: tuple[OwnDuty, ...]


@dataclass(frozen=True)
class MyAccess:
    """All that the asker has access to, or had."""

    lines: tuple[OwnLine, ...]
    past: tuple[OwnLine, ...]
    appointments: tuple[OwnAppointment, ...]
    signatures: tuple[Signature, ...]
    accepted_until: date
