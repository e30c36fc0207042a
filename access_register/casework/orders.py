"""Legal overrides that open access (P7, R18): an information manager records one, another person named in it
authorises it.

An order opens one child wherever they are on roll, or one kind of data of one establishment, to one person, for some
days. Both locks read what it opens in the place where they read what duties open. Heads are told about an order for a
child, unless that is barred.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register import grants
from access_register.casework import order_notices
from access_register.casework.casework import NO_SUCH_CHILD, check_is_one, which_child
from access_register.models import OfficerAppointment, Order, Person
from access_register.notices import answers
from access_register.officers import keeping
from access_register.officers.left_behind import check_goes_on, has_gone
from access_register.officers.officers import check_days
from access_register.officers.records import OrderRecord, OrdersPage
from access_register.register.rules import CannotChange
from access_register.service import BY_ITSELF
from sharing import narrowing
from sharing.authorise import Asker, Permission, Through, Visit, the_one
from sharing.days import day_in_words
from sharing.door import Exactly
from sharing.door.managing import as_officer
from sharing.door.paging import page_of
from sharing.ledger import ledger
from sharing.models import Establishment, NamedChild
from sharing.records import Why
from sharing.statements import one_at_a_time, value_of

NEEDED = "Legal overrides are authorised by officers of the Education Department, on EduNet."
_SAID = (
    "basis", "data", "withheld", "child_id", "establishment_id", "person_id", "through", "head_barred", "starts_on",
    "ends_on", "authoriser_id", "recorded_by_id",
)  # fmt: skip
YOURS = "You are asked to authorise these. Each opens nothing until you do."
_authorising = partial(as_officer, permission=Permission.VIEW_PUPILS, needed=NEEDED)


@dataclass(frozen=True)
class NewOrder:
    """What the information manager enters for an order: a child, or an establishment by its URN; people by email."""

    basis: str
    data: str
    withheld: Collection[str]
    child: Exactly | None
    urn: int | None
    person: str
    through: str
    authoriser: str
    reason: str
    head_barred: bool
    barred_because: str
    starts_on: date
    ends_on: date


def list_orders(asker: Asker, *, number: int = 1) -> OrdersPage:
    """All orders, those that have not ended first."""
    with keeping.duties(asker, "list_orders") as here:
        rows = Order.objects.select_related("establishment").newest_first()
        orders = page_of(rows, number, lambda row: _record(row, here))
        here.showed(orders=[order.id for order in orders])
        return OrdersPage(orders, here.why_anywhere())


def record_order(asker: Asker, *, order: NewOrder) -> int:
    """Put an order on record. It opens nothing until its authoriser agrees. Raises CannotChange.

    Returns its number; if the same order is sent twice, that of the first, so that ending it ends all of it.
    """
    if order.child:
        check_is_one(asker, order.child)
    with keeping.duties(asker, "record_order") as here:
        check_days(order.starts_on, order.ends_on, here.today)
        made = _made(order, here)
        _told_at(here, made, here.why_anywhere().reason)
        known = _sent_before(made)
        if known:
            here.showed(order=known.pk)
            return known.pk
        made.save()
        if made.child_id:
            NamedChild.objects.create(
                child_id=made.child_id, person_id=made.person_id, person_name=made.person_name, through=made.through,
                withheld=made.withheld, source=f"order:{made.pk}", reason=grants.reason_of_order(made),
                head_barred=made.head_barred, starts_on=grants.NOT_YET, ends_on=made.ends_on, named_by_name=asker.name,
            )  # fmt: skip
        grants.replace(f"order:{made.pk}", grants.of_order(made))
        here.changed(
            order=made.pk, basis=made.basis, person=made.person_id, authoriser=made.authoriser_id,
            head_barred=made.head_barred, ends_on=made.ends_on,
        )  # fmt: skip
        order_notices.ask_authoriser(made)
        return made.pk


def _sent_before(order: Order) -> Order | None:
    """An identical order that is already on record and has not ended."""
    one_at_a_time("record_order")
    same = Order.objects.filter(**{name: getattr(order, name) for name in _SAID}, ended_at=None)
    return next((one for one in same if (one.reason, one.barred_because) == (order.reason, order.barred_because)), None)


def list_orders_to_authorise(asker: Asker, *, number: int = 1) -> OrdersPage:
    """Orders that name the asker as their authoriser. Nothing here says which child an order is about."""
    with _authorising(asker, "list_orders_to_authorise") as here:
        mine = Order.objects.for_authoriser(asker.person_id).select_related("establishment").newest_first()
        orders = page_of(mine, number, lambda row: _record(row, here))
        here.showed(orders=[order.id for order in orders])
        return OrdersPage(orders, Why(YOURS, here.permission))


def authorise_order(asker: Asker, order_id: int) -> None:
    """Authorise an order, once: it opens from its first day on. Raises NoSuchRecord if it does not name the asker."""
    with _authorising(asker, "authorise_order") as here:
        asker.prove()
        done = value_of("SELECT access_register_authorise_order(%s)", order_id)
        mine = Order.objects.for_authoriser(asker.person_id).filter(pk=order_id, ended_at=None)
        found = the_one(mine.exclude(authorised_at=None).select_related("establishment"))
        _told_at(here, found, "Named as its authoriser.")
        if done:
            here.changed(order=order_id, person=found.person_id)
            answers.tell_who_recorded(found)
        else:
            here.showed(order=order_id)


def end_order(asker: Asker, order_id: int) -> None:
    """End an order: it opens nothing from the next request on (R44). If it has already ended, nothing changes."""
    with keeping.duties(asker, "end_order") as here:
        found = the_one(Order.objects.filter(pk=order_id).select_related("establishment"))
        _told_at(here, found, here.why_anywhere().reason)
        if value_of("SELECT access_register_end_order(%s, %s)", order_id, asker.name):
            here.changed(order=order_id, person=found.person_id)
        else:
            here.showed(order=order_id)


def end_those_of_leavers(today: date) -> Iterator[str]:
    """Every night, as portal_batch, end what the law opened on EduNet to officers whose appointment's last day has
    passed, just as ending the appointment does. A new appointment does not open it again (R9, R18)."""
    in_post = OfficerAppointment.objects.exclude(ends_on__lt=today)
    left = Order.objects.filter(through=Through.EDUNET, ended_at=None, ends_on__gte=today)
    theirs = left.exclude(person_id__in=in_post.values("person_id")).select_related("establishment")
    ended = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    for order in ended:
        order.ended_at, order.ended_by_name = timezone.now(), BY_ITSELF
        order.save(update_fields=["ended_at", "ended_by_name"])
        NamedChild.objects.of_source(f"order:{order.pk}").not_ended().update(ended_at=order.ended_at)
        grants.replace(f"order:{order.pk}", ())
        about = {"order": order.pk, "person": order.person_id}
        ledger.changed(action="end_order", urn=order.establishment.urn if order.establishment else None, about=about)
    if ended:
        yield f"{len(ended)} legal override{pluralize(len(ended))} to officers who have left, ended"


def _told_at(here: Visit, order: Order, why: str) -> None:
    """An order for a whole establishment is among the rows of that establishment, whose head may know of it (R43)."""
    if order.establishment:
        here.came_to(order.establishment, why)


def _made(order: NewOrder, here: Visit) -> Order:
    person, authoriser = _known(order.person, "person"), _known(order.authoriser, "authoriser")
    if authoriser.pk in (person.pk, here.asker.person_id):
        raise CannotChange("Somebody else has to authorise it: not you, and not the person it opens to.", "authoriser")
    _appointment(authoriser, here, "authoriser")
    if order.through == Through.EDUNET:
        # Locked, so that whoever ends the appointment sees this order too. Nobody may lock their own.
        last = _appointment(person, here, "person", held=person.pk != here.asker.person_id).ends_on
        if last and last < order.ends_on:
            raise CannotChange(f"{person.name} is an officer only until {day_in_words(last)}.", "ends_on")
    child_id, place = _scope(order, here, person)
    return Order(
        basis=order.basis, data=order.data, withheld=sorted(order.withheld), child_id=child_id, establishment=place,
        person_id=person.pk, person_name=person.name, through=order.through, reason=order.reason,
        head_barred=order.head_barred, barred_because=order.barred_because, starts_on=order.starts_on,
        ends_on=order.ends_on, recorded_by_id=here.asker.person_id, recorded_by_name=here.asker.name,
        authoriser_id=authoriser.pk, authoriser_name=authoriser.name,
    )  # fmt: skip


def _scope(order: NewOrder, here: Visit, person: Person) -> tuple[UUID | None, Establishment | None]:
    if (order.child is None) == (order.urn is None):
        raise CannotChange("Name one child, or one establishment by its URN, and not both.", "urn")
    if order.child:
        child_id = which_child(order.child)
        if child_id is None:
            raise CannotChange(NO_SUCH_CHILD, "upn")
        return child_id, None
    place = Establishment.objects.of_the_community().filter(urn=order.urn or 0).first()
    if place is None:
        raise CannotChange("No establishment of the community has this URN.", "urn")
    check_goes_on([place], "legal override")
    if order.through != Through.EDUNET or order.head_barred:
        raise CannotChange("An establishment is opened to an officer on EduNet, and its head is told.", "through")
    if person.pk == here.asker.person_id:
        raise CannotChange("You cannot open an establishment to yourself. Ask another information manager.", "person")
    return None, place


def _known(email: str, field: str) -> Person:
    person = Person.objects.of_address(email).filter(is_active=True).first()
    if person is None:
        raise CannotChange("Nobody on record has this email address.", field)
    return person


def _appointment(person: Person, here: Visit, field: str, *, held: bool = False) -> OfficerAppointment:
    today = OfficerAppointment.objects.filter(person=person, starts_on__lte=here.today).exclude(ends_on__lt=here.today)
    found = (today.select_for_update() if held else today).first()
    if found is None:
        raise CannotChange(f"{person.name} is not an officer on record today.", field)
    return found


def _record(row: Order, here: Visit) -> OrderRecord:
    runs = row.ended_at is None and row.ends_on >= here.today
    return OrderRecord(
        id=row.pk,
        basis=row.get_basis_display(),
        opens=row.get_data_display(),
        without=narrowing.in_words((), row.withheld),
        scope=row.establishment.name if row.establishment else "One child, wherever the child is on roll",
        person_name=row.person_name,
        site=Through(row.through).label,
        reason=str(row.reason),
        head_barred=row.head_barred,
        barred_because=str(row.barred_because or ""),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        recorded_by_name=row.recorded_by_name,
        recorded_at=row.recorded_at,
        authoriser_name=row.authoriser_name,
        authorised_at=row.authorised_at,
        ended_by_name=row.ended_by_name,
        state=_state(row, here, runs=runs),
        may_authorise=runs and row.authorised_at is None and row.authoriser_id == here.asker.person_id,
        may_end=runs,
        has_closed=runs and row.establishment is not None and has_gone(row.establishment),
    )


def _state(row: Order, here: Visit, *, runs: bool) -> str:
    if not runs:
        return "Ended"
    if row.authorised_at is None:
        return "Waiting to be authorised: it opens nothing"
    return "Not yet begun" if row.starts_on > here.today else "Open"
