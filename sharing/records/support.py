"""Offers of support and requests for them: frozen facts (P8)."""

from dataclasses import dataclass
from datetime import date, datetime

from sharing.records import Here, Why


@dataclass(frozen=True)
class OfferLine:
    """An offer. `state` is "Stands", "Over" or "Withdrawn"; only Level 1 of the establishment sees the last two."""

    id: int
    challenge: str
    what: str
    for_whom: str
    how: str
    until: date
    made_at: datetime
    state: str

    @property
    def stands(self) -> bool:
        return self.state == "Stands"


@dataclass(frozen=True)
class SupportLine:
    """A request. `other`: the establishment at the other end; `is_ours`: it was sent from here."""

    id: int
    challenge: str
    other: str
    is_ours: bool
    state: str
    waits: bool
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class SupportPage:
    """The offers of one establishment. `asks_as`: one's own establishments (URN, name) that may ask to join.

    `requests` and `past` are for Level 1 of the establishment; for them `may_offer` is true while it takes part.
    """

    here: Here
    offers: tuple[OfferLine, ...]
    past: tuple[OfferLine, ...]
    requests: tuple[SupportLine, ...]
    asks_as: tuple[tuple[int, str], ...]
    keeps: bool
    may_offer: bool
    head: str
    telephone: str
    website: str
    why: Why


@dataclass(frozen=True)
class OfferToMake:
    """The form of an offer. `offer`: if one is being changed, its challenge's code, its words and its version."""

    here: Here
    offer: dict[str, object] | None
    why: Why


@dataclass(frozen=True)
class AskingForSupport:
    """An offer that the establishment `here` is about to ask for."""

    here: Here
    offer: OfferLine
    offered_by: str
    offered_urn: int
    telephone: str
    why: Why


@dataclass(frozen=True)
class SupportRequestPage:
    """One request, for Level 1 at both ends."""

    here: Here
    request: SupportLine
    offer: OfferLine
    words: str
    asked_by: str
    answer: str
    answered_by: str
    can_answer: bool
    can_take_back: bool
    telephone: str
    why: Why
