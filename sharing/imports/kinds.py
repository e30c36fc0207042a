"""What an importer is: one interface for every kind of file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from sharing.imports.problems import Problem


@dataclass
class Outcome:
    """What a file would change, or has changed. Numbers and places, no personal data, because it is kept and shown.

    `changes`: (words, number) for the preview, such as ("Pupils who join", 12), in the order of the page.
    `by_establishment`: the same by URN, for files that cover several. `queries`: odd, but importable. `who`: a digest
    of which records change, so that other pupils with the same totals are not mistaken for the ones that were looked
    at. `to_look_at`: for an XML file, rows by what becomes of the people in them, such as "Leavers". `people`: the
    names behind these rows and those of the queries, and `on_record` the names on record, both kept apart from the
    rest (sharing.imports.people).
    """

    as_of: date
    title: str
    changes: list[tuple[str, int]] = field(default_factory=list)
    by_establishment: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    queries: list[Problem] = field(default_factory=list)
    who: str = ""
    to_look_at: list[tuple[str, list[int]]] = field(default_factory=list)
    people: dict[int, str] = field(default_factory=dict)
    on_record: dict[int, str] = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        return not any(number for _, number in self.changes)

    def as_lines(self) -> list[str]:
        """The changes as lines for the command line and the ledger."""
        return [f"{self.title}.", *(f"{words}: {number}." for words, number in self.changes), *self.notes]


class BringIn(Protocol):
    """Read, check, stage and compare; with `apply` also change the store. Called in one transaction as portal_batch.

    `urn`: the establishment the sender may speak for, None for the whole authority. `progress` is called with per cent.
    Raises ImportRefused with every problem found; the caller's transaction is then rolled back.
    """

    def __call__(self, path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome: ...


@dataclass(frozen=True)
class Kind:
    """A kind of file. `endings`: the file extensions it may have. `for_schools`: an establishment's Level 1 may bring
    in its own; the data team may bring in any. `hint` says in a sentence where the file comes from. `rows`: the names
    of the elements that are the rows of an XML file, each about one person.
    """

    slug: str
    name: str
    endings: tuple[str, ...]
    hint: str
    for_schools: bool
    bring_in: BringIn
    rows: tuple[str, ...] = ()
