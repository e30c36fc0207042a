"""Requests for a child's own records, as the pages describe them. Nothing here says which child it is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.template.defaultfilters import pluralize

from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class SubjectRequestRecord:
    """A request. `days_left` is negative when it is late. `is_mine`: the reader recorded it, and may have it answered.

    `is_left_behind`: the information manager is reading one of a school that can no longer answer it.
    """

    id: int
    establishment: str
    asks: str
    requester: str
    identity: str
    received_on: date
    due_on: date
    days_left: int
    extended_because: str
    refused_because: str
    state: str
    state_words: str
    is_mine: bool
    is_left_behind: bool
    may_extend: bool
    recorded_by_name: str
    settled_at: datetime | None
    settled_by_name: str

    @property
    def reference(self) -> str:
        return f"S-{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def colour(self) -> str:
        if self.is_open:
            return "red" if self.days_left < 0 else "yellow" if self.days_left <= 7 else "blue"
        return "green" if self.state == "answered" else "grey"

    @property
    def words(self) -> str:
        if not self.is_open:
            return self.state_words
        return "Late" if self.days_left < 0 else f"{self.days_left} day{pluralize(self.days_left)} left"


@dataclass(frozen=True)
class SubjectRequests:
    """Requests. `here`: the school whose head is reading; None for the whole store, on EduNet."""

    here: Here | None
    requests: Page[SubjectRequestRecord]
    why: Why


@dataclass(frozen=True)
class SubjectRequestPage:
    """One request. `answer`: the reader's own download that answers it, for as long as its file may be here.

    `is_closed`: the child is closed, and the reader may have the answer made.
    """

    here: Here | None
    request: SubjectRequestRecord
    answer: int | None
    is_closed: bool
    can_make: bool
    why: Why
