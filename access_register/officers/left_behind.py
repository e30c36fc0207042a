"""Duties and legal overrides of a school that has closed and that another followed by a merger or a split (P3, R9).

A duty never reaches further than it says, so it opens nothing at the school that came after. The officer is told, and
so are those who keep duties; nobody is told if the officer may see the same data there already. A school that goes on
under a new URN takes its duties with it (access_register.register.carried).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access_register.models import Duty, Order
from access_register.register.rules import CannotChange
from sharing.authorise import Through
from sharing.authorise.grants import GrantQuerySet
from sharing.imports.succession import MERGED
from sharing.models import Establishment, EstablishmentLink, EstablishmentPermission
from sharing.models.establishments import CLOSED, EstablishmentQuerySet
from sharing.statements import value_of

# A link is recorded at either end. A merger that does not say which came first is recorded at both.
_FOLLOWED_BY, _CAME_AFTER = (f"^({'|'.join((end, *MERGED))})" for end in ("Successor", "Predecessor"))
ENDED = "{} has closed, and a {} opens nothing there. Name the school that has its children now."
_Named = Duty.establishments.through


def left_behind(today: date) -> QuerySet[Duty]:
    """Duties that still run and name a closed school, whose officer may not see these data at one that came after."""
    after = _left(today, person="duty__appointment__person", data="duty__data")
    named = _Named.objects.filter(
        Exists(after), duty=OuterRef("pk"), establishment__status_code=CLOSED, establishment__goes_on_as=None
    )
    going_on = Duty.objects.filter(Exists(named), ended_at=None, ends_on__gte=today)
    return going_on.exclude(appointment__ends_on__lt=today)


def orders_left_behind(today: date) -> QuerySet[Order]:
    """Legal overrides of a whole school that still run, in the same situation (R18)."""
    after = _left(today, person="person_id", data="data")
    going_on = Order.objects.filter(Exists(after), ended_at=None, ends_on__gte=today)
    return going_on.filter(establishment__status_code=CLOSED, establishment__goes_on_as=None)


def _left(today: date, *, person: str, data: str) -> EstablishmentQuerySet:
    """Schools that came after the establishment of the outer row, where that person may not see these data today."""
    closed = OuterRef(OuterRef("establishment__urn"))
    told = EstablishmentLink.objects.filter(
        Q(urn=closed, link_urn=OuterRef("urn"), link_type__regex=_FOLLOWED_BY)
        | Q(link_urn=closed, urn=OuterRef("urn"), link_type__regex=_CAME_AFTER)
    )
    seen = _seen(today).filter(
        content_object=OuterRef("pk"), user=OuterRef(OuterRef(person)), permission__codename=OuterRef(OuterRef(data))
    )
    return _open(today).filter(Exists(told)).exclude(Exists(seen))


def check_goes_on(places: Iterable[Establishment], what: str) -> None:
    """Refuse a duty or a legal override for a school that has ended. Raises CannotChange.

    Call it inside a visit of somebody who keeps duties: PostgreSQL tells only them where nobody of a school has access
    any more.
    """
    closed = {place.pk: place.name for place in places if place.status_code == CLOSED}
    ended = value_of("SELECT array_agg(id) FROM portal_ended() AS id WHERE id = ANY (%s)", list(closed)) or []
    if ended:
        names = ", ".join(sorted(closed[number] for number in ended))
        raise CannotChange(ENDED.format(names, what), "urns" if what == "duty" else "urn")


def came_after(duties: Iterable[Duty], today: date) -> dict[int, tuple[str, ...]]:
    """Each duty, by its key -> the names of the schools that came after one that it names and where it opens nothing.
    At most three queries, however many duties there are."""
    closed = {duty: {place.urn for place in duty.establishments.all() if has_gone(place)} for duty in duties}
    followers = _followers(set[int]().union(*closed.values()))
    after = list(_open(today).filter(urn__in=set[int]().union(*followers.values())).by_name()) if followers else []
    people = {duty.appointment.person_id for duty in closed}
    seen = _seen(today).filter(content_object__in=after, user__in=people)
    held = set(seen.values_list("user", "permission__codename", "content_object")) if after else set()
    return {
        duty.pk: tuple(
            place.name
            for place in after
            if any(place.urn in followers[urn] for urn in urns)
            and (duty.appointment.person_id, duty.data, place.pk) not in held
        )
        for duty, urns in closed.items()
    }


def has_gone(place: Establishment) -> bool:
    return place.status_code == CLOSED and not place.goes_on_as_id


def _followers(closed: Collection[int]) -> dict[int, set[int]]:
    """The schools that came after each of these, by URN."""
    found: dict[int, set[int]] = defaultdict(set)
    if closed:
        either_end = EstablishmentLink.objects.filter(
            Q(urn__in=closed, link_type__regex=_FOLLOWED_BY) | Q(link_urn__in=closed, link_type__regex=_CAME_AFTER)
        )
        for urn, other, how in either_end.values_list("urn", "link_urn", "link_type"):
            if not how.startswith("Predecessor"):
                found[urn].add(other)
            if not how.startswith("Successor"):
                found[other].add(urn)
    return found


def _open(today: date) -> EstablishmentQuerySet:
    return Establishment.objects.of_the_community().not_closed_on(today)


def _seen(today: date) -> GrantQuerySet:
    """The rows of what officers may see today."""
    return EstablishmentPermission.objects.live_on(today).filter(through=Through.EDUNET)
