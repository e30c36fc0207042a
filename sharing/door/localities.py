"""Localities as officers see them (P11, A11): which establishments are in one, and their move to another on a day.

A move is a step of the database (sharing/sql/localities.sql). Everything that reads a Locality reads it for a day, so
the move takes effect everywhere on its day, and nowhere before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Through, Visit, the_one, visit
from sharing.authorise.visits import NEEDED_ON_EDUNET
from sharing.cannot import CannotDo
from sharing.context import FSM, IDACI, in_order_of, whom_they_count, with_context, written
from sharing.dates import covers
from sharing.door.returns import Known
from sharing.measures.stopped import stopped_of_context
from sharing.models import Establishment, Locality, LocalityMembership, LocalityMove, RestrictedItem
from sharing.models.restricted import Circle
from sharing.ordering import Comparison, ContextKey
from sharing.records import PAGE_SIZE
from sharing.records.workbench import InLocality, LocalityLine, LocalityList, LocalityPage, Move, MovingPage, Stretch
from sharing.signals import locality_changed, move_planned
from sharing.statements import value_of

PURPOSE = "you can see the establishments that support each other beside the conditions of their children"
NO_LOCALITY = "No Locality"
REFUSED = {
    "days": "Choose a first day from today to a year ahead.",
    "under_way": "A move on a later day is already recorded. Take that one back first.",
    "same": "The establishment is already in this Locality on that day.",
    "began_today": "The establishment joined its Locality on that same day. Choose a later first day.",
    "begins_later": "It is already to join a Locality on that day or later. Choose a first day after that.",
    "moved_on": "The day of this move has come, or somebody has taken it back in the meantime. Record another move "
    "instead.",
    "not_yours": NEEDED_ON_EDUNET[Permission.MANAGE_DUTIES],
}
FIELDS = {"days": "on", "began_today": "on", "begins_later": "on", "same": "locality"}


class CannotMove(CannotDo):
    """The establishment cannot be moved as asked."""


def list_localities(asker: Asker) -> LocalityList:
    """Each Locality with the number of its establishments today."""
    with _on_edunet(asker, "list_localities") as here:
        today = Count("memberships", filter=_today(here, "memberships__"), distinct=True)
        to_come = Count("memberships", filter=Q(memberships__starts_on__gt=here.today), distinct=True)
        lines = tuple(
            LocalityLine(row.pk, row.name, row.number, row.to_come)
            for row in Locality.objects.annotate(number=today, to_come=to_come).by_name()
        )
        outside = Establishment.objects.in_no_locality(here.today)
        first = tuple(outside.by_name().values_list("urn", "name")[:PAGE_SIZE])
        number = outside.count() if len(first) == PAGE_SIZE else len(first)
        here.showed(localities=len(lines))
        return LocalityList(lines, number, first, _may_move(here), here.why_the_list)


def show_locality(asker: Asker, locality_id: int, *, order: ContextKey = ContextKey.IDACI) -> LocalityPage:
    """Its establishments today, with their context and what the asker's duties open. Raises NoSuchRecord."""
    comparison = Comparison(order, PURPOSE)
    with _on_edunet(asker, "show_locality") as here:
        locality = the_one(Locality.objects.filter(pk=locality_id))
        members = LocalityMembership.objects.filter(covers(here.today), locality=locality).values("establishment")
        places = list(with_context(in_order_of(comparison, Establishment.objects.filter(pk__in=members))))
        items, known = _items(here, places), _returns(here)
        lines = tuple(_line(here, place, items, known) for place in places)
        here.showed(
            locality=locality.pk, establishments=len(places), items=sum(items.values()), **comparison.for_the_ledger
        )
        return LocalityPage(
            id=locality.pk,
            name=locality.name,
            establishments=lines,
            protected=whom_they_count(line.fsm.counts for line in lines),
            stopped=stopped_of_context((*IDACI, *FSM)),
            moves=_moves(here, Q(from_locality=locality) | Q(to_locality=locality)),
            order=comparison,
            sees_returns=known is not None,
            sees_items=any(place.pk in _open_items(here) for place in places),
            may_move=_may_move(here),
            why=here.why_the_list,
        )


