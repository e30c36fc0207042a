"""Why a step that somebody asks for cannot be taken, in words for the form that asked."""

import hashlib
from datetime import date

from sharing.days import day_in_words


class CannotDo(Exception):
    """The step cannot be taken as asked, and nothing was changed.

    `message` says why, and what would work. `field` is the form's field that it belongs to; None is the form as a
    whole.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field

    @property
    def told(self) -> list[tuple[str | None, str]]:
        """The (field, message) pairs to show: one here, but subclasses may have several."""
        return [(self.field, self.message)]


class ChangedMeanwhile(CannotDo):
    """Somebody else changed it after the form was opened. `version` is what the form should carry from now on."""

    def __init__(self, message: str, version: int | str) -> None:
        super().__init__(message)
        self.version = version


def version_of(*shown: object) -> str:
    """A fingerprint of what a form showed, for it to carry where no number counts the changes."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def check_unchanged(version: str | None, *now: object, message: str) -> None:
    """Raise ChangedMeanwhile where the form would now show something other than when it was opened.

    `version` is what the form carried, or None where it carried nothing.
    """
    if version not in (None, version_of(*now)):
        raise ChangedMeanwhile(message, version_of(*now))


def check_day(version: str | None, known: date | None) -> None:
    """Raise ChangedMeanwhile where the day on record is no longer the one shown, of which this is the `version`."""
    now = f"It is {day_in_words(known)} now" if known else "There is none now"
    check_unchanged(
        version,
        known,
        message=f"Somebody changed this day while you had it open. {now}. Save yours if it is still right.",
    )
