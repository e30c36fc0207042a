"""Turns register lines, appointments and duties into rows of the one permission table: the only writer of its rows."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.auth.models import Permission as PermissionRow
from django.db.models import Q
from django.utils import timezone

from access_register.levels import PERMISSIONS_OF_LEVEL, Level
from access_register.models import Duty, OfficerAppointment, Order, RegisterLine
from access_register.officers.functions import FUNCTION
from sharing import narrowing
from sharing.authorise import Permission, Through
from sharing.days import day_in_words
from sharing.ledger import ledger
from sharing.models import Establishment, EstablishmentPermission, LocalityMembership, NamedChild
from sharing.statements import value_of


@dataclass(frozen=True)
class Grant:
    """One row of the permission table: who may do what, where, at which site, on which days (None: open-ended), and
    why.

    `source` names the line, appointment, duty or order that the row follows from, as in "line:12"."""

    person_id: int
    permission: Permission
    establishment_id: int
    through: Through
    starts_on: date
    ends_on: date | None
    source: str
    reason: str
    year_groups: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


class Places:
    """The establishments of the community and their Localities, read once for all officers and duties."""

    @cached_property
    def kinds(self) -> dict[int, str]:
        """Each establishment of the community, by its key -> its kind."""
        return dict(Establishment.objects.of_the_community().values_list("pk", "kind"))

    @cached_property
    def memberships(self) -> list[tuple[int, int, date, date | None]]:
        """(Locality, establishment, from, until) for each membership, including past ones."""
        rows = LocalityMembership.objects.values_list("locality_id", "establishment_id", "starts_on", "ends_on")
        return [row for row in rows if row[1] in self.kinds]


# The first day of rows that wait for an invitation, a day that never comes. portal_accept_invitation puts in the real
# first day (A9).
NOT_YET = date(9999, 12, 31)


def of_line(line: RegisterLine) -> Iterator[Grant]:
    """What a line of the Access Register opens on Schools Online.

    A line that is withdrawn or suspended opens nothing (R35). The rows of a line that is not accepted yet wait (A9). A
    Level 2 line may be narrowed (A5).
    """
    days = _days_of(line)
    if line.withdrawn_at or line.suspended_at or days is None:
        return
    giver = "" if line.given_by_name == line.person.name else f", given by {line.given_by_name}"
    reason = f"Level {line.level} here since {day_in_words(line.level_since)}{giver}"
    if line.level == Level.TWO and (narrowed := narrowing.in_words(line.year_groups, line.withheld)):
        reason += f", {narrowed}"
    years, withheld = (tuple(line.year_groups), tuple(line.withheld)) if line.level == Level.TWO else ((), ())
    starts_on, ends_on = (NOT_YET if line.awaiting_since else days[0]), days[1]
    for permission in PERMISSIONS_OF_LEVEL[Level(line.level)]:
        is_narrowed = permission == Permission.VIEW_PUPILS
        yield Grant(
            line.person_id, permission, line.establishment_id, Through.SCHOOLS_ONLINE,
            starts_on, ends_on, f"line:{line.pk}", reason,
            years if is_narrowed else (), withheld if is_narrowed else (),
        )  # fmt: skip


def _days_of(line: RegisterLine) -> tuple[date, date | None] | None:
    """(from, until), or None. A third party's line opens only while both the contract and the line are valid (R25)."""
    if line.role != RegisterLine.Role.THIRD_PARTY:
        return line.starts_on, line.ends_on
    contract = line.contract
    if contract is None or contract.ended_at:
        return None
    starts_on, ends_on = (
        max(line.starts_on, contract.starts_on),
        min(line.ends_on or contract.ends_on, contract.ends_on),
    )
    return (starts_on, ends_on) if starts_on <= ends_on else None


def of_appointment(appointment: OfficerAppointment, places: Places | None = None) -> Iterator[Grant]:
    """What an appointment opens on EduNet: establishment information of the whole community (P2, P16)."""
    if appointment.awaits_second:
        return
    reason = f"Officer of the Education Department ({appointment.team}) since {day_in_words(appointment.starts_on)}"
    for establishment_id in (places or Places()).kinds:
        yield Grant(
            appointment.person_id, Permission.VIEW_ESTABLISHMENT, establishment_id, Through.EDUNET,
            appointment.starts_on, appointment.ends_on, f"appointment:{appointment.pk}", reason,
        )  # fmt: skip


