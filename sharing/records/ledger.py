"""What the door says about the ledger: who has seen or changed what (R43)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.records import Here, Page, Why
from sharing.records.figures import EarlierUrn


@dataclass(frozen=True)
class LedgerFilter:
    """What to narrow the ledger to. Empty means everything. `last` is included.

    `kind` is one of `words.Kind`, `who` of `words.Who`.
    """

    person: int | None = None
    first: date | None = None
    last: date | None = None
    kind: str = ""
    who: str = ""
    refused: bool = False

    @property
    def is_active(self) -> bool:
        return self != LedgerFilter()


@dataclass(frozen=True)
class LedgerLine:
    """A row, in words. `person_id` is None for the service; `how_many` is given only where the page was about people.

    `named_people`: somebody's record was on it, so there is a list of whose.
    `whom`: the other person whose access, duty, appointment or account it was about, by their name of today.
    `urn` is the establishment's, or None for what was at no one establishment.
    """

    id: int
    at: datetime
    person: str
    person_id: int | None
    site: str
    what: str
    outcome: str
    is_refusal: bool
    how_many: str
    named_people: bool
    whom: str
    purpose: str
    urn: int | None


@dataclass(frozen=True)
class LedgerPage:
    """Rows, newest first. `here` is None on the page of all establishments, `older_than` where there are no more.

    `looked_since`: fewer than fifty rows match since then, the search went no further back, and there are older rows.
    `person`: the person whose rows these all are, if they are one person's. `judges_patterns`: the asker may see
    unusual patterns (P17). `earlier`: the URNs that the establishment had before, whose rows are not among these (A2).
    """

    here: Here | None
    lines: tuple[LedgerLine, ...]
    older_than: int | None
    looked_since: datetime | None
    only: LedgerFilter
    why: Why
    judges_patterns: bool = True
    earlier: tuple[EarlierUrn, ...] = ()

    @property
    def person(self) -> str:
        return self.lines[0].person if self.only.person and self.lines else ""


@dataclass(frozen=True)
class Opening:
    """Somebody opened the record of a child or a member of staff, found it, or took it away in a file."""

    id: int
    at: datetime
    person: str
    site: str
    what: str
    purpose: str


@dataclass(frozen=True)
class OpeningsPage:
    """Who has opened one record, of a child or a member of staff, newest first."""

    here: Here
    record_id: UUID
    name: str
    openings: tuple[Opening, ...]
    older_than: int | None
    why: Why


@dataclass(frozen=True)
class PersonSeen:
    """A child or a member of staff whose record is in `times` of the rows."""

    id: UUID
    name: str
    is_staff: bool
    times: int


@dataclass(frozen=True)
class PeopleSeen:
    """Whose records are in rows of the ledger. `others`: how many of them the reader does not see today.

    `rows`: how many were read. `read_back_to`: there are older ones, and only those since then were read. `person`:
    whose rows they all are, if they are one person's. `download`: the number of the file that they are about, if any.
    """

    here: Here
    people: Page[PersonSeen]
    others: int
    rows: int
    read_back_to: datetime | None
    person: str
    only: LedgerFilter
    download: str
    why: Why
