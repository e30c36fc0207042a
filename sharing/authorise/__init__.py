"""Whether somebody is let in or refused, with the reason: the one place that decides it (R45)."""

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission, Through, Withheld
from sharing.authorise.refusals import (
    NeedsConfirmation,
    NeedsSecondFactor,
    NoSuchRecord,
    NotAtYourLevel,
    NotYourEstablishment,
    Refusal,
    the_one,
)
from sharing.authorise.visits import Visit, visit

__all__ = [
    "Asker",
    "NeedsConfirmation",
    "NeedsSecondFactor",
    "NoSuchRecord",
    "NotAtYourLevel",
    "NotYourEstablishment",
    "Permission",
    "Refusal",
    "Through",
    "Visit",
    "Withheld",
    "the_one",
    "visit",
]
