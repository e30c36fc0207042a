"""What the pages of breaches show: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Page, Why


@dataclass(frozen=True)
class BreachLine:
    """A breach in a list. `part`: the asker's part in it, in words."""

    id: int
    part: str
    state: str
    outcome: str
    reported_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Desk:
    """Numbers of the cases where an information manager has something to do, or has to record who has been told."""

    waiting: frozenset[int]
    to_tell: frozenset[int]


@dataclass(frozen=True)
class BreachList:
    """The breaches that concern the asker; at the desk, all of them."""

    page: Page[BreachLine]
    is_desk: bool
    why: Why


@dataclass(frozen=True)
class Reporting:
    """What the report form needs: establishments as (URN, name), the people who look at reports as (id, name).
    `instead`: what to do for somebody who cannot report here; there is then no form."""

    establishments: tuple[tuple[int, str], ...]
    managers: tuple[tuple[int, str], ...]
    why: Why
    instead: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the story. `words` may be empty."""

    at: datetime
    what: str
    by: str
    words: str


@dataclass(frozen=True)
class Vote:
    """A member of the panel, with their vote, or that there is none, and the reason."""

    name: str
    sitting: int
    voted: str
    reason: str


@dataclass(frozen=True)
class SanctionRecord:
    """What was decided against one party."""

    measure: str
    against: str
    starts_on: date
    ends_on: date | None
    state: str


@dataclass(frozen=True)
class EvidenceRow:
    at: datetime
    who: str
    site: str
    what: str
    outcome: str
    how_many: str
    urn: int | None


@dataclass(frozen=True)
class Evidence:
    """Rows of the ledger as they were when they were attached."""

    asked: str
    attached_at: datetime
    by: str
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class Telling:
    """Somebody who must be told, in words. `late`: it is too late now, or was when they were told."""

    code: str
    whom: str
    due_at: datetime | None
    told_at: datetime | None
    late: bool


@dataclass(frozen=True)
class CasePage:
    """One breach, as far as the asker may see it. `may`: the steps open to them. `untold`: those who are not recorded
    as told, as (code, words), for somebody who may record it. `named`: the parties by number, for somebody who may take
    them out.

    `hours_left`: how many of the 72 hours are left, for the desk and the panel; below 0 once they have passed, None if
    the question does not arise.
    """

    id: int
    roles: frozenset[str]
    may: frozenset[str]
    state: str
    whose: str
    about: str
    categories: tuple[str, ...]
    children: str
    happened_on: date | None
    aware_at: datetime
    reported_at: datetime
    reported_by: str
    happened: str
    whom: str
    parties: tuple[str, ...]
    named: tuple[tuple[int, str], ...]
    is_personal: bool | None
    severity: str
    localities: tuple[str, ...]
    outcome: str
    outcome_from: date | None
    appeal_until: date | None
    tell_ico: bool
    due_at: datetime
    hours_left: int | None
    tellings: tuple[Telling, ...]
    untold: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    votes: tuple[Vote, ...]
    sanctions: tuple[SanctionRecord, ...]
    evidence: tuple[Evidence, ...]
    measures: tuple[tuple[str, str], ...]
    managers: tuple[tuple[int, str], ...]
    urns: tuple[tuple[int, str], ...]
    why: Why

    @property
    def may_have_to_tell(self) -> bool:
        """Whether nobody has said yet what the breach is, and the Commissioner has not been told."""
        return self.is_personal is None and all(one.code != "ico" for one in self.tellings)

    @property
    def all_are_told(self) -> bool:
        """Whether everybody who has to be told has been."""
        return bool(self.tellings) and not self.may_have_to_tell and all(one.told_at for one in self.tellings)

    @property
    def to_offer(self) -> frozenset[str]:
        """The steps open to the asker. Once everybody has been told, telling is left out: it is shown by the clock."""
        return self.may - {"tell"} if self.all_are_told else self.may


@dataclass(frozen=True)
class Suspension:
    """What shuts the asker out, in person or with an establishment (`place`). `case`: its number, if it is theirs."""

    place: str
    urn: int | None
    decided_on: date
    ends_on: date
    case: int | None


@dataclass(frozen=True)
class Suspensions:
    """Everything that shuts the asker out today. `shares`: they share with others through another establishment."""

    found: tuple[Suspension, ...]
    shares: bool
    why: Why
