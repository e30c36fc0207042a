"""The state of the service, in words: nothing about an establishment, a child or a member of staff (A17)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """The state of a part of the service. WRONG: people notice it, or will; LOOK: somebody should look soon."""

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
    """One part of the service: its state, when that was last known, and what to do if it is not well."""

    title: str
    how: How
    says: str
    do: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Replica:
    """A replica to read from, as it was found just now. `place`: in the settings, from 1. No host and no login.

    `behind`: bytes that it has not replayed yet, None where it has them all. `newest`: when the last data it has was
    stored. `why_not`: why it is not used although it answers. `lost_since`: when it was first found not to answer.
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
    """A part of the daily work: how often it ended well in the last run, and how often it did not."""

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
        """The state of its worst part."""
        return next((part.how for part in self.not_well), How.WELL)

    @property
    def not_well(self) -> tuple[Part, ...]:
        """The parts that are not well, the worst first, so that nobody has to look for an outage among reminders."""
        return tuple(part for how in (How.WRONG, How.LOOK) for part in self.parts if part.how == how)
