"""What the door says about open statistics before they are out: shares and words, no exact number (R11, R22)."""

from dataclasses import dataclass
from datetime import datetime

from sharing.records import Page, Why

COLOURS = {"done": "green", "refused": "red", "failed": "red"}


@dataclass(frozen=True)
class RequestLine:
    """A request for open statistics. `said`: what prevented it. `release`: the id of what it led to."""

    id: int
    year: str
    because: str
    coarsen: bool
    state: str
    state_words: str
    progress: str
    said: str
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    release: int | None

    @property
    def is_moving(self) -> bool:
        return self.state in {"waiting", "working"}

    @property
    def colour(self) -> str:
        return COLOURS.get(self.state, "yellow")


@dataclass(frozen=True)
class StatisticsDesk:
    """Requests, newest first, and the school years that can be asked for: (year, in words, newest version or 0)."""

    requests: Page[RequestLine]
    years: tuple[tuple[int, str, int], ...]
    why: Why


@dataclass(frozen=True)
class RequestPage:
    line: RequestLine
    why: Why


@dataclass(frozen=True)
class Finding:
    """One attack: what was tried, and whether the numbers held. `whole`: False where only a sample was tried."""

    title: str
    words: str
    notes: tuple[str, ...]
    passed: bool
    whole: bool


@dataclass(frozen=True)
class TableLoss:
    """How much of one table is published differently from the true figures: shares from 0 to 100 per cent.

    `held`: it shows no Localities.
    """

    title: str
    kind: str
    names_schools: bool
    low: float
    withheld: float
    held: bool


@dataclass(frozen=True)
class Reason:
    """Tables that are left out for the same reason."""

    why: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What protection did to a release, and what the attacker found. Shares are percentages.

    `mean` and `largest`: how far published numbers are from the truth, in pupils. `moved` and `largest_move`: compared
    with the release that it started from, `before` in words; None for the first one.
    """

    passed: bool
    findings: tuple[Finding, ...]
    seconds: float
    cells: int
    mean: float
    largest: int
    far: float
    low: float
    rates_withheld: float
    before: str
    moved: float | None
    largest_move: int | None
    tables: tuple[TableLoss, ...]
    left_out: tuple[Reason, ...]

    @property
    def held(self) -> tuple[TableLoss, ...]:
        return tuple(table for table in self.tables if table.held and table.kind == "counts")

    @property
    def succeeded(self) -> int:
        return sum(not finding.passed for finding in self.findings)
