"""Open statistics: pages and files of published, protected numbers. No record here has an exact count."""

from dataclasses import dataclass

from sharing.charts import GroupBars
from sharing.ordering import Comparison
from sharing.records import Here, Page, Why
from sharing.records.figures import EarlierUrn, Origin, Shown
from sharing.records.stopped import StoppedFigures
from sharing.statistics.catalogue import Catalogue
from sharing.statistics.records import PublishedTable


@dataclass(frozen=True)
class ProtectedOrigin(Origin):
    """The release that protected numbers come from. Every count is a multiple of `base`."""

    base: int


@dataclass(frozen=True)
class TableLine:
    """A table in the list of tables. `rates`: the name of the table that gives rates from the same cells, if any."""

    name: str
    title: str
    rates: str = ""


@dataclass(frozen=True)
class OpenStatistics:
    """Which tables are out, of which release, and each year's newest release. All are empty where nothing is out."""

    release: ProtectedOrigin | None
    academic_year: int
    years: tuple[tuple[int, ProtectedOrigin], ...]
    open_tables: tuple[tuple[str, tuple[TableLine, ...]], ...]
    named_tables: tuple[TableLine, ...]
    dataset: str
    stopped: tuple[StoppedFigures, ...]
    why: Why


@dataclass(frozen=True)
class Choice:
    """One dimension that is held at a member: (code, label, depth in the tree) of each member, and the chosen one.

    `parameter`: its name in an address.
    """

    name: str
    label: str
    members: tuple[tuple[str, str, int], ...]
    chosen: str
    parameter: str

    @property
    def words(self) -> str:
        return next(label for code, label, _ in self.members if code == self.chosen)


@dataclass(frozen=True)
class RowOfStatistics:
    """A row: whose it is, how deep in the tree below the whole, and its figures in the order of the columns.

    `share`: the count as a percentage of the whole, worked out from the two published numbers. `urn`: of a row that is
    an establishment.
    """

    label: str
    depth: int
    figures: tuple[Shown, ...]
    share: Shown | None = None
    urn: int | None = None


@dataclass(frozen=True)
class Told:
    """What every page of a table shows: title, release, columns, rows, symbols in use, definitions.

    `is_rates`: it gives the rates of a table of counts that has the same title.
    """

    name: str
    title: str
    release: ProtectedOrigin
    academic_year: int
    first_column: str
    columns: tuple[str, ...]
    rows: tuple[RowOfStatistics, ...]
    charts: tuple[GroupBars, ...]
    symbols: tuple[tuple[str, str], ...]
    definitions: tuple[str, ...]
    is_rates: bool

    @property
    def has_shares(self) -> bool:
        return any(row.share for row in self.rows)


@dataclass(frozen=True)
class OpenTable:
    """One open table as chosen: `layouts` are the dimensions that may form the rows, `choices` the others.

    `stopped`: what has been stopped, where the newest published table is shown and not that of a year asked for.
    """

    told: Told
    layouts: tuple[tuple[str, str], ...]
    laid_out: str
    choices: tuple[Choice, ...]
    notices: tuple[str, ...]
    stopped: tuple[StoppedFigures, ...]
    query: str
    why: Why


@dataclass(frozen=True)
class StatisticsOfPlace:
    """The protected numbers of one establishment. `earlier`: the URN they were published under, if not today's.
    `may_compare`: whether the asker may read the numbers of other establishments too."""

    here: Here
    tables: tuple[Told, ...]
    may_compare: bool
    earlier: tuple[EarlierUrn, ...]
    stopped: tuple[StoppedFigures, ...]
    why: Why


@dataclass(frozen=True)
class NamedTable:
    """One protected table of several establishments, in the order of a context (R29).

    `stopped`: as in OpenTable, and of the figures that the order is made of.
    """

    told: Told
    choices: tuple[Choice, ...]
    page: Page[RowOfStatistics]
    kinds: tuple[tuple[str, str], ...]
    kind: str
    order: Comparison
    stopped: tuple[StoppedFigures, ...]
    query: str
    why: Why


@dataclass(frozen=True)
class TableToTakeAway:
    """A whole table with what its files need: every row, labels, release, notes.

    `order`: for a table of several establishments, the order they are in (R29); `narrowed_to`: which of them, in words,
    if not all; `stopped`: of the figures that the order is made of.
    """

    published: PublishedTable
    catalogue: Catalogue
    release: ProtectedOrigin
    academic_year: int
    symbols: tuple[tuple[str, str], ...]
    definitions: tuple[str, ...]
    order: Comparison | None = None
    narrowed_to: tuple[str, ...] = ()
    stopped: tuple[StoppedFigures, ...] = ()
