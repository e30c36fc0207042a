"""Deeper Data: what leaves the door about one measure, broken down by groups (R11, R12, R31)."""

from dataclasses import dataclass
from uuid import UUID

from sharing.charts import GroupBars
from sharing.records import Here, Page, Why
from sharing.records.figures import EarlierUrn, Origin, Shown
from sharing.records.stopped import StoppedFigures


@dataclass(frozen=True)
class Choices:
    """What the form offers and what is chosen: measures by dataset, years and groups. `by` has at most two."""

    measures: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    years: tuple[tuple[int, str], ...]
    groups: tuple[tuple[str, str], ...]
    measure: str
    year: int
    by: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.by[0] if self.by else ""

    @property
    def second(self) -> str:
        return self.by[1] if len(self.by) > 1 else ""


@dataclass(frozen=True)
class OwnRow:
    """A group of one's own pupils in exact numbers. `released`: the whole group in the release, leavers included."""

    label: str
    words: str
    children: int
    text: str
    released: str


@dataclass(frozen=True)
class OwnNumbers:
    """Exact numbers of one's own pupils, never in the same table as protected figures."""

    rows: tuple[OwnRow, ...]
    charts: tuple[GroupBars, ...]
    origin: Origin | None


@dataclass(frozen=True)
class ReleasedRow:
    """A group: figures of the establishment and of the areas, in the order of `DeeperData.of_whom`."""

    label: str
    words: str
    cells: tuple[Shown, ...]

    @property
    def origins(self) -> tuple[Origin, ...]:
        return tuple(dict.fromkeys(cell.origin for cell in self.cells if cell.origin))


@dataclass(frozen=True)
class DeeperData:
    """One measure of one establishment in one year.

    `groups_mean`: whom the groups of one's own pupils contain, in sentences.
    `own` is None for anybody who does not see the pupils here; `own_refused` says why to somebody who sees some of
    them. `released_by`: the groups of the released rows; none where releases do not have the chosen ones. `protected`:
    whom protected figures of areas count, in sentences. `earlier`: the URNs under which figures of the establishment
    were published, if it had others than today's.
    """

    here: Here
    dfe_number: str
    name: str
    definition: str
    unit: str
    decimals: int
    direction: str
    choices: Choices
    year: str
    by_words: str
    groups_mean: tuple[str, ...]
    own: OwnNumbers | None
    own_refused: str
    released_by: tuple[str, ...]
    released_words: str
    of_whom: tuple[str, ...]
    areas: tuple[str, ...]
    rows: tuple[ReleasedRow, ...]
    charts: tuple[GroupBars, ...]
    origins: tuple[Origin, ...]
    protected: tuple[str, ...]
    earlier: tuple[EarlierUrn, ...]
    stopped: tuple[StoppedFigures, ...]
    why: Why

    whose_areas = "Figures for an area are for all its schools together, of every phase."

    @property
    def query(self) -> str:
        """The question as the query of an address."""
        asked = self.choices
        return f"measure={asked.measure}&year={asked.year}&by={asked.first}&and={asked.second}"


@dataclass(frozen=True)
class ChildBehind:
    """A child who counts in a figure, and how the child counts."""

    id: UUID
    surname: str
    forename: str
    year_group: str
    class_name: str
    counts_as: str


@dataclass(frozen=True)
class ChildrenBehind:
    """The children behind a bar of one's own exact numbers: as many as the bar says."""

    here: Here
    name: str
    definition: str
    year: str
    words: str
    page: Page[ChildBehind]
    query: str
    why: Why
