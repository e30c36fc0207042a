"""What the page of the termly review shows: frozen facts."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class ReviewLine:
    """A line to confirm, or one that has been confirmed. `if_not`: what happens to it otherwise. `may_confirm`: the
    asker may confirm it.

    `downloads`: what the person downloaded from here and has not destroyed.
    """

    id: int
    version: int
    name: str
    level: int
    role_words: str
    basis_shown: str
    level_since: date
    given_by_name: str
    last_used_on: date | None
    due_on: date | None
    confirmed_on: date | None
    is_late: bool
    if_not: str
    may_confirm: bool
    downloads: int = 0

    @property
    def mark(self) -> str:
        """The line and its version when the page was made, for the forms to send back."""
        return f"{self.id}-{self.version}"


@dataclass(frozen=True)
class Undoable:
    """What the deadline did to a line, and until when the head can undo it."""

    event_id: int
    name: str
    words: str
    back_to: str
    until: date


@dataclass(frozen=True)
class ReviewPage:
    """The termly review of one establishment's register."""

    here: Here
    due_on: date | None
    to_confirm: tuple[ReviewLine, ...]
    confirmed: tuple[ReviewLine, ...]
    undoable: tuple[Undoable, ...]
    next_due_on: date
    undo_days: int
    is_head: bool
    why: Why

    @property
    def any_late(self) -> bool:
        """Whether the last day has passed for some lines while the nightly run that acts on it has not happened yet."""
        return any(line.is_late for line in self.to_confirm)

    @property
    def number_for_asker(self) -> int:
        return sum(1 for line in self.to_confirm if line.may_confirm)

    @property
    def used_at_level_3(self) -> list[str]:
        """The lines that may be ticked all at once: they open no pupil or staff information, and are in use."""
        return [line.mark for line in self.to_confirm if line.may_confirm and line.level == 3 and line.last_used_on]


@dataclass(frozen=True)
class Undone:
    """Whose line was put back, for the message."""

    name: str
    level: int