def show_moving(asker: Asker, urn: int) -> MovingPage:
    """The Locality that an establishment is in, those it was in, and the one it will be in."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_moving") as here:
        if asker.through != Through.EDUNET:
            raise NoSuchRecord
        rows = LocalityMembership.objects.filter(establishment=here.establishment).select_related("locality")
        stretches = tuple(Stretch(row.locality.name, row.starts_on, row.ends_on) for row in rows.order_by("-starts_on"))
        here.showed(stretches=len(stretches))
        return MovingPage(
            here=here.here,
            today=next((row.locality for row in stretches if _covers(row, here.today)), NO_LOCALITY),
            stretches=stretches,
            moves=_moves(here, Q(establishment=here.establishment)),
            localities=tuple(Locality.objects.by_name().values_list("pk", "name")),
            may_move=here.here.can_manage_duties,
            why=here.why,
        )


def move_establishment(asker: Asker, urn: int, *, locality: int, on: date, reason: str) -> None:
    """Move the establishment to that Locality from `on`. Raises CannotMove.

    Duties that depend on a Locality are updated.
    """
    with visit(asker, Permission.MANAGE_DUTIES, urn, action="move_establishment") as here:
        if not Locality.objects.filter(pk=locality).exists():
            raise CannotMove("Choose the Locality.", "locality")
        moves = here.establishment.pk, locality, on, reason, asker.name
        _step("SELECT sharing_move_locality(%s, %s, %s, %s, %s)", *moves)
        move = _follow(here, here.establishment, on)
        here.changed(locality=locality, on=on)
        move_planned.send(sender=Visit, move=move, is_taken_back=False)


def take_back_move(asker: Asker, urn: int, move_id: int) -> None:
    """Cancel a move whose day is still to come. Twice is the same as once. Raises CannotMove, and NoSuchRecord."""
    with visit(asker, Permission.MANAGE_DUTIES, urn, action="take_back_move") as here:
        move = the_one(LocalityMove.objects.filter(pk=move_id, establishment=here.establishment))
        if move.taken_back_at:
            here.showed(move=move.pk, on=move.on)
            return
        _step("SELECT sharing_take_back_move(%s, %s)", move.pk, asker.name)
        move = _follow(here, here.establishment, move.on)
        here.changed(move=move.pk, on=move.on)
        move_planned.send(sender=Visit, move=move, is_taken_back=True)


@contextmanager
def _on_edunet(asker: Asker, action: str) -> Iterator[Visit]:
    """A visit for officers. To anybody else these pages do not exist."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action=action) as here:
        if asker.through != Through.EDUNET or not here.holdings.rows:
            raise NoSuchRecord
        yield here


def _step(statement: str, *params: Any) -> None:
    refused = value_of(statement, *params)
    if refused == "not_yours":
        raise NotAtYourLevel(REFUSED[refused])
    if refused:
        raise CannotMove(REFUSED[refused], FIELDS.get(refused))


def _follow(here: Visit, establishment: Establishment, on: date) -> LocalityMove:
    """Update the duties that depend on the Localities before and after that day. Returns the move."""
    moves = LocalityMove.objects.select_related("establishment", "from_locality", "to_locality")
    move = moves.filter(establishment=establishment, on=on).latest("pk")
    localities = {move.to_locality_id, move.from_locality_id} - {None}
    answers = locality_changed.send(sender=Visit, here=here, localities=localities)
    refusals = [answer for _, answer in answers if answer]
    if refusals:
        raise CannotMove(str(refusals[0]))
    return move


def _today(here: Visit, prefix: str) -> Q:
    still = Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": here.today})
    return still & Q(**{f"{prefix}starts_on__lte": here.today})


def _covers(stretch: Stretch, day: date) -> bool:
    return stretch.starts_on <= day and (stretch.ends_on is None or stretch.ends_on >= day)


def _may_move(here: Visit) -> bool:
    return bool(here.holdings.at(Permission.MANAGE_DUTIES))


def _open_items(here: Visit) -> set[int]:
    return here.holdings.at(Permission.VIEW_RESTRICTED) if here.asker.second_factor else set()


def _items(here: Visit, places: list[Establishment]) -> dict[int, int]:
    """Establishment -> how many of its confidential items the asker's duty opens (R28)."""
    mine = _open_items(here) & {place.pk for place in places}
    if not mine:
        return {}
    items = RestrictedItem.objects.in_circle(Circle(here.today, under_duty=mine)).filter(withdrawn_at=None)
    return dict(items.values_list("establishment").annotate(Count("pk")).order_by())


def _returns(here: Visit) -> Known | None:
    kept = here.holdings.at(Permission.KEEP_RECORDS) and here.asker.second_factor
    return Known.of_all(here.today) if kept else None


def _line(here: Visit, place: Establishment, items: dict[int, int], known: Known | None) -> InLocality:
    return InLocality(
        urn=place.urn,
        name=place.name,
        kind=place.get_kind_display(),
        pupils=place.number_of_pupils,
        idaci=written(place.idaci, IDACI),
        fsm=written(place.fsm, FSM),
        returns=_in_words(place, known) if known and here.holdings.holds(Permission.KEEP_RECORDS, place.pk) else "",
        items=items.get(place.pk, 0) if place.pk in _open_items(here) else None,
    )


def _in_words(place: Establishment, known: Known) -> str:
    late = len(known.late_at(place))
    return f"{late} late" if late else "None late"


def _moves(here: Visit, which: Q) -> tuple[Move, ...]:
    """These moves, newest first."""
    found: QuerySet[LocalityMove] = LocalityMove.objects.filter(which).select_related(
        "establishment", "from_locality", "to_locality"
    )
    may_move = _may_move(here)
    return tuple(
        Move(
            id=row.pk,
            urn=row.establishment.urn,
            establishment=row.establishment.name,
            left=row.from_locality.name if row.from_locality else NO_LOCALITY,
            joins=row.to_locality.name,
            on=row.on,
            reason=row.reason,
            recorded_by=row.recorded_by_name,
            taken_back_by=row.taken_back_by_name,
            can_take_back=may_move and row.taken_back_at is None and row.on > here.today,
        )
        for row in found.order_by(F("on").desc(), "-pk")
    )
