"""What the door says about confidential items (R26 to R28)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.ordering import Comparison
from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class ItemLine:
    """An item in a list."""

    id: UUID
    establishment: str
    kind: str
    title: str
    year: str
    owner: str
    until: date | None
    is_withdrawn: bool


@dataclass(frozen=True)
class WaitingConsent:
    """A consent of an earlier head, for the head to confirm (A10)."""

    item_id: UUID
    title: str
    recipients: str
    until: date


@dataclass(frozen=True)
class ItemList:
    """The items of one establishment and, apart from them, what others share with the asker (on Schools Online)."""

    here: Here
    own: tuple[ItemLine, ...]
    shared: Page[ItemLine] | None
    order: Comparison
    to_confirm: tuple[WaitingConsent, ...]
    may_add: bool
    why: Why


@dataclass(frozen=True)
class FileLine:
    """A file to download. `size` is in bytes."""

    id: UUID
    name: str
    kind: str
    size: int
    added_at: datetime
    added_by_name: str


@dataclass(frozen=True)
class ItemPage:
    """One item. `marking`: who it is for, written on the page and on paper."""

    item: ItemLine
    urn: int
    paragraphs: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    files: tuple[FileLine, ...]
    marking: str
    starts_on: date
    added_by_name: str
    added_at: datetime
    withdrawn_by_name: str
    may_consent: bool
    may_keep: bool
    is_own: bool
    why: Why


@dataclass(frozen=True)
class ConsentLine:
    """A consent of the head, given or withdrawn."""

    id: UUID
    recipients: str
    starts_on: date
    ends_on: date
    given_by_name: str
    given_at: datetime
    state: str
    is_open: bool
    waits: bool


@dataclass(frozen=True)
class Readers:
    """How many people at one establishment see an item."""

    establishment: str
    people: int


@dataclass(frozen=True)
class ReadersOf:
    """Those who see an item for one reason, by the establishment's name."""

    words: str
    readers: tuple[Readers, ...]

    @property
    def people(self) -> int:
        return sum(one.people for one in self.readers)


@dataclass(frozen=True)
class ConsentPage:
    """Who sees an item now, for its head; `would`: who else would with the consent that is being given."""

    item: ItemLine
    urn: int
    level_1_only: bool
    now: tuple[ReadersOf, ...]
    officers: int
    would: ReadersOf | None
    consents: tuple[ConsentLine, ...]
    localities: tuple[tuple[int, str], ...]
    why: Why


@dataclass(frozen=True)
class RestrictedDocument:
    """A file as it was uploaded."""

    name: str
    content_type: str
    content: bytes
