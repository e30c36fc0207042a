"""What the pages of a headship show: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.ordering import Comparison
from sharing.records import Here, Why
from sharing.records.downloads import DownloadLine


@dataclass(frozen=True)
class HandoverRecord:
    """A handover as those who take part in it see it. `stage` says in words what it is waiting for."""

    id: int
    urn: int
    establishment: str
    outgoing_name: str
    successor_name: str
    successor_email: str
    on: date
    until: date | None
    named_by_name: str
    verified_by_name: str
    stage: str
    is_verified: bool
    is_accepted: bool
    may_verify: bool
    is_offered_to_asker: bool


@dataclass(frozen=True)
class HeadshipPage:
    """The headship of one establishment. `may_name`: the asker may name a successor, as its head or as an officer.

    `downloads`: what the head has not destroyed yet, for those who keep the register. `next_head`: who is head after
    today's and from which day, for those too, where no handover is under way.
    """

    here: Here
    head_name: str
    next_head: tuple[str, date] | None
    open: HandoverRecord | None
    may_name: bool
    may_cancel: bool
    downloads: tuple[DownloadLine, ...]
    why: Why


@dataclass(frozen=True)
class OfferPage:
    """A headship offered to the asker."""

    offer: HandoverRecord
    why: Why


@dataclass(frozen=True)
class HandoversPage:
    """The handovers under way at establishments that the officer may see."""

    handovers: tuple[HandoverRecord, ...]
    why: Why


@dataclass(frozen=True)
class WithoutHead:
    """An establishment without a head. `is_invited`: one is recorded but has not accepted the invitation."""

    urn: int
    name: str
    kind: str
    is_invited: bool


@dataclass(frozen=True)
class RecordedHead:
    """A first head who can still be taken back, the `version` of whom says who it is. `awaits`: the invitation has not
    been accepted."""

    urn: int
    establishment: str
    name: str
    awaits: bool
    first_day: date
    recorded_by: str
    recorded_at: datetime
    version: str


@dataclass(frozen=True)
class WithoutHeadPage:
    establishments: tuple[WithoutHead, ...]
    recorded: tuple[RecordedHead, ...]
    order: Comparison
    why: Why


@dataclass(frozen=True)
class FirstHeadPage:
    urn: int
    name: str
    version: str
    why: Why
