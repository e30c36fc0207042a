"""What the page of children named for somebody shows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sharing.records import Why


@dataclass(frozen=True)
class CaseRecordLine:
    """A record of a named child where the child is on roll today. `as_of`: the day of the record."""

    pupil_id: UUID
    urn: int
    establishment: str
    year_group: str
    transferring: bool
    as_of: date | None
    source: str


@dataclass(frozen=True)
class CaseLine:
    """A child named for the asker: why, until when, and what is withheld. No record: on roll nowhere here today."""

    reference: str
    child: str
    reason: str
    until: date
    without: str
    records: tuple[CaseRecordLine, ...]


@dataclass(frozen=True)
class Caseload:
    """The children named for the asker today, by name."""

    cases: tuple[CaseLine, ...]
    why: Why
