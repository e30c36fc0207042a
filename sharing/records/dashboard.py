"""The dashboard of one establishment: frozen facts, tile by tile."""

from dataclasses import dataclass
from datetime import date

from sharing.charts import Sparkline
from sharing.records import Here, ToDo, Why
from sharing.records.figures import Origin
from sharing.records.stopped import StoppedFigures


@dataclass(frozen=True)
class Reading:
    """A number as written, what it counts, what it is compared with ("Bradford 63%"), and how it developed.

    `is_protected`: the number itself is; `beside_protected`: what it is compared with is.

    `page` is the name of the page (of one URN) that lists those counted: by `finding`, or with `query`.
    """

    label: str
    text: str
    beside: str = ""
    trend: Sparkline | None = None
    page: str = ""
    finding: str = ""
    query: str = ""
    is_protected: bool = False
    beside_protected: bool = False


@dataclass(frozen=True)
class Tile:
    """One subject. `page` is the name of the page (of one URN) that says more, with `query`, from `anchor` on.

    `empty`: why there is no number.

    The numbers come from releases (`origins`) or from the records, which have `source` and `as_of`.
    """

    key: str
    title: str
    readings: tuple[Reading, ...]
    page: str
    query: str = ""
    anchor: str = ""
    origins: tuple[Origin, ...] = ()
    source: str = ""
    as_of: date | None = None
    empty: str = ""

    @property
    def has_protected(self) -> bool:
        return any(reading.is_protected or reading.beside_protected for reading in self.readings)


@dataclass(frozen=True)
class Dashboard:
    """What matters at an establishment, as far as the asker's line opens it. `narrowed`: what that line leaves out."""

    here: Here
    kind: str
    due: tuple[ToDo, ...]
    tiles: tuple[Tile, ...]
    narrowed: str
    stopped: tuple[StoppedFigures, ...]
    why: Why

    @property
    def has_protected(self) -> bool:
        return any(tile.has_protected for tile in self.tiles)
