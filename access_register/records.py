"""What the register's pages show: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from sharing.records import Here, Why


@dataclass(frozen=True)
class LineRecord:
    """One line as the register shows it. `link_until`: how long the link of an invitation not yet accepted works."""

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
    awaiting_since: datetime | None
    link_until: datetime | None

    @property
    def link_expired(self) -> bool:
        return self.link_until is not None and self.link_until <= timezone.now()


@dataclass(frozen=True)
class RegisterPage:
    """The register of one establishment. `can_name_level_1`: the asker is its head (R35)."""

    here: Here
    lines: tuple[LineRecord, ...]
    named_seats_free: int
    can_name_level_1: bool
    why: Why
