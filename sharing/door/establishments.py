"""Establishments: the asker's own places, the community's list, and one establishment's shared information."""

from typing import Any

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.door.paging import page_of
from sharing.models import Establishment, EstablishmentLink
from sharing.models.establishments import Kind
from sharing.records import (
    EstablishmentLine,
    EstablishmentList,
    EstablishmentPage,
    EstablishmentRecord,
    Place,
    ToDo,
    Why,
)
from sharing.signals import home_opened

TAKES_PART, EXCLUDED, OUTSIDE = "Takes part", "Has excluded itself", "Does not take part"


def my_places(asker: Asker) -> tuple[Place, ...]:
    """The establishments at which the asker has a place, by name (A18)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="my_places") as here:
        reasons = here.holdings.to_choose_from()
        own = Establishment.objects.filter(pk__in=reasons).with_membership(here.today).by_name()
        answers: Any = home_opened.send(sender=Visit, here=here)
        waiting: list[dict[int, ToDo]] = [answer for _, answer in answers]
        places = tuple(
            Place(
                **vars(here.pages_of(establishment)),
                kind=establishment.get_kind_display(),
                reason=reasons[establishment.pk],
                participates=establishment.takes_part_since is not None,
                to_do=tuple(answer[establishment.pk] for answer in waiting if establishment.pk in answer),
            )
            for establishment in own
        )
        here.showed(establishments=len(places))
        return places


def list_establishments(asker: Asker, *, named: str = "", kind: str = "", number: int = 1) -> EstablishmentList:
    """The establishments whose shared information the asker may read, ordered by name (R3, R4, R29)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_establishments") as here:
        found = here.readable_establishments().with_membership(here.today).by_name()
        if kind:
            found = found.filter(kind=kind)
        for word in named.split():
            found = found.filter(name__icontains=word)
        page = page_of(found, number, _line)
        own = here.establishments_with(Permission.VIEW_ESTABLISHMENT).values_list("urn", flat=True)
        here.showed(establishments=len(page.rows))
        reason = here.why_the_list()
        return EstablishmentList(page, frozenset(own), tuple(Kind.choices), Why(reason, here.permission))


def show_establishment(asker: Asker, urn: int) -> EstablishmentPage:
    """One establishment's shared information: the asker's own, or another that participates (R3, R17)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_establishment", shared=True) as here:
        establishment = Establishment.objects.with_membership(here.today).get(pk=here.establishment.pk)
        here.showed(establishments=1)
        return EstablishmentPage(
            here.here,
            _record(establishment),
            is_own=establishment.pk in here.holdings.at(Permission.VIEW_ESTABLISHMENT),
            why=Why(here.reason, here.permission),
        )


def _participation(establishment: Establishment) -> str:
    if establishment.takes_part_since:
        return TAKES_PART
    return EXCLUDED if establishment.took_part_until else OUTSIDE


def _line(establishment: Establishment) -> EstablishmentLine:
    return EstablishmentLine(
        urn=establishment.urn,
        name=establishment.name,
        kind=establishment.get_kind_display(),
        phase=establishment.phase_name,
        town=establishment.town,
        locality=establishment.in_locality or "",
        status=_participation(establishment),
        since=establishment.takes_part_since,
    )


def _record(establishment: Establishment) -> EstablishmentRecord:
    address = ("street", "locality_line", "address3", "town", "postcode")
    predecessors = EstablishmentLink.objects.filter(urn=establishment.urn, link_type__startswith="Predecessor")
    number = establishment.establishment_number
    as_they_are = {
        name: getattr(establishment, name)
        for name in EstablishmentRecord.__dataclass_fields__
        if name in {field.name for field in Establishment._meta.get_fields()}
    }
    return EstablishmentRecord(
        **as_they_are
        | {
            "kind": establishment.get_kind_display(),
            "phase": establishment.phase_name,
            "participation": _participation(establishment),
            "participates_since": establishment.takes_part_since,
            "locality": establishment.in_locality or "",
            "dfe_number": f"{establishment.la_code}/{number:04}" if number else "",
            "address": tuple(line for name in address if (line := getattr(establishment, name))),
            "predecessors": tuple(predecessors.order_by("link_urn").values_list("link_urn", "link_name")),
        }
    )
