"""Standard reports: what one says, and what the pages say about them. Frozen facts."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256

from sharing.records import Here, Why
from sharing.records.figures import MeasureOfPlace, Origin
from sharing.records.stopped import StoppedFigures

# Raise this whenever reports change in wording or look: then every report is made again.
EDITION = 7
GOVERNORS, FULL = "governors", "full"
TITLES = {GOVERNORS: "Report for governors", FULL: "Full report"}
WHAT_IT_IS = {
    GOVERNORS: "The headline measures with questions that governors may ask. Figures about fewer than 10 children are "
    "withheld. Everybody on the Access Register may read it, unless their access is narrowed to year groups.",
    FULL: "The headline measures with the figures about fewer than 10 children, for people who see all pupils here. It "
    "must not go to anybody else.",
}


@dataclass(frozen=True)
class ReportFacts:
    """Everything that a report says. `shares`: it contains what participating establishments share (R16).

    `stage`: the stages of schooling in words, such as "Primary". `similar`: of how many schools the median is, at most.
    """

    report: str
    urn: int
    name: str
    kind: str
    stage: str
    dfe_number: str
    locality: str
    measures: tuple[MeasureOfPlace, ...]
    not_out: tuple[str, ...]
    origins: tuple[Origin, ...]
    similar: int
    stopped: tuple[StoppedFigures, ...]
    shares: bool

    @property
    def fingerprint(self) -> str:
        """A digest of all that it says: different content has a different one."""
        return sha256(f"{EDITION} {asdict(self)!r}".encode()).hexdigest()

    @property
    def title(self) -> str:
        return TITLES[self.report]

    @property
    def is_for_governors(self) -> bool:
        return self.report == GOVERNORS

    @property
    def marking(self) -> str:
        return "OFFICIAL" if self.is_for_governors else "OFFICIAL-SENSITIVE"

    @property
    def releases(self) -> list[int]:
        return [origin.id for origin in self.origins]

    @property
    def as_of(self) -> date | None:
        """The newest day that a figure is about."""
        return max((origin.as_of for origin in self.origins), default=None)


@dataclass(frozen=True)
class ReportLine:
    """A report on an establishment's page. `state` is "" where nobody has asked for it yet. `size` in bytes."""

    report: str
    title: str
    what_it_is: str
    as_of: date | None
    releases: tuple[str, ...]
    state: str
    state_words: str
    is_awaited: bool
    progress: int
    made_at: datetime | None
    size: int
    pages: int

    @property
    def is_ready(self) -> bool:
        return self.state == "made"

    @property
    def is_moving(self) -> bool:
        return self.state in ("waiting", "making")

    @property
    def may_be_asked_for(self) -> bool:
        """Where there is no report, or it waits behind other people's."""
        return not self.state or (self.state == "waiting" and not self.is_awaited)

    @property
    def colour(self) -> str:
        return {"made": "green", "failed": "red", "waiting": "blue", "making": "blue"}.get(self.state, "grey")


@dataclass(frozen=True)
class ReportList:
    """An establishment's reports that the asker may take away, and the releases behind them.

    `needs_second_factor`: there is also a full report, for those who have given one. `missing`: the names of packages
    that the machine lacks for making PDFs. `not_for_them`: why the asker may have no report.
    """

    here: Here
    lines: tuple[ReportLine, ...]
    origins: tuple[Origin, ...]
    needs_second_factor: bool
    missing: tuple[str, ...]
    not_for_them: str
    stopped: tuple[StoppedFigures, ...]
    why: Why

    @property
    def is_moving(self) -> bool:
        """Whether somebody waits for one, so that the page refreshes itself."""
        return any(line.is_moving and line.is_awaited for line in self.lines)


@dataclass(frozen=True)
class ReportFile:
    """A report to take away."""

    name: str
    content: bytes
