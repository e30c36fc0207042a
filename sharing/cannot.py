"""What stands in the way of a step that somebody asks for, in words for the form that asked."""

import hashlib
from datetime import date

from sharing.days import day_in_words


class CannotDo(Exception):
    """The step cannot be taken as asked, and nothing was changed. `message` says why and what would do; `field` is the
    form's field that it belongs to, None the form as a whole."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field

    @property
    def told(self) -> list[tuple[str | None, str]]:
        """(field, message), of which some steps have several."""
        return [(self.field, self.message)]


class ChangedMeanwhile(CannotDo):
    """Somebody else changed it after the form was opened. `version`: what the form carries from now on."""

    def __init__(self, message: str, version: int | str) -> None:
        super().__init__(message)
        self.version = version


def version_of(*shown: object) -> str:
    """What a form carries of what it showed, where no number counts the changes."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def check_unchanged(version: str | None, *now: object, message: str) -> None:
    """`version`: what the form carried, None where there was none. Raises ChangedMeanwhile where it would show
    something else now."""
    if version not in (None, version_of(*now)):
        raise ChangedMeanwhile(message, version_of(*now))


def check_day(version: str | None, known: date | None) -> None:
    """`version`: of the day that the form showed. Raises ChangedMeanwhile where another is on record now."""
    now = f"It is {day_in_words(known)} now" if known else "There is none now"
    check_unchanged(
        version,
        known,
        message=f"Somebody changed this day while you had it open. {now}. Save yours if it is still right.",
    )
