"""What the door says about imports: numbers, places and how to correct things, nobody's data."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Here, Page, Why

Changes = tuple[tuple[str, int], ...]
COLOURS = {"ready": "blue", "applied": "green", "refused": "red", "failed": "red", "discarded": "grey"}


@dataclass(frozen=True)
class KindChoice:
    """A kind of file that the asker may bring in."""

    slug: str
    name: str
    hint: str
    endings: tuple[str, ...]


@dataclass(frozen=True)
class ImportLine:
    """An import in a list. `establishment` and `urn` are empty for a file of the whole authority.

    `title`: which file it is, with the school and the term once it has been checked, and its kind until then.
    `as_of`: the day that its file is about, None until it has been checked.
    """

    id: int
    slug: str
    kind: str
    title: str
    as_of: date | None
    state: str
    state_words: str
    file_name: str
    establishment: str
    urn: int | None
    at: datetime
    by: str
    progress: int
    settled_by: str
    finished_at: datetime | None

    @property
    def is_moving(self) -> bool:
        """Whether it waits for the worker, or the worker has it."""
        return self.state in {"uploaded", "checking", "to_apply", "applying"}

    @property
    def waits_for_a_person(self) -> bool:
        return self.state == "ready"

    @property
    def may_be_discarded(self) -> bool:
        return self.state in {"uploaded", "checking", "ready"}

    @property
    def is_return(self) -> bool:
        """Whether it is a census of one establishment, which owes it and confirms it as complete (R23)."""
        return self.urn is not None and self.slug in {"census", "workforce"}

    @property
    def is_xml(self) -> bool:
        """Whether its rows are children or members of staff, and not lines of a table."""
        return self.file_name.lower().endswith(".xml")

    @property
    def colour(self) -> str:
        return COLOURS.get(self.state, "yellow")


@dataclass(frozen=True)
class ProblemRecord:
    """One thing that is wrong or unusual in a file. `value` is masked where it is personal. `also`: another row."""

    row: int | None
    field: str
    value: str
    cure: str
    fatal: bool
    also: int | None = None


@dataclass(frozen=True)
class EstablishmentChanges:
    """What a file about several establishments changes at one of them."""

    urn: int
    name: str
    changes: Changes


@dataclass(frozen=True)
class ImportPage:
    """One import. `here` is None for a file of the whole authority. `digest`: the file's SHA-256, 64 letters.

    `version`: what a form carries, so that only what was looked at is applied. `until`: the last day on which a file
    that waits for a decision is kept. `names_people`: the asker brought the file, and can read who its rows are about.
    `others_until`: the last day on which somebody else, who brought it, can. `named`: which changes these names are of.
    """

    here: Here | None
    line: ImportLine
    digest: str
    size: int | None
    changes: Changes
    by_establishment: tuple[EstablishmentChanges, ...]
    notes: tuple[str, ...]
    changes_nothing: bool
    problems: tuple[ProblemRecord, ...]
    version: str
    until: date | None
    names_people: bool
    others_until: date | None
    named: tuple[str, ...]
    why: Why

    @property
    def errors(self) -> tuple[ProblemRecord, ...]:
        return tuple(problem for problem in self.problems if problem.fatal)

    @property
    def queries(self) -> tuple[ProblemRecord, ...]:
        return tuple(problem for problem in self.problems if not problem.fatal)


@dataclass(frozen=True)
class ImportList:
    """What was brought in, newest first, and which kinds may be brought in."""

    here: Here | None
    page: Page[ImportLine]
    kinds: tuple[KindChoice, ...]
    largest: int
    why: Why


@dataclass(frozen=True)
class PersonBehind:
    """Whom a row is about. `on_record`: the name on record, if the file gives another. `fields`: what is wrong or
    unusual there, by the names in the file, if anything is.
    """

    row: int
    name: str
    on_record: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeopleChanged:
    """What becomes of some of the people in a file, in words, and who they are."""

    words: str
    people: tuple[PersonBehind, ...]

    @property
    def are_renamed(self) -> bool:
        """Whether any of them has another name on record."""
        return any(person.on_record for person in self.people)


@dataclass(frozen=True)
class PeopleBehind:
    """Who the rows of a file are about, for whoever brought it. `until`: the last day on which this is kept.

    `problems`: those with an error or a query.
    """

    here: Here | None
    line: ImportLine
    changes: tuple[PeopleChanged, ...]
    problems: tuple[PersonBehind, ...]
    until: date
    why: Why


@dataclass(frozen=True)
class ImportReport:
    """The problems of a file, as CSV."""

    name: str
    content: str
