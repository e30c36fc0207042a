"""Duties that name a school which has closed, where another came after it by a merger or a split (P3, R9).

A duty never reaches further than it says, so it opens nothing at the one that came after. Who keeps duties is told, and
the officer; nobody is, where the officer may see the same there already. A school that goes on under a new URN takes
its duties along (access_register.carried).
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from access_register.models import Duty
from sharing.authorise import Through
from sharing.models import Establishment, EstablishmentLink, EstablishmentPermission
from sharing.models.establishments import CLOSED, EstablishmentQuerySet

# From either end, and by a merger that does not say who was before whom.
_CAME_AFTER = "^(Successor|Predecessor|Result of Amalgamation|Merge|Expansion|Closure)"
_Named = Duty.establishments.through


def left_behind(today: date) -> QuerySet[Duty]:
    """Duties that go on, and leave a school that came after one of theirs."""
    after = _without_theirs(
        _came_after([OuterRef(OuterRef("establishment__urn"))], today), today,
        person=OuterRef("duty__appointment__person"), data=OuterRef("duty__data"),
    )  # fmt: skip
    named = _Named.objects.filter(
        Exists(after), duty=OuterRef("pk"), establishment__status_code=CLOSED, establishment__goes_on_as=None
    )
    going_on = Duty.objects.filter(Exists(named), ended_at=None, ends_on__gte=today)
    return going_on.exclude(appointment__ends_on__lt=today)


def came_after(duty: Duty, today: date) -> tuple[str, ...]:
    """The schools that came after one which the duty names, by name, where it opens nothing. One query, or none."""
    closed = [
        place.urn for place in duty.establishments.all() if place.status_code == CLOSED and not place.goes_on_as_id
    ]
    if not closed:
        return ()
    after = _came_after(closed, today)
    left = _without_theirs(after, today, person=duty.appointment.person_id, data=duty.data)
    return tuple(place.name for place in left.by_name())


def _came_after(closed: Collection[Any], today: date) -> EstablishmentQuerySet:
    told = EstablishmentLink.objects.filter(
        Q(urn__in=closed, link_urn=OuterRef("urn")) | Q(link_urn__in=closed, urn=OuterRef("urn")),
        link_type__regex=_CAME_AFTER,
    )
    return Establishment.objects.of_the_community().not_closed_on(today).filter(Exists(told))


def _without_theirs(after: EstablishmentQuerySet, today: date, *, person: Any, data: Any) -> EstablishmentQuerySet:
    """Without those where the person may see the same by another duty."""
    held = EstablishmentPermission.objects.live_on(today).filter(through=Through.EDUNET, content_object=OuterRef("pk"))
    return after.exclude(Exists(held.filter(user=_outer(person), permission__codename=_outer(data))))


def _outer(value: Any) -> Any:
    return OuterRef(value) if isinstance(value, OuterRef) else value
