"""What the pages of retention show: schedules, disposals and holds. Numbers and words, but no child."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Page, Why


@dataclass(frozen=True)
class DisposalRecord:
    """One disposal. `may_approve`: it waits for a second person, and the asker is one."""

    id: int
    reference: str
    as_of: date
    state: str
    in_words: str
    asked_by_name: str
    asked_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    done_at: datetime | None
    counted: int
    disposed: int
    may_approve: bool
    may_refuse: bool

    @property
    def has_certificate(self) -> bool:
        """Whether it is done, or was stopped when part of it was."""
        return self.state == "done" or (self.state == "overtaken" and bool(self.disposed))

    @property
    def is_moving(self) -> bool:
        return self.state in ("asked", "approved")


@dataclass(frozen=True)
class DisposalLineRecord:
    """Records of one kind at one establishment: how many were due, and how many have been disposed of."""

    kind: str
    what: str
    schedule: str
    basis: str
    urn: int | None
    establishment: str
    counted: int
    disposed: int


@dataclass(frozen=True)
class DisposalShown:
    disposal: DisposalRecord
    lines: tuple[DisposalLineRecord, ...]
    why: Why


@dataclass(frozen=True)
class HoldRecord:
    """A legal hold. For a child, it does not say which one."""

    id: int
    establishment: str
    reason: str
    until: date | None
    placed_by_name: str
    placed_at: datetime
    lifted_by_name: str
    lifted_at: datetime | None
    stands: bool


@dataclass(frozen=True)
class Retention:
    """The disposals. `may_ask`: no disposal is under way."""

    disposals: Page[DisposalRecord]
    may_ask: bool
    why: Why


@dataclass(frozen=True)
class Holds:
    holds: Page[HoldRecord]
    why: Why