def of_duty(duty: Duty, today: date, places: Places | None = None) -> Iterator[Grant]:
    """What a duty opens on EduNet, for no longer than its appointment (R9). A duty that has ended opens nothing."""
    appointment = duty.appointment
    if duty.ended_at or appointment.awaits_second:
        return
    starts_on, ends_on = days_of_duty(duty)
    for establishment_id, since, until in _scope(duty, starts_on, ends_on, today, places or Places()):
        yield Grant(
            appointment.person_id, Permission(duty.data), establishment_id, Through.EDUNET,
            since, until, f"duty:{duty.pk}",
            f"Recorded duty until {day_in_words(until)}{_function(duty)}: {duty.reason}",
        )  # fmt: skip


def days_of_duty(duty: Duty) -> tuple[date, date]:
    """The first and last days on which the duty opens anything."""
    appointment = duty.appointment
    ends_on = min(duty.ends_on, appointment.ends_on or duty.ends_on, duty.confirmed_until or duty.ends_on)
    return max(duty.starts_on, appointment.starts_on), ends_on


def follow_line(line: RegisterLine) -> None:
    """Update what a line opens after it has changed."""
    replace(f"line:{line.pk}", of_line(line))


def follow_appointment(appointment: OfficerAppointment) -> None:
    """Update what an appointment opens by itself after it has changed."""
    replace(f"appointment:{appointment.pk}", of_appointment(appointment))


def follow_duty(duty: Duty, today: date) -> None:
    """Update what a duty opens after it has changed: its rows, and the days of the children named for it (R9)."""
    replace(f"duty:{duty.pk}", of_duty(duty, today))
    if duty.is_casework:
        named = NamedChild.objects.of_source(f"duty:{duty.pk}").not_ended()
        starts_on, ends_on = days_of_duty(duty)
        named.update(starts_on=starts_on, ends_on=ends_on, ended_at=duty.ended_at, reason=reason_of_casework(duty))


def reason_of_casework(duty: Duty) -> str:
    return f"Recorded casework until {day_in_words(days_of_duty(duty)[1])}{_function(duty)}: {duty.reason}"


def of_order(order: Order) -> Iterator[Grant]:
    """What a legal override opens of a whole establishment (R18): nothing before it is authorised, or once ended."""
    if order.ended_at or order.establishment_id is None:
        return
    yield Grant(
        order.person_id, Permission(order.data), order.establishment_id, Through(order.through),
        order.starts_on if order.authorised_at else NOT_YET, order.ends_on if order.authorised_at else None,
        f"order:{order.pk}", reason_of_order(order), withheld=tuple(order.withheld),
    )  # fmt: skip


def reason_of_order(order: Order) -> str:
    """Why, as the person and the head read it. The reason that was typed is in neither, as it may name somebody."""
    basis = f"{order.get_basis_display()[0].lower()}{order.get_basis_display()[1:]}"
    return f"Legal override until {day_in_words(order.ends_on)}, authorised by {order.authoriser_name}: {basis}"


def _function(duty: Duty) -> str:
    return f" for {FUNCTION[duty.function].words}" if duty.function in FUNCTION else ""


def _scope(duty: Duty, starts_on: date, ends_on: date, today: date, places: Places) -> set[tuple[int, date, date]]:
    """(establishment, from, until) for each place the duty reaches: in a Locality, its members while they are (A11)."""
    chosen = {place.pk for place in duty.establishments.all()}
    named = {
        establishment_id
        for establishment_id, kind in places.kinds.items()
        if duty.whole_community or establishment_id in chosen or kind in duty.kinds
    }
    reached = {(establishment_id, starts_on, ends_on) for establishment_id in named}
    localities = {locality.pk for locality in duty.localities.all()}
    for locality_id, establishment_id, since, until in places.memberships if localities else ():
        is_over = until is not None and until < max(today, starts_on)
        if locality_id in localities and establishment_id not in named and since <= ends_on and not is_over:
            reached.add((establishment_id, max(starts_on, since), min(ends_on, until or ends_on)))
    return reached


def replace(source: str, grants: Iterable[Grant]) -> None:
    """Replace the rows that follow from `source` by exactly `grants`."""
    EstablishmentPermission.objects.filter(source=source).delete()
    add(grants)


def add(grants: Iterable[Grant]) -> None:
    """Write these rows in addition to those already there. Use `replace` for a source that may already have rows."""
    rows = permission_rows()
    EstablishmentPermission.objects.bulk_create(
        EstablishmentPermission(
            user_id=grant.person_id,
            permission_id=rows[grant.permission],
            content_object_id=grant.establishment_id,
            through=grant.through,
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            source=grant.source,
            reason=grant.reason,
            year_groups=list(grant.year_groups),
            withheld=list(grant.withheld),
        )
        for grant in grants
    )


