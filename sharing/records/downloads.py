"""What is taken away about children and staff: the content of a file, and what the pages say about it. Frozen facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sharing.days import day_in_words
from sharing.records import Here, Page, Why

Value = str | int | date | None
_ACROSS_A_PAGE, _IN_SMALL_TYPE, _BETWEEN_COLUMNS = 120, 144, 2  # characters across A4, at 9 points and at 7.5
_LONG = 14  # letters of a word that may be broken first
_ADDRESS, _ADDRESS_PART = re.compile(r"((?<!\S)(?=\S+@\S)\S+)"), re.compile(r"(?=[@.])")
NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Sheet:
    """A table in a file: on its own sheet in a workbook, under its own heading on paper."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def is_wide(self) -> bool:
        """Whether its longest words may not fit side by side on a page.

        It is then set in smaller type. If some words are broken at any letter, drawing takes four times as long.
        """
        return self._across() > _ACROSS_A_PAGE

    @property
    def broken(self) -> tuple[int, ...]:
        """The columns of a wide sheet whose words are broken at any letter, counted from 1: none if all fit.

        These are columns with long words: a name stays whole. If that is not enough, it is all.
        """
        if self._across() <= _IN_SMALL_TYPE:
            return ()
        enough = self._across(_LONG) <= _IN_SMALL_TYPE
        return tuple(place for place, word in enumerate(self._longest, 1) if word > _LONG or not enough)

    def _across(self, most: int | None = None) -> int:
        words = (word if most is None else min(word, most) for word in self._longest)
        return sum(words) + _BETWEEN_COLUMNS * len(self.columns)

    @cached_property
    def _longest(self) -> tuple[int, ...]:
        """The letters of the longest word of each column."""
        columns = zip(self.columns, *self.rows, strict=True)
        return tuple(max(len(word) for value in column for word in (*_words(value), "")) for column in columns)


def _words(value: Value) -> list[str]:
    words = (f"{value:%-d %b %Y}" if isinstance(value, date) else str(value)).split()
    return [piece for word in words for piece in pieces(word)]


def pieces(text: str) -> list[str]:
    """The text, cut where an email address in it may be broken: before each "@" and "."."""
    # Every second part is an address.
    parts = (_ADDRESS_PART.split(part) if place % 2 else [part] for place, part in enumerate(_ADDRESS.split(text)))
    return [piece for part in parts for piece in part if piece]


def or_not_recorded(value: Value) -> Value:
    """The value as the pages say it. 0 is a number, and so is recorded."""
    return NOT_RECORDED if value is None or value == "" else value


@dataclass(frozen=True)
class Gathered:
    """What would be taken away. `rows` counts the records; `about` says for the ledger whose they are.

    `title` names no child: it is the file's heading and is shown on pages.
    """

    title: str
    sheets: tuple[Sheet, ...]
    rows: int
    about: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marking:
    """What is written on each sheet and page (R14, R15)."""

    id: int
    title: str
    establishment: str
    person: str
    at: datetime
    purpose: str
    dispose_by: date

    @property
    def number(self) -> str:
        return f"D-{self.id}"

    @property
    def words(self) -> str:
        return (
            f"Taken by {self.person} on {day_in_words(self.at)} at {self.at:%H:%M}. {self.purpose}. "
            f"Download {self.number}. Destroy by {day_in_words(self.dispose_by)}."
        )


@dataclass(frozen=True)
class Asking:
    """The page on which a download is asked for. `is_first`: the person has not taken anything away before (R15)."""

    here: Here
    kind: str
    title: str
    rows: int
    notes: tuple[str, ...]
    is_first: bool
    can_make_pdf: bool
    why: Why


@dataclass(frozen=True)
class Paper:
    """A page to be printed."""

    here: Here
    marking: Marking
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    why: Why


@dataclass(frozen=True)
class DownloadLine:
    """A download in a list and on its own page. `size` in bytes. `collect_by`: when it is deleted, if not collected.

    `at_other_site`: the name of the other site, if it was asked for there, and so is collected there. `may_be_noted`:
    those who look after it may note that it is destroyed, since the person no longer has access.
    """

    id: int
    kind: str
    title: str
    form: str
    form_words: str
    purpose: str
    urn: int
    establishment: str
    at_other_site: str
    by_name: str
    asked_at: datetime
    collect_by: datetime
    state: str
    state_words: str
    progress: int
    rows: int
    size: int
    dispose_by: date
    collected_at: datetime | None
    disposed_at: datetime | None
    disposed_how: str
    is_overdue: bool
    may_be_noted: bool

    @property
    def number(self) -> str:
        return f"D-{self.id}"

    @property
    def is_moving(self) -> bool:
        return self.state in ("waiting", "making")

    @property
    def is_kept(self) -> bool:
        """Whether it is in the person's hands and must still be destroyed."""
        return self.state == "collected" and self.disposed_at is None

    @property
    def words(self) -> str:
        if self.disposed_at:
            return "Destroyed"
        if self.is_overdue:
            return "Overdue"
        return "To destroy" if self.is_kept else self.state_words

    @property
    def colour(self) -> str:
        if self.is_overdue:
            return "red"
        if self.is_kept:
            return "yellow"
        return {"ready": "green", "waiting": "blue", "making": "blue", "failed": "red"}.get(self.state, "grey")


@dataclass(frozen=True)
class DownloadPage:
    """One's own download. `has_passphrase`: it has not been shown yet. `opens_today`: one may see its records today."""

    line: DownloadLine
    has_passphrase: bool
    opens_today: bool
    why: Why


@dataclass(frozen=True)
class OverdueAt:
    """How many downloads from one establishment are overdue at other people."""

    urn: int
    establishment: str
    number: int


@dataclass(frozen=True)
class MyDownloads:
    """One's own downloads.

    `of_others`, for those who keep duties on EduNet: what officers, or people of a school that has ended, should have
    destroyed.
    """

    page: Page[DownloadLine]
    overdue: int
    of_others: tuple[OverdueAt, ...]
    why: Why


@dataclass(frozen=True)
class DownloadsHere:
    """What people have taken from one establishment, for those who keep its register; never its content."""

    here: Here
    page: Page[DownloadLine]
    kept: int
    overdue: int
    why: Why


@dataclass(frozen=True)
class DownloadFile:
    name: str
    content_type: str
    content: bytes = field(repr=False)
