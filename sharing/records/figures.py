"""Key Data, the School Finder, and their files: frozen facts."""

from dataclasses import dataclass
from datetime import date

from sharing.charts import Panels
from sharing.ordering import Comparison
from sharing.records import Here, Page, Why
from sharing.records.stopped import StoppedFigures


@dataclass(frozen=True)
class Origin:
    """The release that figures come from. `version`: 1 is the first; a later one has replaced the earlier."""

    id: int
    dataset: str
    year: str
    version: int
    status: str
    as_of: date
    source: str
    owner: str

    @property
    def label(self) -> str:
        return f"R{self.id}"

    @property
    def provenance(self) -> str:
        return f"Source: {self.source}. Owner: {self.owner}."


@dataclass(frozen=True)
class Shown:
    """A figure as it is written everywhere: on the page, in the chart, in the file (R31).

    `text` is the number with its unit, or why there is none. `number` is the number alone, rounded as written, or
    empty; then files have `symbol`: the source's own, or c (withheld) or x (nothing out) of formats page 8. `counts`:
    whom a protected figure counts that is shown where an exact one is withheld. `under`: the URN it was published
    under, where that differs from today's.
    """

    text: str
    number: str = ""
    symbol: str = ""
    origin: Origin | None = None
    counts: str = ""
    under: int | None = None


@dataclass(frozen=True)
class EarlierUrn:
    """A URN that the establishment had earlier, its name then, and the last day (A2)."""

    urn: int
    name: str
    until: date


@dataclass(frozen=True)
class YearOfFigures:
    """One school year of a measure: the establishment's own figure, and the compared ones in the order of `beside`."""

    year: str
    period: str
    own: Shown
    beside: tuple[Shown, ...]

    @property
    def cells(self) -> tuple[Shown, ...]:
        return (self.own, *self.beside)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The releases behind the figures of this row, the establishment's own first."""
        return tuple(dict.fromkeys(cell.origin for cell in self.cells if cell.origin))


@dataclass(frozen=True)
class MeasureOfPlace:
    """A measure of one establishment over the years, newest first, and the areas that have figures for it.

    `areas` are these as codes, `beside` in words. `protected`: whom their protected figures count, in sentences.
    """

    code: str
    name: str
    definition: str
    unit: str
    decimals: int
    direction: str
    areas: tuple[str, ...]
    beside: tuple[str, ...]
    years: tuple[YearOfFigures, ...]
    chart: Panels | None
    protected: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewestBeside:
    """A figure to compare one's own with. `phase`: the schools that it counts, where these are of one phase."""

    shown: Shown
    phase: str


@dataclass(frozen=True)
class NewestOfMeasure:
    """The newest year with a published figure of the establishment. `beside`: None where nothing is compared.

    `counted`: in words, how it is counted, where the figure does not show that as a percentage does.
    """

    code: str
    name: str
    counted: str
    year: str
    own: Shown
    beside: tuple[NewestBeside | None, ...]


@dataclass(frozen=True)
class Newest:
    """The newest figures of one establishment, a row for each measure. `columns`: the comparisons, in words."""

    columns: tuple[str, ...]
    rows: tuple[NewestOfMeasure, ...]

    @property
    def told(self) -> list[tuple[NewestOfMeasure, list[tuple[str, NewestBeside | None]]]]:
        """Each row, with the column's name for each cell: on a phone it is written beside the figure."""
        return [(row, list(zip(self.columns, row.beside, strict=True))) for row in self.rows]


@dataclass(frozen=True)
class KeyData:
    """The Key Data of an establishment. `not_out`: measures of which nothing has been published yet.

    `similar`: how many similar establishments there are to compare with. `locality`: None outside every Locality.
    `earlier`: the URNs under which figures here were published before it had its own. `with_small`: figures about fewer
    than ten children are shown, as the asker sees all pupils here.
    """

    here: Here
    dfe_number: str
    kind: str
    locality: str | None
    newest: Newest
    measures: tuple[MeasureOfPlace, ...]
    not_out: tuple[str, ...]
    origins: tuple[Origin, ...]
    similar: int
    earlier: tuple[EarlierUrn, ...]
    stopped: tuple[StoppedFigures, ...]
    with_small: bool
    why: Why


@dataclass(frozen=True)
class OfferFound:
    """An offer of support, in short."""

    id: int
    challenge: str
    for_whom: str


@dataclass(frozen=True)
class Apart:
    """How an establishment's context differs from one's own, in the words beneath each figure.

    Empty where it is not known for both.
    """

    pupils: str = ""
    idaci: str = ""
    fsm: str = ""
    eal: str = ""
    stayed: str = ""


@dataclass(frozen=True)
class FoundSchool:
    """An establishment like one's own, and how it differs.

    Contact details are public facts, from `source` like the number of pupils.
    """

    urn: int
    name: str
    kind: str
    town: str
    locality: str
    pupils: int | None
    idaci: Shown
    fsm: Shown
    eal: Shown
    stayed: Shown
    distance: str
    words: str
    apart: Apart
    head: str
    telephone: str
    website: str
    source: str
    as_of: date
    offers: tuple[OfferFound, ...] = ()


@dataclass(frozen=True)
class SchoolFinder:
    """Establishments that are like `of`, the most alike first. `own`: those that may be chosen as `of`.

    `steps`: what counts as one step apart, in words. `protected`: whom protected shares count, in sentences.
    """

    of: FoundSchool | None
    own: tuple[tuple[int, str], ...]
    localities: tuple[str, ...]
    steps: tuple[str, ...]
    page: Page[FoundSchool]
    protected: tuple[str, ...]
    stopped: tuple[StoppedFigures, ...]
    order: Comparison
    why: Why


@dataclass(frozen=True)
class FileOfFigures:
    """A file to take away: its name, its type, and its content."""

    name: str
    content_type: str
    content: bytes
