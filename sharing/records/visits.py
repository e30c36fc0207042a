"""What the door says for preparing a visit, for a head who reads a note, and for saved views."""

from dataclasses import dataclass
from datetime import datetime

from sharing.measures.release_records import ComingRelease
from sharing.records import Here, Page, Why
from sharing.records.dashboard import Tile
from sharing.records.stopped import StoppedFigures


@dataclass(frozen=True)
class NoteRecord:
    """A note of an officer. `is_mine`: the asker wrote it, and may change or remove it."""

    id: int
    author: str
    text: str
    for_head: bool
    written_at: datetime
    changed_at: datetime | None
    is_mine: bool


@dataclass(frozen=True)
class VisitPage:
    """What an officer reads before a visit. `challenges`: None where their duties do not open pupils."""

    here: Here
    kind: str
    address: tuple[str, ...]
    telephone: str
    notes: Page[NoteRecord]
    returns: str
    challenges: int | None
    tiles: tuple[Tile, ...]
    coming: tuple[ComingRelease, ...]
    stopped: tuple[StoppedFigures, ...]
    why: Why

    @property
    def has_protected(self) -> bool:
        return any(tile.has_protected for tile in self.tiles)


@dataclass(frozen=True)
class NotePage:
    """One of the asker's own notes, to be changed."""

    here: Here
    note: NoteRecord
    version: str
    why: Why


@dataclass(frozen=True)
class NotesToHead:
    here: Here
    notes: Page[NoteRecord]
    why: Why


@dataclass(frozen=True)
class SavedViewRecord:
    """A list under a name, on the officer's home page. `page` is a page's name, `query` that of its address."""

    id: int
    name: str
    page: str
    query: str
    words: str


@dataclass(frozen=True)
class SavingView:
    """A list that is about to be saved, and what of it will be kept. `query` is empty without a filter."""

    page: str
    title: str
    filters: tuple[tuple[str, str], ...]
    query: str
    why: Why
