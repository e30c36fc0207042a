"""Whose confidential items somebody sees today, and why: the first lock (R26 to R28, A10, A11).

The second lock is the policies of `sharing.rls`. Neither relies on the other.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from sharing.authorise import Permission, Through, Visit
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.models import Consent, Establishment, LocalityMembership, RestrictedItem
from sharing.models.restricted import Circle
from sharing.statements import values_of

NOBODY = "You may see this item today."


@dataclass(frozen=True)
class Audience:
    """The circle of the asker, with the reason why they see each establishment or item in it."""

    circle: Circle
    by_place: dict[int, str]
    by_item: dict[UUID, str]

    def why(self, item: RestrictedItem) -> str:
        return self.by_place.get(item.establishment_id) or self.by_item.get(item.pk, NOBODY)


def of(here: Visit) -> Audience:
    """The audience of this visit: whose items the asker may see, and why."""
    if here.asker.through == Through.EDUNET:
        reasons = here.holdings.best(Permission.VIEW_RESTRICTED)
        return Audience(Circle(here.today, under_duty=here.holdings.at(Permission.VIEW_RESTRICTED)), reasons, {})
    own = here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    with_a_place = set(here.holdings.to_choose_from())
    taking_part = Establishment.objects.participating(here.today).values("pk")
    through = set(
        Establishment.objects.participating(here.today)
        .filter(pk__in=own - asked("portal_third_party_at"))
        .values_list("pk", flat=True)
    )
    today = LocalityMembership.objects.filter(covers(here.today))
    localities = dict(today.filter(establishment__in=through).values_list("locality", "locality__name"))
    neighbours = dict(
        today.filter(locality__in=localities, establishment__in=taking_part)
        .exclude(establishment__in=with_a_place)
        .values_list("establishment", "locality__name")
    )
    to_me = Q(to_establishments__overlap=list(through)) | Q(to_locality__in=localities)
    if through:
        to_me |= Q(recipients=Consent.Recipients.COMMUNITY)
    consents = (
        Consent.objects.standing_on(here.today)
        .filter(to_me, establishment__in=taking_part)
        .exclude(establishment__in=with_a_place)
    )
    return Audience(
        Circle(
            here.today,
            own=own,
            at_level_1=here.holdings.at(Permission.MANAGE_REGISTER),
            neighbours=neighbours.keys(),
            consented=consents.values_list("item", flat=True),
        ),
        {place: _of_the_locality(name) for place, name in neighbours.items()}
        | here.holdings.best(Permission.VIEW_ESTABLISHMENT),
        {
            item: f"The head, {name}, has given consent until {day_in_words(until)} (protocol paragraph 11)."
            for item, name, until in consents.values_list("item", "given_by_name", "ends_on")
        },
    )


def _of_the_locality(name: str) -> str:
    return f"Your establishment and this one are in the {name} Locality today (protocol paragraph 11)."


def asked(function: str) -> set[int]:
    """The ids of the establishments that one of the database's own functions returns for the asker."""
    return set(values_of(f"SELECT {function}()"))
