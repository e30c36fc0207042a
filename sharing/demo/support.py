"""Offers of support of the demonstration, and a request that waits (P8)."""

from dataclasses import dataclass
from datetime import date

from sharing.demo.places import CRAGWELL, OXENBY, RAVENSGILL
from sharing.models import Establishment, SupportOffer, SupportRequest
from sharing.models.support import Challenge
from sharing.school_year import academic_year

BY = "Demonstration"


@dataclass(frozen=True)
class Invented:
    urn: int
    challenge: Challenge
    what: str
    for_whom: str
    how: str


OFFERS = (
    Invented(
        RAVENSGILL,
        Challenge.READING,
        "Daily phonics in small groups, from Reception to Year 3. Come for a morning, and take our plans home.",
        "Primary schools of any size",
        "Ask here, and our English lead calls you within a week.",
    ),
    Invented(
        RAVENSGILL,
        Challenge.EAL,
        "An induction of six weeks for children new to English, with pictures, a buddy and a book to take home.",
        "Schools with children who join in the middle of the year",
        "Ask here. We come to you for an hour after school.",
    ),
    Invented(
        CRAGWELL,
        Challenge.PERSISTENT_ABSENCE,
        "A call on the first morning, a walk to school together, and a meeting of heads of year each half term.",
        "Schools with Years 5 to 8",
        "Come to the next meeting: our office tells you when it is.",
    ),
    Invented(
        OXENBY,
        Challenge.ATTENDANCE,
        "We look together at the first three weeks of term, class by class.",
        "Everybody",
        "Ask here.",
    ),
)
ASKS = (OXENBY, RAVENSGILL, Challenge.EAL, "Three children have joined us this month. May two of us come and see?")


def place_support(today: date) -> int:
    """Make the missing offers, open until the end of the school year, and the request. Returns the number of rows."""
    until = date(academic_year(today) + 1, 8, 31)
    by_urn = Establishment.objects.in_bulk({one.urn for one in OFFERS}, field_name="urn")
    standing = SupportOffer.objects.filter(withdrawn_at=None, until=until, establishment__in=by_urn.values())
    there = set(standing.values_list("establishment__urn", "challenge"))
    missing = [one for one in OFFERS if (one.urn, one.challenge.value) not in there]
    for one in missing:
        SupportOffer.objects.update_or_create(
            establishment=by_urn[one.urn], challenge=one.challenge, withdrawn_at=None,
            defaults={"what": one.what, "for_whom": one.for_whom, "how": one.how, "until": until, "made_by_name": BY},
        )  # fmt: skip
    return len(missing) + _ask(by_urn)


def _ask(by_urn: dict[int, Establishment]) -> int:
    asks, offers, challenge, words = ASKS
    offer = SupportOffer.objects.get(establishment=by_urn[offers], challenge=challenge, withdrawn_at=None)
    request = SupportRequest(
        offer=offer, establishment=by_urn[offers], from_establishment=by_urn[asks], words=words, asked_by_id=0,
        asked_by_name=BY,
    )  # fmt: skip
    waits = SupportRequest.objects.waiting().filter(offer=offer, from_establishment=by_urn[asks])
    if waits.exists():
        return 0
    request.save()
    return 1
