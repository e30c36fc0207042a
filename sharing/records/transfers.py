"""What the door says about transfers, joiners and leavers, and children missing education."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sharing import codes
from sharing.records import Here, Page, Why


class Stage(StrEnum):
    """How far a transfer is today."""

    WAITING = "Waiting for an answer"
    AGREED = "Agreed"
    ARRIVED = "Arrived"
    DECLINED = "Declined"
    CANCELLED = "Cancelled"
    LAPSED = "Lapsed"


@dataclass(frozen=True)
class ListedChild:
    """Who a child of a list is, with codes for a form and the same in words."""

    forename: str
    surname: str
    born_on: date | None
    sex_code: str
    year_code: str

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"

    @property
    def sex(self) -> str:
        return codes.SEX.get(self.sex_code, self.sex_code)

    @property
    def year_group(self) -> str:
        return codes.NC_YEARS.get(self.year_code, self.year_code)


@dataclass(frozen=True)
class TransferRecord(ListedChild):
    """One child on the way. `child`: the record on the asker's side, None where there is none to be seen.

    `sender_urn` and `receiver_urn`: only where the asker sees pupils, and so the page of transfers. `is_overdue`: the
    expected day has passed, and the step before it still waits. The `may_` fields say which buttons are shown. `upn`:
    as the asker has typed it, if they may tell another school of the child.
    """

    id: int
    sender: str
    receiver: str
    sender_urn: int | None
    receiver_urn: int | None
    stage: Stage
    is_overdue: bool
    expected_on: date
    lapses_on: date
    asserted_by: str
    asserted_on: date
    answered_by: str
    agreed_on: date | None
    declined_because: str
    arrived_on: date | None
    keeps_until: date | None
    file_sent_on: date | None
    child: UUID | None
    may_answer: bool
    may_cancel: bool
    may_arrive: bool
    may_tell_another: bool
    upn: str
    may_send_file: bool

    @property
    def is_declined(self) -> bool:
        return self.stage == Stage.DECLINED


@dataclass(frozen=True)
class Group:
    """Transfers that wait for the same thing: a heading, what to do, and the rows by day."""

    title: str
    what_to_do: str
    rows: tuple[TransferRecord, ...]


@dataclass(frozen=True)
class TransferInbox:
    """The inbox. `coming` and `leaving` contain only groups with somebody in them."""

    here: Here
    coming: tuple[Group, ...]
    leaving: tuple[Group, ...]
    lapse_days: int
    grace_days: int
    narrowed: str
    why: Why


@dataclass(frozen=True)
class OnTheWay:
    """What a child's record says about the transfer under way: to here (`is_coming`) or from here.

    It also names the school at the other end.
    """

    transfer: int
    is_coming: bool
    other: str
    is_agreed: bool
    is_overdue: bool
    expected_on: date


@dataclass(frozen=True)
class TransferPage:
    """One transfer, before a step is taken."""

    here: Here
    transfer: TransferRecord
    why: Why


@dataclass(frozen=True)
class TransferList:
    """Every transfer under way within an officer's duties, or those declined there."""

    page: Page[TransferRecord]
    waiting: int
    overdue: int
    declined: int
    may_tell: bool
    why: Why


@dataclass(frozen=True)
class BeginPage:
    """A child on roll who may be transferred, and where to: (URN, name) by name."""

    here: Here
    pupil_id: UUID
    name: str
    places: tuple[tuple[int, str], ...]
    lapse_days: int
    why: Why


@dataclass(frozen=True)
class FromOutsidePage:
    """The establishments for which the officer may announce a child from outside the community."""

    places: tuple[tuple[int, str], ...]
    why: Why


@dataclass(frozen=True)
class Stay:
    """An enrolment of today that may be ended. `kind` is in words. `file_until`: until when the record is seen, to send
    the transfer file to a school outside the community (R8).
    """

    id: int
    kind: str
    starts_on: date
    ends_on: date | None
    leaving_reason: str
    destination: str
    file_until: date | None


@dataclass(frozen=True)
class LeavingPage:
    """A child whose leaving may be recorded.

    `file_is_made`: the transfer file was made, for the school that has accepted the child or for one outside, so
    nothing is left to send.
    """

    here: Here
    pupil_id: UUID
    name: str
    stay: Stay
    grace_days: int
    is_agreed_elsewhere: bool
    file_is_made: bool
    version: str
    why: Why

    @property
    def owes_file(self) -> bool:
        return self.is_agreed_elsewhere and not self.file_is_made

    @property
    def may_owe_outside(self) -> bool:
        """Whether a file may have to be sent to a school outside, and the record could be seen for it."""
        return bool(self.grace_days) and not (self.is_agreed_elsewhere or self.file_is_made)


@dataclass(frozen=True)
class Move:
    """Somebody who came or is leaving, with the day, and where from or to."""

    child: UUID
    name: str
    year_group: str
    on: date
    words: str


@dataclass(frozen=True)
class MovesPage:
    """Who came since a day, who is coming, who is leaving, and those just left whose file must be sent.

    `left`: how many have left since, None where the asker sees only some year groups. Their names are not kept (R8).
    """

    here: Here
    since: date
    joined: Page[Move]
    coming: tuple[Move, ...]
    to_leave: tuple[Move, ...]
    in_grace: tuple[Move, ...]
    left: int | None
    narrowed: str
    why: Why


@dataclass(frozen=True)
class MissingChild(ListedChild):
    """A child of compulsory school age who is on no roll. Only what the last establishment reported."""

    urn: int
    establishment: str
    last_day: date
    reason: str
    destination: str


@dataclass(frozen=True)
class MissingList:
    page: Page[MissingChild]
    may_tell: bool
    why: Why
