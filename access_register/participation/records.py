"""What the pages about taking part in the protocol show: frozen facts (R4, R16)."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.ordering import Comparison
from sharing.records import Here, Why


@dataclass(frozen=True)
class Participant:
    """An establishment on the published list. `out_since`: the first day without a part. `is_missing`: nobody is on
    file as answering for the protocol there. Only officers and those who keep its register are told."""

    urn: int
    name: str
    kind: str
    since: date | None
    out_since: date | None
    status: str
    is_own: bool
    is_missing: bool


@dataclass(frozen=True)
class ParticipantsOfKind:
    """The establishments of one type that take part, by name."""

    kind: str
    lines: tuple[Participant, ...]


@dataclass(frozen=True)
class ParticipantsPage:
    """Who takes part, by type, and who no longer does. `shares`: the asker sees others than their own."""

    kinds: tuple[ParticipantsOfKind, ...]
    former: tuple[Participant, ...]
    number: int
    shares: bool
    order: Comparison
    why: Why


@dataclass(frozen=True)
class Step:
    """The head left the protocol or signed up to it again. `version`: the text that was accepted when signing up."""

    words: str
    at: datetime
    by_name: str
    because: str
    version: str


@dataclass(frozen=True)
class OnFile:
    """Somebody recorded for one part: `role` is their post, `since` their first day."""

    name: str
    role: str
    since: date
    recorded_by_name: str
    recorded_at: datetime


@dataclass(frozen=True)
class PartOnFile:
    """Who has a part today, if anybody is on file, and who had it before, the newest first."""

    part: str
    words: str
    now: OnFile | None
    before: tuple[OnFile, ...]


@dataclass(frozen=True)
class ParticipationPage:
    """One establishment's part in the protocol. `is_head`: the asker can leave and sign up. `may_record`: the asker
    keeps its register, and so can record who answers for it. `out_since`: as in the list. `again_on`: while it takes no
    part, the day from which it will take part again by itself."""

    here: Here
    since: date | None
    out_since: date | None
    again_on: date | None
    parts: tuple[PartOnFile, ...]
    steps: tuple[Step, ...]
    is_head: bool
    is_closed: bool
    may_record: bool
    why: Why

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(part.words for part in self.parts if part.now is None)


@dataclass(frozen=True)
class Consequences:
    """What leaving, or signing up, changes from the next request on, in numbers.

    `people`: on the register today, not counting the asker. `others`: establishments that take part, without this one.
    `items`: confidential items of the establishment that others may see. `consents`: those given and running.
    `transfers`: children on the way to or from it, whose transfers go on.
    """

    page: ParticipationPage
    people: int
    others: int
    items: int
    consents: int
    transfers: int
