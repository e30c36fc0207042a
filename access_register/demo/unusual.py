"""Unusual patterns in the demonstration (P17): for the head of Beckside, and some only for the information manager."""

from dataclasses import dataclass
from datetime import date, timedelta

from access_register.demo.cast import BY_SLUG
from access_register.models import Person
from sharing.authorise import Through
from sharing.demo.places import BECKSIDE, RAVENSGILL
from sharing.models import Establishment, UnusualPattern

Kind = UnusualPattern.Kind


@dataclass(frozen=True)
class Odd:
    """`ago`: days. `urn` is None for what did not happen at any one establishment."""

    who: str
    kind: UnusualPattern.Kind
    urn: int | None
    ago: int
    number: int
    at_most: int
    usual: int = 0
    of_head: bool = False
    through: Through = Through.SCHOOLS_ONLINE


ODD = (
    Odd("teacher-beckside", Kind.REFUSED, BECKSIDE, 3, 12, 10),
    Odd("business-manager-beckside", Kind.MANY, BECKSIDE, 2, 74, 60, usual=11),
    Odd("head-ravensgill", Kind.MANY, RAVENSGILL, 4, 62, 60, usual=9, of_head=True),
    Odd("officer-no-duty", Kind.GLASS, None, 5, 2, 1, through=Through.EDUNET),
)


def place_patterns(today: date, places: dict[int, Establishment]) -> int:
    """Each is placed once, and visitors take it from there."""
    return sum(_place(odd, today, places) for odd in ODD)


def _place(odd: Odd, today: date, places: dict[int, Establishment]) -> int:
    somebody = Person.objects.get(email=BY_SLUG[odd.who].email)
    place = places[odd.urn] if odd.urn else None
    if UnusualPattern.objects.filter(person_id=somebody.pk, kind=odd.kind, establishment=place).exists():
        return 0
    UnusualPattern.objects.create(
        kind=odd.kind, establishment=place, person_id=somebody.pk, person_name=somebody.name, through=odd.through,
        of_head=odd.of_head, day=today - timedelta(days=odd.ago), number=odd.number, at_most=odd.at_most,
        usual=odd.usual,
    )  # fmt: skip
    return 1