def end_own(line: RegisterLine) -> bool:
    """End a line for the person who asks, with its rows, by the database's own function. False: it is not theirs."""
    return bool(value_of("SELECT portal_leave(%s)", line.pk))


def end_orders_of(officer: OfficerAppointment, by_name: str) -> None:
    """End everything that legal overrides open to an officer on EduNet, by the database's own function."""
    orders = Order.objects.filter(person_id=officer.person_id, through=Through.EDUNET, ended_at=None)
    for number in orders.exclude(ends_on__lt=timezone.localdate()).order_by("pk").values_list("pk", flat=True):
        value_of("SELECT access_register_end_order(%s, %s)", number, by_name)


def permission_rows() -> dict[Permission, int]:
    """Each permission -> the key of its row in Django's table."""
    rows = PermissionRow.objects.filter(
        content_type__app_label="sharing", content_type__model="establishment", codename__in=list(Permission)
    )
    return {Permission(codename): pk for codename, pk in rows.values_list("codename", "pk")}


def actual(*, sources: Collection[str] | None = None) -> dict[Grant, int]:
    """Every row of the permission table as it is, or those of these sources, with its key; `expected` gives the rows it
    ought to have."""
    held = EstablishmentPermission.objects.all()
    if sources is not None:
        held = held.filter(source__in=sources)
    rows = held.values_list(
        "pk", "user_id", "permission__codename", "content_object_id", "through",
        "starts_on", "ends_on", "source", "reason", "year_groups", "withheld",
    )  # fmt: skip
    return {
        Grant(
            person, Permission(codename), place, Through(through),
            starts_on, ends_on, source, reason, tuple(years), tuple(withheld),
        ): number
        for number, person, codename, place, through, starts_on, ends_on, source, reason, years, withheld in rows
    }  # fmt: skip


def drift(today: date) -> tuple[set[Grant], set[Grant]]:
    """(rows that are missing, rows that should not be there). If both are empty, the table is exact."""
    wanted, found = set(expected(today)), actual().keys()
    return wanted - found, found - wanted


def rebuild(today: date) -> tuple[int, int]:
    """Make the table exact, and return how many rows were (missing, too many).

    What wrong rows follow from is locked, and then looked at again: it may have changed meanwhile (R44). Only rows that
    differ are written, as everybody who changes an appointment waits for this.
    """
    missing, extra = drift(today)
    wrong = {grant.source for grant in missing | extra}
    if wrong:
        _lock(wrong)
        found, wanted = actual(sources=wrong), {grant for grant in expected(today) if grant.source in wrong}
        EstablishmentPermission.objects.filter(pk__in=[found[grant] for grant in found.keys() - wanted]).delete()
        add(wanted - found.keys())
        told = {"missing": len(missing), "too_many": len(extra), "sources": sorted(wrong)}
        ledger.changed(action="rebuild_permissions", about=told)
    return len(missing), len(extra)


def _lock(sources: Collection[str]) -> None:
    """Lock the lines, appointments and orders behind these sources until the transaction ends, as whoever changes them
    does."""
    lines, appointments, duties, orders = (
        [int(number) for kind, _, number in (source.partition(":") for source in sources) if kind == wanted]
        for wanted in ("line", "appointment", "duty", "order")
    )
    behind = Q(pk__in=appointments) | Q(pk__in=Duty.objects.filter(pk__in=duties).values("appointment"))
    for rows in (
        RegisterLine.objects.filter(pk__in=lines),
        OfficerAppointment.objects.filter(behind),
        Order.objects.filter(pk__in=orders),
    ):
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def expected(today: date) -> Iterator[Grant]:
    """Every row the table ought to have."""
    lines = RegisterLine.objects.filter(withdrawn_at=None).select_related("person", "contract")
    for line in lines.defer("contract__document"):
        yield from of_line(line)
    places = Places()
    for appointment in OfficerAppointment.objects.all():
        yield from of_appointment(appointment, places)
    duties = Duty.objects.filter(ended_at=None).select_related("appointment")
    for duty in duties.prefetch_related("establishments", "localities"):
        yield from of_duty(duty, today, places)
    for order in Order.objects.filter(ended_at=None, child=None):
        yield from of_order(order)
