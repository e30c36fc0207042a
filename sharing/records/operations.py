"""How the service is, in words: nothing of an establishment, a child or a member of staff (A17)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """How a part of the service is. WRONG: people notice, or will; LOOK: somebody ought to look soon."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"

    @property
    def words(self) -> str:
        return {"well": "Well", "look": "Look into it", "wrong": "Wrong"}[self.value]

    @property
    def colour(self) -> str:
        return {"well": "green", "look": "yellow", "wrong": "red"}[self.value]


@dataclass(frozen=True)
class Part:
    """One part of the service: how it is, when it was last known, and what to do where it is not well."""

    title: str
    how: How
    says: str
    do: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Replica:
    """A replica to read from, as it was found just now; `place` in the settings, from 1. No host and no login.

    `behind`: bytes that it has not replayed, None where it has all. `newest`: when the last of what it has was stored.
    `why_not`: why it is not read although it answers. `lost_since`: when it was first found not to answer.
    """

    place: int
    answers: bool
    behind: int | None = None
    newest: datetime | None = None
    why_not: str = ""
    lost_since: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """What waits for the worker. `failed`: within the last seven days."""

    title: str
    waiting: int
    running: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True)
class DailyPart:
    """A part of the daily work: how many of it ended well in the last run, and how many did not."""

    title: str
    done: int
    failed: int


@dataclass(frozen=True)
class Operations:
    """The whole service on one page."""

    parts: tuple[Part, ...]
    queues: tuple[Queue, ...]
    daily: tuple[DailyPart, ...]
    looked_at: datetime

    @property
    def how(self) -> How:
        """As its worst part is."""
        return next((part.how for part in self.not_well), How.WELL)

    @property
    def not_well(self) -> tuple[Part, ...]:
        """What is wrong first, so that an outage is not looked for among reminders."""
        return tuple(part for how in (How.WRONG, How.LOOK) for part in self.parts if part.how == how)
