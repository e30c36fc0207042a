"""Unusual patterns in the ledger: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class PatternLine:
    """A pattern. `kind` is in words; `counted`: what was counted; `innocent`: what harmless reason it may well have.

    `urn` is None and `establishment` empty for what was at several establishments or at none.
    """

    id: int
    kind: str
    counted: str
    innocent: str
    person: str
    person_id: int
    site: str
    urn: int | None
    establishment: str
    day: date
    state: str
    is_settled: bool


@dataclass(frozen=True)
class PatternList:
    """The patterns that the asker judges. `here` is None for all establishments."""

    here: Here | None
    page: Page[PatternLine]
    why: Why


@dataclass(frozen=True)
class PatternPage:
    """One pattern, and what was said about it."""

    pattern: PatternLine
    raised_at: datetime
    usual: int
    reason: str
    settled_by: str
    settled_at: datetime | None
    why: Why
