"""Who asks, and through which front-end."""

from dataclasses import dataclass

from sharing.authorise.grants import Through


@dataclass(frozen=True)
class Asker:
    """A signed-in person at one of the two sites. A duty counts on EduNet, a register line on Schools Online.

    `acting_for`: the URN of the establishment chosen to work for. It opens nothing. It only narrows: of several
    sponsors a third party sees the chosen one (R24).
    """

    person_id: int
    name: str
    through: Through
    acting_for: str = ""
    # What an officer works for in this session, in words (P8). It stands in the ledger.
    purpose: str = ""
    # Whether a second factor was given in this session (R13), and whether the person has proved lately that it is
    # they who sit there. Unknown counts as no.
    second_factor: bool = False
    confirmed_lately: bool = False
    # A superuser. It opens the operations page and nothing else (A17).
    runs_the_service: bool = False
