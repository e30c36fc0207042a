"""What follows from the facts of a breach alone: who may judge it, and who must be told by when (R41, UK GDPR 33, 34).

No database here. PostgreSQL enforces the same rule of who may sit on its own (sql/breach_roles.sql).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sharing.days import later

HOURS = 72  # from becoming aware, UK GDPR Art. 33(1)


@dataclass(frozen=True)
class Concerned:
    """Whom a case concerns. `people`: those it is against, who reported it and who referred it. `establishments` and
    `teams`: those of everybody it is against, including a team that an officer has left since it happened, and the
    organisation of a third party."""

    people: frozenset[int]
    establishments: frozenset[int]
    teams: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """Somebody who might sit on a panel: every establishment where they have a line, an officer's teams,
    and the organisation that they work for as a third party."""

    person_id: int
    name: str
    place: str
    is_officer: bool
    establishments: frozenset[int]
    teams: frozenset[str]

    @property
    def label(self) -> str:
        return f"{self.name}, {'officer' if self.is_officer else 'head'}, {self.place}"


def may_sit(candidate: Candidate, concerned: Concerned) -> bool:
    """Whether somebody may sit: nobody judges their own case, their own establishment's, or what they reported or
    referred.

    People who look at reports are never candidates, because they name the panel.
    """
    return (
        candidate.person_id not in concerned.people
        and not candidate.establishments & concerned.establishments
        and not candidate.teams & concerned.teams
    )


def without_conflict(candidates: Iterable[Candidate], concerned: Concerned) -> list[Candidate]:
    return [candidate for candidate in candidates if may_sit(candidate, concerned)]


@dataclass(frozen=True)
class ToTell:
    """Somebody who must be told, and `told_at` once they have been. `due_at` is None for "without undue delay"."""

    whom: str
    due_at: datetime | None
    told_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and (self.told_at or now) > self.due_at


def due_at(aware_at: datetime) -> datetime:
    """The latest time to tell the Information Commissioner: 72 hours by the clock, including weekends and holidays."""
    return later(aware_at, timedelta(hours=HOURS))


def hours_left(aware_at: datetime, now: datetime) -> int:
    """How many whole hours are left; below 0 when it is too late."""
    return (due_at(aware_at) - now) // timedelta(hours=1)


def to_tell(aware_at: datetime, severity: str, *, panel_says_so: bool, told: dict[str, datetime]) -> list[ToTell]:
    """Who must be told: the Commissioner if there is a risk or the panel says so, the people themselves if the risk is
    high. Includes anybody who was told although it was not required."""
    whom = []
    if severity in {"risk", "high"} or panel_says_so or "ico" in told:
        whom.append(ToTell("ico", due_at(aware_at), told.get("ico")))
    if severity == "high" or "people" in told:
        whom.append(ToTell("people", None, told.get("people")))
    return whom
