"""Reports of misuse: frozen facts."""

from dataclasses import dataclass
from datetime import datetime

from sharing.records import Page, Why


@dataclass(frozen=True)
class Comparison:
    """What a report is about: which page, of which establishment, and the measures shown on it (code, name)."""

    page: str
    urn: int | None
    name: str
    measures: tuple[tuple[str, str], ...]
    why: Why


@dataclass(frozen=True)
class ReportLine:
    id: int
    page: str
    about: str
    measure: str
    state: str
    is_closed: bool
    outcome: str
    reported_at: datetime


@dataclass(frozen=True)
class ReportList:
    """One's own reports or, for officers, all of them."""

    page: Page[ReportLine]
    is_desk: bool
    why: Why


@dataclass(frozen=True)
class ReportPage:
    """One report. `reported_by` is for officers. `releases`: those that were out when it was made.

    `may_object`: whoever reported it was told that it is not misuse, and may still report a breach.
    `follows`: whoever reported it can read on in the case that it has become. `managers` (id, name): those whom the
    officer closing it may name, because they did it and would otherwise look at the case.
    """

    report: ReportLine
    happened: str
    who: str
    answer: str
    releases: tuple[str, ...]
    reported_by: str
    acknowledged_at: datetime | None
    closed_at: datetime | None
    can_acknowledge: bool
    can_close: bool
    may_object: bool
    follows: bool
    managers: tuple[tuple[int, str], ...]
    why: Why
