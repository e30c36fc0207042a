"""The Council's advice as officers see it: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString

from sharing.records import Why


@dataclass(frozen=True)
class AdviceLine:
    """A version in a list of the desk.

    `waits_for_you`: the asker may agree to it, or destroy its words. `is_due`: it has to be reviewed.
    """

    page_id: int
    number: int
    title: str
    owner: str
    state: str
    published_at: datetime | None
    review_on: date
    is_due: bool
    waits_for_you: bool


@dataclass(frozen=True)
class AdviceDesk:
    """Pages by their state. `to_destroy`: versions whose words an officer has asked to destroy."""

    waiting: tuple[AdviceLine, ...]
    drafts: tuple[AdviceLine, ...]
    to_destroy: tuple[AdviceLine, ...]
    published: tuple[AdviceLine, ...]
    taken_down: tuple[AdviceLine, ...]
    why: Why


@dataclass(frozen=True)
class AdviceShown:
    """A version as readers see it. `edits`: the number that a step on it sends back, to say which state it saw."""

    number: int
    state: str
    title: str
    summary: str
    owner: str
    body: SafeString
    review_on: date
    published_at: datetime | None
    edits: int


@dataclass(frozen=True)
class AdviceStepRecord:
    number: int
    kind: str
    what: str
    at: datetime
    by: str
    because: str


@dataclass(frozen=True)
class AdviceEarlier:
    """A version that is no longer published. `words`: what becomes of its words; "" where they are kept."""

    number: int
    words: str


@dataclass(frozen=True)
class AdviceFile:
    """One page with its whole history.

    `taken_down`: nothing is at its address now, and the words that were there are kept.
    """

    page_id: int
    slug: str
    title: str
    draft: AdviceShown | None
    waiting: AdviceShown | None
    out: AdviceShown | None
    is_due: bool
    taken_down: bool
    may_agree: bool
    past: tuple[AdviceEarlier, ...]
    steps: tuple[AdviceStepRecord, ...]
    why: Why


@dataclass(frozen=True)
class AdviceWriting:
    """What the form starts with. `edits`: of the draft that it changes, 0 where there is none.

    `owners`: the owners of existing pages, to choose from.
    """

    page_id: int | None
    title: str
    summary: str
    owner: str
    text: str
    review_on: date
    edits: int
    is_out: bool
    owners: tuple[str, ...]
    why: Why


@dataclass(frozen=True)
class AdvicePast:
    """An earlier version as it was read, or the published one. `words`: kept, asked or gone.

    `asked`: who last asked to destroy them. `with_words`: other versions that were published and still have theirs;
    `has_draft`: so does a draft.
    """

    page_id: int
    slug: str
    version: AdviceShown
    is_out: bool
    words: str
    asked: AdviceStepRecord | None
    may_destroy: bool
    with_words: tuple[AdviceEarlier, ...]
    has_draft: bool
    steps: tuple[AdviceStepRecord, ...]
    why: Why
