"""Records opened by a broken glass, and children closed: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class ExplanationRecord:
    """What the officer wrote when asked."""

    text: str
    at: datetime


@dataclass(frozen=True)
class BrokenGlass:
    """What is open now, as (URN, record), and `until` when. Not `is_new`: the officer had already opened it.
    `manager_told`: somebody else is an information manager today, and is told of a record that is opened anew."""

    records: tuple[tuple[int, UUID], ...]
    until: datetime
    is_new: bool
    manager_told: bool


@dataclass(frozen=True)
class EndedOpening:
    """What is needed to open it again: the child's UPN's blind index ("": name the child), and the reason given."""

    upn_key: str
    why: dict[str, Any]


@dataclass(frozen=True)
class OpeningRecord:
    """One record opened. `child` is the name, for those who see the child; else empty.

    `standing`: why a child who is not on the register there is seen, such as "coming". `before`: times in the seven
    days before. `reason` is for the officer and those who were told. `asked_by`: who has asked the officer to explain
    it. `version`: of the marks and explanations.
    """

    id: int
    urn: int
    establishment: str
    pupil_id: UUID | None
    child: str
    standing: str
    person_name: str
    because: str
    reason: str
    head_barred: bool
    before: int
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    manager_mark: str
    manager_mark_by: str
    head_mark: str
    head_mark_by: str
    asked_by: tuple[str, ...]
    explanations: tuple[ExplanationRecord, ...]
    is_mine: bool
    version: str


@dataclass(frozen=True)
class MyOpenings:
    openings: Page[OpeningRecord]
    why: Why


@dataclass(frozen=True)
class OpenedAt:
    """How many openings at an establishment the information manager has not marked yet."""

    urn: int
    name: str
    number: int


@dataclass(frozen=True)
class OpeningsToMark:
    """Openings that the information manager has not marked yet, by the establishment's name."""

    places: tuple[OpenedAt, ...]
    why: Why


@dataclass(frozen=True)
class OpeningsHere:
    """The openings here. `as_head`: the asker is told as the head, and not as the information manager."""

    here: Here
    openings: Page[OpeningRecord]
    as_head: bool
    why: Why


@dataclass(frozen=True)
class ClosingRecord:
    """One child closed; nothing here says which one. `reason` is for information managers.

    `is_last_alone`: without a second person, it cannot be renewed again.
    """

    id: int
    authoriser: str
    basis: str
    reason: str
    named: int
    head_barred: bool
    starts_at: datetime
    ends_at: datetime
    asked_by_name: str
    agreed_by_name: str
    ended_by_name: str
    ended_at: datetime | None
    opens_by_itself_at: datetime | None
    is_closed: bool
    is_last_alone: bool
    may_agree: bool

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.ends_at - timedelta(seconds=1))


@dataclass(frozen=True)
class Closings:
    closings: Page[ClosingRecord]
    why: Why


@dataclass(frozen=True)
class ClosingsHere:
    here: Here
    closings: Page[ClosingRecord]
    why: Why
