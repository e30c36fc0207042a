"""Who may see a child's record today, and by what right (R5, R9, R18, R24, R35).

It puts together the rows of the permission table, which both locks read, for each person in the way the door does for
an asker (`Holdings`). To these it adds the ways past the table, as far as the database tells the reader about them. On
Schools Online the page is for Level 1. On EduNet it is for officers whose duty shows them the record. The information
manager is told of all officers except those who broke the glass, because they are not told for which child
(docs/adr/0021); every other officer is told only of their own right.
"""

from collections.abc import Collection, Iterator
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from access_register.may_see import words
from access_register.may_see.records import Reader, WaysPast, WhoMaySee
from access_register.models import Person
from access_register.models.people import let_in
from access_register.register.rules import is_head
from sharing.authorise import Asker, Permission, Through, Visit, the_one, visit
from sharing.authorise.holdings import Holding, Holdings
from sharing.door.pupils import pupils_here
from sharing.models import Closing, EstablishmentPermission, NamedChild, Opening
from sharing.models.plain import in_order_of
from sharing.statements import rows_of


def show_who_may_see(asker: Asker, urn: int, pupil_id: UUID) -> WhoMaySee:
    """Everybody who sees the record now, as far as the asker may be told. Raises NoSuchRecord (404)."""
    on_edunet = asker.through == Through.EDUNET
    needed = Permission.VIEW_PUPILS if on_edunet else Permission.MANAGE_REGISTER
    with visit(asker, needed, urn, action="show_who_may_see") as here:
        pupil = the_one(pupils_here(here).filter(pk=pupil_id))
        keeps_duties = on_edunet and here.holdings.holds(Permission.MANAGE_DUTIES, here.establishment.pk)
        reader = Reader(here, pupil, on_edunet, keeps_duties, not on_edunet and is_head(here))
        ways = _ways_past(reader)
        groups, shut_out = words.groups(reader, tuple(_rows(reader)), ways)
        page = WhoMaySee(
            here.here,
            pupil.pk,
            f"{pupil.forename} {pupil.surname}",
            groups,
            shut_out,
            words.closings(ways),
            words.elsewhere(reader),
            words.untold(reader),
            timezone.now(),
            here.why,
        )
        here.tells_the_head = ways.tell_the_head
        here.showed(pupils=[pupil.pk], people=page.people)
        return page


def _rows(reader: Reader) -> Iterator[EstablishmentPermission]:
    """The rows of the permission table that show somebody the record today, as far as the reader may be told."""
    here = reader.here
    rows = EstablishmentPermission.objects.live_on(here.today).filter(
        let_in(here.today, "user__"), content_object=here.establishment, permission__codename=Permission.VIEW_PUPILS
    )
    if reader.on_edunet:
        rows = rows.filter(through=Through.EDUNET)
    if not reader.is_told_of_officers:
        rows = rows.filter(user=here.asker.person_id)
    in_order = rows.select_related("user").order_by(*in_order_of("user__name"), "user_id", "through", "pk")
    for _, of_one in groupby(in_order, key=lambda row: (row.user_id, row.through)):
        held = tuple(of_one)
        sees = _holdings(held, here).narrowing(Permission.VIEW_PUPILS, here.establishment.pk)
        if sees.admits(reader.pupil.year_group):
            yield from held


def _holdings(rows: tuple[EstablishmentPermission, ...], here: Visit) -> Holdings:
    """One person's rows at one site, in the form in which the door knows an asker's."""
    place = frozenset({here.establishment.pk})
    held = (Holding(place, Permission.VIEW_PUPILS, row.reason, row.year_groups, row.withheld) for row in rows)
    return Holdings(tuple(held), here.establishment.urn)


def _ways_past(reader: Reader) -> WaysPast:
    """What portal_ways_past tells the reader. An officer without the right to keep duties is told nothing."""
    numbers: dict[str, list[int]] = {"named": [], "opened": [], "closed": []}
    for way, number in rows_of("SELECT way, number FROM portal_ways_past(%s)", reader.pupil.pk):
        numbers[way].append(number)
    now, told = timezone.now(), Q() if reader.keeps_duties else Q(head_barred=False)
    as_head = told if reader.is_head else Q(pk__in=[])
    of_closings = told if reader.keeps_duties else as_head
    named = NamedChild.objects.live_on(reader.here.today).filter(told, pk__in=numbers["named"])
    opened = Opening.objects.open_at(now).filter(as_head, pk__in=numbers["opened"]).newest_first()
    closed = Closing.objects.in_force(now).filter(of_closings, pk__in=numbers["closed"]).order_by("ends_at", "pk")
    ways = WaysPast(tuple(named.order_by(*in_order_of("person_name"), "pk")), tuple(opened), tuple(closed))
    return ways.of_those(_let_in(ways.people, reader))


def _let_in(people: Collection[int], reader: Reader) -> Collection[int]:
    found = Person.objects.filter(let_in(reader.here.today), pk__in=people)
    return set(found.values_list("pk", flat=True)) if people else ()
