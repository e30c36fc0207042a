"""Who asks, and through which front-end."""

from dataclasses import dataclass

from sharing.authorise.grants import Through
from sharing.authorise.refusals import NeedsConfirmation


@dataclass(frozen=True)
class Asker:
    """A signed-in person at one of the two sites. A duty counts on EduNet, a register line on Schools Online.

    `acting_for`: the URN of the establishment that the person has chosen to work for. It opens nothing and only
    narrows: of several sponsors, a third party sees the chosen one (R24).
    """

    person_id: int
    name: str
    through: Through
    acting_for: str = ""
    # What an officer is working for in this session, in words (P8). It is recorded in the ledger.
    purpose: str = ""
    # Whether a second factor was given in this session (R13), and whether the person has recently confirmed that it is
    # they who are at the keyboard. If unknown, neither counts.
    second_factor: bool = False
    confirmed_lately: bool = False
    # Whether the person is a superuser, which opens the operations page and nothing else (A17).
    runs_the_service: bool = False

    def prove(self) -> None:
        """Require that they have recently confirmed who they are (R13). Raises NeedsConfirmation."""
        if not self.confirmed_lately:
            raise NeedsConfirmation
