"""What the pages of officers and duties show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from access_register.protocol.records import ProtocolText
from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class DutyRecord:
    """A duty: what it opens, where and for which function. `state` is in words: "Open", "Waiting for confirmation" ...

    `ended_on`: the day on which somebody ended it, whether or not that was before its last day. `came_after`: schools
    that followed a closed school it names, where it opens nothing.
    """

    id: int
    data_words: str
    scope: str
    function: str
    reason: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    confirm_by: date | None
    state: str
    is_live: bool
    to_confirm: bool
    recorded_by_name: str
    is_the_services: bool
    is_casework: bool
    came_after: tuple[str, ...]

    @property
    def lapsed_on(self) -> date | None:
        """The last day on which it opened anything, if it was not confirmed although it had not ended."""
        last = self.ended_on or self.ends_on
        return self.confirm_by if self.confirm_by and self.confirm_by < last else None


@dataclass(frozen=True)
class RemoteRecord:
    """An authorisation for remote use, current or future."""

    id: int
    reason: str
    starts_on: date
    ends_on: date
    recorded_by_name: str


@dataclass(frozen=True)
class AppointmentChangeRecord:
    """One change of an officer's team, post, manager or last day. `words` say what changed, from what to what."""

    id: int
    at: datetime
    by_name: str
    words: str
    ends_it: bool


@dataclass(frozen=True)
class OfficerRecord:
    """An officer, with what they may see; or one who has left, with what they could see. `is_me`: the officer is the
    asker, and nobody changes their own duties.

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
    has_left: bool
    is_me: bool
    recorded_by_name: str
    awaits_second: bool
    may_confirm: bool
    duties: tuple[DutyRecord, ...] = ()
    past: tuple[DutyRecord, ...] = ()
    remote: tuple[RemoteRecord, ...] = ()

    @property
    def to_confirm(self) -> int:
        return sum(duty.to_confirm for duty in self.duties)

    @property
    def left_behind(self) -> int:
        return sum(bool(duty.came_after) for duty in self.duties)


@dataclass(frozen=True)
class OfficersPage:
    """All officers of today, by name."""

    officers: tuple[OfficerRecord, ...]
    why: Why

    @property
    def to_confirm(self) -> int:
        """By the asker, whose own duties somebody else confirms."""
        return sum(officer.to_confirm for officer in self.officers if not officer.is_me)


@dataclass(frozen=True)
class LeftNote:
    """A note for a visit whose author is no longer an officer: at which establishment, but never what it says."""

    id: int
    place: str
    written_at: datetime
    for_head: bool


@dataclass(frozen=True)
class OfficerPage:
    """One officer. `changes`: of the appointment, the newest first. `notes`: left behind by an officer who has left."""

    officer: OfficerRecord
    changes: tuple[AppointmentChangeRecord, ...]
    notes: tuple[LeftNote, ...]
    why: Why

    @property
    def version(self) -> int:
        """The number of the last change, or 0 if there has been none."""
        return self.changes[0].id if self.changes else 0

    @property
    def ended(self) -> AppointmentChangeRecord | None:
        """The change that ended the appointment, if somebody ended it."""
        return next((change for change in self.changes if change.ends_it), None)


@dataclass(frozen=True)
class FormerOfficer:
    """Somebody who was an officer: one line of the list of former officers."""

    id: int
    name: str
    team: str
    post: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class FormerOfficersPage:
    """Appointments that have ended, by name."""

    page: Page[FormerOfficer]
    why: Why


@dataclass(frozen=True)
class OfficerHere:
    """An officer who may see more of one establishment than all officers do, and why."""

    name: str
    sees: str
    reason: str
    until: date | None


@dataclass(frozen=True)
class ChildHere:
    """A child of the establishment whom somebody sees individually. No name: the head may not see the record."""

    pupil_id: UUID
    name: str


@dataclass(frozen=True)
class CasesHere:
    """A person who sees individual children of the establishment, and why: casework, or a legal override."""

    name: str
    reason: str
    children: tuple[ChildHere, ...]

    @property
    def number(self) -> int:
        return len(self.children)


@dataclass(frozen=True)
class CaseRecord:
    """A child named for casework, as the information manager sees it: the reference, and a name if they may see it."""

    id: int
    name: str
    named_by_name: str
    named_at: datetime
    head_barred: bool

    @property
    def reference(self) -> str:
        return f"C-{self.id}"


@dataclass(frozen=True)
class CaseworkPage:
    """A casework duty, with the children named for it."""

    appointment_id: int
    officer: str
    is_me: bool
    duty: DutyRecord
    cases: tuple[CaseRecord, ...]
    why: Why


@dataclass(frozen=True)
class OfficersHere:
    """The officers who may see pupils, staff or records of one establishment today (R9)."""

    here: Here
    officers: tuple[OfficerHere, ...]
    cases: tuple[CasesHere, ...]
    why: Why


@dataclass(frozen=True)
class OrderRecord:
    """A legal override that opens access. It never says which child it is about. `has_closed`: its school, if that has
    closed while the override goes on."""

    id: int
    basis: str
    opens: str
    without: str
    scope: str
    person_name: str
    site: str
    reason: str
    head_barred: bool
    barred_because: str
    starts_on: date
    ends_on: date
    recorded_by_name: str
    recorded_at: datetime
    authoriser_name: str
    authorised_at: datetime | None
    ended_by_name: str
    state: str
    may_authorise: bool
    may_end: bool
    has_closed: bool


@dataclass(frozen=True)
class OrdersPage:
    """Legal overrides: all of them, or those that the asker is to authorise."""

    orders: Page[OrderRecord]
    why: Why


@dataclass(frozen=True)
class PurposePage:
    """The purposes an officer may choose from. `chosen`: this session's purpose in words, or empty."""

    choices: tuple[tuple[str, str], ...]
    chosen: str
    text: ProtocolText | None
    why: Why
