"""Releases as they leave the door: the calendar for everybody, and the desk of the officers who run them (R22)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sharing.records import Page, Why
from sharing.records.statistics_desk import Preview
from sharing.records.stopped import StoppedFigures
from sharing.school_year import in_words


@dataclass(frozen=True)
class NamedRelease:
    """Which release it is."""

    dataset: str
    dataset_slug: str
    owner: str
    academic_year: int
    version: int

    @property
    def year(self) -> str:
        return in_words(self.academic_year)


@dataclass(frozen=True)
class ComingRelease(NamedRelease):
    """A release that is to come, and when. Also one that was announced but has been moved, has no new day yet
    (`goes_out_at` is None) or will not come (`is_withdrawn`): with the day it was `announced_for`, and why.
    """

    goes_out_at: datetime | None
    announced_for: datetime | None
    because: str
    is_withdrawn: bool

    @property
    def is_changed(self) -> bool:
        return self.announced_for is not None and self.announced_for != self.goes_out_at

    @property
    def is_brought_forward(self) -> bool:
        return bool(self.goes_out_at and self.announced_for and self.goes_out_at < self.announced_for)


@dataclass(frozen=True)
class ReleaseRecord(NamedRelease):
    """A release that has come out. `is_current`: no newer version of it is out, and it is not stopped. `because`: why
    there was a version after the first. `stopped`: nobody is shown its figures.
    """

    goes_out_at: datetime
    id: int
    status: str
    as_of: date
    source: str
    because: str
    is_current: bool
    stopped: StoppedFigures | None

    @property
    def state_words(self) -> str:
        return "stopped" if self.stopped else "in use" if self.is_current else "superseded"


@dataclass(frozen=True)
class StoppedRelease(NamedRelease):
    """The newest version of figures that are stopped, and since when they are."""

    id: int
    stopped_at: datetime


@dataclass(frozen=True)
class Calendar:
    """The releases to come, the next one first; and those that are out, the newest first."""

    coming: tuple[ComingRelease, ...]
    past: Page[ReleaseRecord]
    why: Why

    @property
    def any_stopped(self) -> bool:
        return any(release.stopped for release in self.past)


@dataclass(frozen=True)
class MeasureRecord:
    """A measure in words, for readers of its figures."""

    name: str
    definition: str
    direction: str


@dataclass(frozen=True)
class ReleaseHistory:
    """A dataset: what it is, what it measures, and every version that is out."""

    name: str
    owner: str
    source: str
    description: str
    is_published_elsewhere: bool
    measures: tuple[MeasureRecord, ...]
    releases: tuple[ReleaseRecord, ...]
    why: Why


@dataclass(frozen=True)
class PastFigure:
    """What one version said, and what the version in use says. `of`: the establishment, or an area shown with it."""

    measure: str
    of: str
    said: str
    says: str

    @property
    def is_another(self) -> bool:
        return self.said != self.says


@dataclass(frozen=True)
class PastRelease:
    """A version that is out, with its figures. `replaced_by`: the version in use, None if this is the one.

    `place`: the establishment (URN, name) the figures are of, None for areas only; `places`: those the asker may
    choose. `may_stop`: the asker may stop the figures; `may_show_again`: never true for the manager who stopped them.
    `version`: of the stop that the page tells of.
    """

    release: ReleaseRecord
    replaced_by: ReleaseRecord | None
    figures: tuple[PastFigure, ...]
    place: tuple[int, str] | None
    places: tuple[tuple[int, str], ...]
    may_stop: bool
    may_show_again: bool
    version: str
    why: Why


@dataclass(frozen=True)
class DeskLine:
    """A release on the desk of those who run it. `state` is prepared, own, checked, scheduled, out,
    withdrawn or stopped."""

    id: int
    dataset: str
    dataset_slug: str
    academic_year: int
    version: int
    status: str
    as_of: date
    state: str
    state_words: str
    because: str
    goes_out_at: datetime | None
    prepared_at: datetime
    prepared_by: str
    checked_at: datetime | None
    checked_by: str
    scheduled_at: datetime | None
    scheduled_by: str
    announced_for: datetime | None
    put_off_because: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str
    stopped_at: datetime | None
    stopped_by: str
    stopped_because: str
    owner: str
    source: str

    @property
    def year(self) -> str:
        return in_words(self.academic_year)

    @property
    def name(self) -> str:
        return f"{self.dataset}, {self.year}, version {self.version}"


@dataclass(frozen=True)
class Desk:
    """All releases in this state, or in any. `states`: (state, words, how many)."""

    page: Page[DeskLine]
    states: tuple[tuple[str, str, int], ...]
    why: Why


@dataclass(frozen=True)
class MeasureContents:
    """How many figures of a measure a release has. `symbols`: (symbol, words, how often)."""

    measure: str
    establishments: int
    areas: int
    figures: int
    numbers: int
    small: int
    symbols: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class MeasureDifferences:
    """Differences from the earlier version: numbers of figures, and the biggest changes, without names."""

    measure: str
    added: int
    gone: int
    differ: int
    biggest: tuple[Decimal, ...]

    @property
    def any(self) -> bool:
        return bool(self.added or self.gone or self.differ)


@dataclass(frozen=True)
class ReturnsBehind:
    """For a release counted from the census of `day`: how many establishments have not sent that return, and how many
    files of it have changed something `since` the version was prepared.
    """

    day: date
    not_come: int
    since: int


@dataclass(frozen=True)
class DeskPage:
    """One release, what is in it, and what the asker may do with it. `earlier_version`: the one it is compared with.

    `protected`: for open statistics, what protection did and what the attacker found. `versions`: others for that year.
    `behind`: for figures that the portal counts from a census.
    """

    release: DeskLine
    contents: tuple[MeasureContents, ...]
    earlier_version: int | None
    differences: tuple[MeasureDifferences, ...]
    protected: Preview | None
    behind: ReturnsBehind | None
    versions: tuple[DeskLine, ...]
    may_check: bool
    may_schedule: bool
    may_postpone: bool
    may_withdraw: bool
    why: Why

    @property
    def figures(self) -> int:
        return sum(measure.figures for measure in self.contents)
