"""What the door returns about data quality, challenges and returns: frozen, without models or queries."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.records import Here, Page, Why
from sharing.records.pupils import ChangeRecord


@dataclass(frozen=True)
class Finding:
    """What a check found, and how often. `whose` is "pupils" or "staff"."""

    key: str
    whose: str
    what: str
    why: str
    cure: str
    number: int


@dataclass(frozen=True)
class FindingGroup:
    name: str
    number: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class QualityPage:
    """What the checks found: `with_findings` of `pupils` children have something to look at.

    `nothing_found`: the checks that found nothing.
    """

    here: Here
    groups: tuple[FindingGroup, ...]
    nothing_found: tuple[str, ...]
    pupils: int
    with_findings: int
    as_of: date | None
    source: str
    note: str
    narrowed: str
    why: Why


@dataclass(frozen=True)
class FoundRecord:
    """A record that a check found: a child's, or a member of staff's (who have no year group here)."""

    id: UUID
    surname: str
    forename: str
    born_on: date | None
    year_group: str
    source: str
    as_of: date


@dataclass(frozen=True)
class FindingPage:
    here: Here
    finding: Finding
    page: Page[FoundRecord]
    narrowed: str
    why: Why


@dataclass(frozen=True)
class Subject:
    """What a challenge is raised about: `id` and `name` are empty for the establishment itself."""

    here: Here
    about: str
    id: UUID | None
    name: str
    facts: tuple[tuple[str, str], ...]
    why: Why


@dataclass(frozen=True)
class ChallengeLine:
    """A challenge in a list. `days_left` are school days; it is `overdue` when the last of them has passed.

    `is_settled`: answered, or taken back by whoever raised it.
    """

    id: int
    about: str
    subject_id: UUID | None
    fact: str
    name: str
    state: str
    is_settled: bool
    is_taken_back: bool
    outcome: str
    assigned_to: str
    raised_on: date
    due_on: date
    days_left: int
    overdue: bool


@dataclass(frozen=True)
class ChallengeList:
    """Challenges. `with_us`: how many of the waiting ones Level 1 here must answer, and not the data team.

    `of_leavers`: how many wait about a child who has left; these are therefore not shown.
    """

    here: Here
    page: Page[ChallengeLine]
    waiting: int
    overdue: int
    with_us: int
    of_leavers: int
    why: Why


@dataclass(frozen=True)
class StepRecord:
    words: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class ChallengePage:
    here: Here
    challenge: ChallengeLine
    subject_id: UUID | None
    statement: str
    answer: str
    taken_back_because: str
    steps: tuple[StepRecord, ...]
    corrections: tuple[ChangeRecord, ...]
    can_answer: bool
    can_pass_on: bool
    can_take_back: bool
    why: Why


@dataclass(frozen=True)
class ReturnLine:
    """A return. `state` in words; `is_awaited`: it has yet to arrive, late or not.

    `confirmed_by` and `confirmed_on`: once it is confirmed as complete. `version`: of what a file has brought for it.
    `applied_after`: the day of the last such file, if nobody could look at it before confirming.
    """

    kind: str
    kind_name: str
    reference_day: date
    due_on: date
    state: str
    is_late: bool
    is_awaited: bool
    can_confirm: bool
    confirmed_by: str
    confirmed_on: date | None
    applied_after: date | None
    version: str


@dataclass(frozen=True)
class NextReturn:
    kind_name: str
    reference_day: date
    due_on: date


@dataclass(frozen=True)
class ReturnList:
    """Returns. `coming`: the next one expected, if the establishment sends any."""

    here: Here
    returns: tuple[ReturnLine, ...]
    coming: NextReturn | None
    can_confirm: bool
    why: Why


@dataclass(frozen=True)
class LateReturn:
    urn: int
    name: str
    kind_name: str
    reference_day: date
    due_on: date


@dataclass(frozen=True)
class DeskLine:
    """How many challenges wait for the data team at an establishment."""

    urn: int
    name: str
    waiting: int
    overdue: int


@dataclass(frozen=True)
class AccuracyDesk:
    """What waits for the officers who keep records: late returns and challenges, by establishment."""

    late: Page[LateReturn]
    challenges: tuple[DeskLine, ...]
    establishments: int
    why: Why
