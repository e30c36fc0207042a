"""What the pages of breaches are given: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Page, Why


@dataclass(frozen=True)
class BreachLine:
    """A breach in a list. `part`: what the asker is in it, in words."""

    id: int
    part: str
    state: str
    outcome: str
    reported_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Desk:
    """Numbers of the cases in which an information manager has something to do, or says who has been told."""

    waiting: frozenset[int]
    to_tell: frozenset[int]


@dataclass(frozen=True)
class BreachList:
    """Those that concern the asker; at the desk, all of them."""

    page: Page[BreachLine]
    is_desk: bool
    why: Why


@dataclass(frozen=True)
class Reporting:
    """What the form for a report needs: establishments as (URN, name), who looks at reports as (id, name). `instead`:
    what somebody does from whom no report is taken; then there is no form."""

    establishments: tuple[tuple[int, str], ...]
    managers: tuple[tuple[int, str], ...]
    why: Why
    instead: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the story. `words` are empty where there are none."""

    at: datetime
    what: str
    by: str
    words: str


@dataclass(frozen=True)
class Vote:
    """A member of the panel. What they voted, once they have; the reason."""

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
    """Rows of the ledger as they stood when they were attached."""

    asked: str
    attached_at: datetime
    by: str
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class Telling:
    """Who must be told, in words; `late`: it is too late, or was."""

    code: str
    whom: str
    due_at: datetime | None
    told_at: datetime | None
    late: bool


@dataclass(frozen=True)
class CasePage:
    """One breach, as far as it is for the asker. `may`: the steps that are open to them. `untold`: of whom it is not
    recorded that they were told, code and words, for who may record it. `named`: the parties by number, for who may
    take them out.

    `hours_left`: of the 72 hours, for the desk and the panel; below 0 when they are past, None where nobody asks.
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
        """Nobody has said what it is, and the Commissioner has not been told."""
        return self.is_personal is None and all(one.code != "ico" for one in self.tellings)

    @property
    def all_are_told(self) -> bool:
        """Whoever has to be told has been."""
        return bool(self.tellings) and not self.may_have_to_tell and all(one.told_at for one in self.tellings)

    @property
    def to_offer(self) -> frozenset[str]:
        """The steps open to the asker, save telling where all have been told: that stands with the clock."""
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
    """All that shuts the asker out today."""

    found: tuple[Suspension, ...]
    why: Why
