"""What the page Our data shows: sections of numbers, and no person (R36)."""

from dataclasses import dataclass
from datetime import datetime

from sharing.records import Here, Why


@dataclass(frozen=True)
class Fact:
    """One line of a section. `is_late`: somebody should do something about it."""

    words: str
    value: int | str
    is_late: bool = False


@dataclass(frozen=True)
class Section:
    """A heading, its facts, and the page that says more: `page` is its name, and takes the establishment's URN."""

    heading: str
    facts: tuple[Fact, ...]
    page: str
    link: str
    empty: str = "Nothing to say."


@dataclass(frozen=True)
class OurData:
    """The page as it was at one moment."""

    here: Here
    sections: tuple[Section, ...]
    is_head: bool
    made_at: datetime
    why: Why
