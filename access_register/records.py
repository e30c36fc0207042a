"""What the register's pages show: frozen facts."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class LineRecord:
    """One line as the register shows it."""

    id: int
    name: str
    email: str
    level: int
    role: str
    role_words: str
    basis: str
    basis_words: str
    basis_shown: str
    is_head: bool
    is_asker: bool
    given_by_name: str
    level_since: date
    starts_on: date
    ends_on: date | None
    is_withdrawn: bool


@dataclass(frozen=True)
class RegisterPage:
    """The register of one establishment. `can_name_level_1`: the asker is its head (R35).

    `to_confirm`: what the head took over and has not looked through yet, in words.
    """

    here: Here
    lines: tuple[LineRecord, ...]
    named_seats_free: int
    can_name_level_1: bool
    to_confirm: tuple[str, ...]
    why: Why
