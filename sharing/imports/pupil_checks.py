"""What the readers check alike: names, both UPNs, the date of birth, a mixed year, free meals on the day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, Protocol

from sharing.files.spreadsheet_slips import LOST_LETTERS, has_lost_letters
from sharing.files.visible import visible_letters
from sharing.imports.problems import CORRECT_IT, mask_date, mask_text, mask_upn
from sharing.upn import tidy_upn, upn_problem

OLDEST: Final = 25
YOUNGEST: Final = 2
_MIXED_YEAR: Final = "M"


class Row(Protocol):
    """Where a reader notes what is wrong: the field, as much of its value as may be shown, and the cure."""

    def wrong(self, field: str, value: str, cure: str, /) -> None: ...

    def odd(self, field: str, value: str, cure: str, /) -> None: ...


def name_of(row: Row, field: str, text: str) -> str:
    """A name with single spaces, and without letters that nobody can see. One that may have lost letters is kept."""
    if has_lost_letters(text := " ".join(text.split())):
        row.odd(field, mask_text(text), f"{LOST_LETTERS} {CORRECT_IT}")
        return text
    return visible_letters(text)


def upn_of(row: Row, field: str, text: str) -> str:
    if cure := upn_problem(text):
        row.wrong(field, mask_upn(text), cure)
    return tidy_upn(text)


def former_upn_of(row: Row, field: str, text: str) -> str:
    """The UPN before this one. An invalid one is left out, in case it points at another child."""
    upn = tidy_upn(text)
    if upn and (cure := upn_problem(upn)):
        row.odd(field, mask_upn(text), f"It is left out. {cure}")
        return ""
    return upn


def check_age(row: Row, field: str, born_on: date | None, day: date) -> None:
    """On the day of a census, pupils are from 2 to 25 years old."""
    if born_on is None:
        return
    age = day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
    shown = mask_date(born_on.isoformat())
    if born_on > day:
        row.wrong(field, shown, "The date of birth is after the reference date. Correct it.")
    elif age > OLDEST:
        row.wrong(field, shown, f"The pupil would be over {OLDEST}. Check the year.")
    elif age < YOUNGEST:
        row.odd(field, shown, f"The pupil would be under {YOUNGEST}. Check the year.")


def is_mixed_year(row: Row, field: str, text: str) -> bool:
    """Whether this is the code of a mixed class, which COLLECT lets pass as a pupil's year group. It is left out."""
    if text.upper() != _MIXED_YEAR:
        return False
    row.odd(field, _MIXED_YEAR, "A mixed class is not a year group. It is left out. Choose the pupil's own.")
    return True


def has_meals_on(day: date, periods: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of the periods of eligibility for free school meals covers the day."""
    return any(period["starts_on"] <= day <= (period["ends_on"] or day) for period in periods)
