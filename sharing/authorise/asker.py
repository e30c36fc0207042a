"""Who asks, and through which front-end."""

from dataclasses import dataclass

from sharing.authorise.grants import Through


@dataclass(frozen=True)
class Asker:
    """A signed-in person at one of the two sites. A duty counts on EduNet, a register line on Schools Online."""

    person_id: int
    name: str
    through: Through
