"""What the register's pages show: frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from sharing.cannot import version_of
from sharing.records import Here, Why
from sharing.records.downloads import DownloadLine


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
    last_used_on: date | None
    review_due_on: date | None
    year_groups: tuple[str, ...]
    withheld: tuple[str, ...]
    narrowed: str
    is_pending: bool
    link_until: datetime | None
    is_suspended: bool
    suspended_because: str
    is_past: bool
    is_withdrawn: bool
    withdrawn_by_name: str
    withdrawn_because: str
    last_day: date | None
    version: int

    @property
    def link_expired(self) -> bool:
        """Whether the invitation's link expired before it was used."""
        return self.link_until is not None and self.link_until <= timezone.now()

    @property
    def is_coming(self) -> bool:
        """Whether its first day is in the future. Until then it opens nothing."""
        return self.starts_on > timezone.localdate()

    @property
    def state(self) -> str:
        """The line's state in a word or two, if it is not simply in force."""
        if self.is_past:
            return "Withdrawn" if self.is_withdrawn else "Ended"
        if self.is_suspended or self.is_pending:
            return "Suspended" if self.is_suspended else "Invited, not accepted yet"
        return "Not begun yet" if self.is_coming else ""


@dataclass(frozen=True)
class RegisterFilter:
    """What to filter the register by. Empty, or level 0: everyone."""

    named: str = ""
    role: str = ""
    level: int = 0


@dataclass(frozen=True)
class RegisterPage:
    """The register of one establishment: live and coming lines, and past ones.

    `can_name_level_1`: the asker is its head (R35). `to_confirm`: what the head took over and has not looked through
    yet, in words. `downloads`: on the page of one line, what the person has downloaded and not destroyed yet.
    `kept`, `consents`: on the page where a head confirms what they took over, how many downloads are not destroyed, and
    how many consents of an earlier head go on.
    """

    here: Here
    lines: tuple[LineRecord, ...]
    past: tuple[LineRecord, ...]
    named_seats_free: int
    can_name_level_1: bool
    to_confirm: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    made_at: datetime
    why: Why
    downloads: tuple[DownloadLine, ...] = ()
    kept: int = 0
    consents: int = 0

    @property
    def version(self) -> str:
        """Of the lines, for whoever confirms them all."""
        return version_of(*sorted((line.id, line.version) for line in self.lines))


@dataclass(frozen=True)
class Happening:
    """One entry of a line's story."""

    at: datetime
    words: str


@dataclass(frozen=True)
class LineStory:
    """A line, and what happened to it, the newest first (R36)."""

    here: Here
    line: LineRecord
    happenings: tuple[Happening, ...]
    why: Why


@dataclass(frozen=True)
class LineThen:
    """A line as it was at the end of a past day."""

    id: int
    name: str
    level: int
    role_words: str
    basis_shown: str
    given_by_name: str
    level_since: date
    ends_on: date | None
    narrowed: str
    state: str


@dataclass(frozen=True)
class RegisterThen:
    """The register as it was at the end of a past day (R36)."""

    here: Here
    day: date
    lines: tuple[LineThen, ...]
    why: Why
