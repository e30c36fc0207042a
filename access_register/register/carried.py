"""What follows when a school converts: the head is asked to look through the register that came over (R35), an open
handover ends, cases (R41), duties (R9) and legal overrides (R18) go on, and who had left the protocol stays out (R16).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet
from django.dispatch import receiver
from django.utils import timezone

from access_register.models import (
    Breach,
    BreachParty,
    CarriedRegister,
    Contract,
    Duty,
    Handover,
    LineEvent,
    OfficerAppointment,
    Order,
    ParticipationStep,
    RegisterLine,
    ResponsiblePerson,
    ReviewNotice,
    Sanction,
)
from access_register.models.lines import HEAD_SEAT, RegisterLineQuerySet
from access_register.notices import mail
from access_register.service import BY_ITSELF
from sharing.models import Establishment, Participation
from sharing.signals import establishment_succeeded
from sharing.statements import hold_lock, value_of, values_of


@receiver(establishment_succeeded)
def lock_both(predecessor: Establishment, successor: Establishment, **kwargs: Any) -> None:
    """Lock both registers, before the other receivers, which come after this one, change anything of them."""
    lock_registers(predecessor, successor)


def lock_registers(*places: Establishment) -> None:
    """Lock whole registers in the order in which whoever changes part of them does: first against those who add to them
    (`hold_register`), then their handovers, their contracts, and their lines by their number. Permissions come last."""
    for place in sorted(places, key=lambda place: place.pk):
        hold_lock("access_register_registerline", place.pk)
    for rows in (
        Handover.objects.filter(done_at=None),
        Contract.objects,
        RegisterLine.objects.filter(withdrawn_at=None),
    ):
        held = rows.filter(establishment__in=places).select_for_update().order_by("pk")
        list(held.values_list("pk", flat=True))


@receiver(establishment_succeeded)
def ask_for_confirmation(
    predecessor: Establishment, successor: Establishment, on: date, today: date, **kwargs: Any
) -> list[str]:
    """Ask the new school's head to look through the register. Lines of an accepted handover have come over with their
    days, and so has it: whoever is head after them is asked as well. A handover that was not accepted ends, and so does
    one to come if the new school has a head of its own: the head and the successor are told that it has to be named
    again."""
    CarriedRegister.objects.get_or_create(establishment=successor, from_name=predecessor.name, on=on)
    under_way = Handover.objects.filter(establishment=predecessor, done_at=None, cancelled_at=None)
    because = f"The school carries on as {successor.name}. Name the successor there."[:300]
    waits = under_way.filter(accepted_at=None).select_related("successor", "outgoing__person")
    ended = list(waits.select_for_update(of=("self",)))  # one that is accepted at this moment is left out
    for handover in ended:
        handover.cancelled_at, handover.cancelled_by_name = timezone.now(), BY_ITSELF
        handover.cancelled_because = because
        handover.save(update_fields=["cancelled_at", "cancelled_by_name", "cancelled_because"])
    ended += _undone(under_way.exclude(accepted_at=None), successor, today, because)
    under_way.exclude(accepted_at=None).update(done_at=timezone.now())
    accepted = Handover.objects.filter(establishment=predecessor, accepted_at__isnull=False, cancelled_at=None)
    accepted.filter(Q(until=None, on__gt=on) | Q(until__gte=on)).update(establishment=successor)
    for handover in ended:
        about = {"establishment": predecessor.name, "goes_on_as": successor.name, "on": handover.on}
        for person in (handover.outgoing.person, handover.successor):
            mail.send_later("handover_lapsed", [person.email], name=person.name, **about)
    question = f"The handover at {predecessor.urn} has ended: name the successor again at {successor.urn}."
    return [question] if ended else []


def _undone(accepted: QuerySet[Handover], successor: Establishment, today: date, because: str) -> list[Handover]:
    """The accepted handovers whose day is to come, undone where somebody else is head of the successor: the line of the
    head to come has no place there, and what it had cut of others' lines would be missing."""
    heads = RegisterLine.objects.live_on(today).filter(establishment=successor, seat=HEAD_SEAT)
    to_come = accepted.filter(Exists(heads.exclude(person=OuterRef("successor"))), on__gt=today)
    undone = []
    for handover in to_come.select_related("successor", "outgoing__person").select_for_update(of=("self",)):
        with suppress(IntegrityError), transaction.atomic():  # somebody has a place by now that was given up
            value_of(
                "SELECT access_register_undo_handover(handed, %s, %s) FROM access_register_handover AS handed "
                "WHERE id = %s",
                BY_ITSELF, because, handover.pk,
            )  # fmt: skip
            undone.append(handover)
    return undone


@receiver(establishment_succeeded)
def carry_cases(predecessor: Establishment, successor: Establishment, **kwargs: Any) -> None:
    """Cases about the establishment or against it, and their decisions, go on under the new URN. A conversion is no way
    round a sanction: the new head answers and appeals, and its Locality judges (R41). A successor that takes part
    already is suspended too. A third party that was ended stays ended, and all that ended with it goes along, as an
    appeal can bring it back."""
    Breach.objects.filter(about=predecessor).update(about=successor)
    against_it = BreachParty.objects.filter(establishment=predecessor)
    # One against both stays so: nothing is a party twice.
    against_both = BreachParty.objects.filter(establishment=successor).values("breach")
    against_it.exclude(breach__in=against_both).update(establishment=successor)
    Sanction.objects.filter(establishment=predecessor).update(establishment=successor)
    value_of("SELECT access_register_pause(%s)", successor.pk)
    sanctions = Sanction.objects.filter(contract__establishment=predecessor, lifted_at=None)
    ended = sanctions.filter(ended__isnull=False).values_list("ended__contracts", flat=True)
    with_it = [number for contracts in ended for number in contracts]
    of_them = Q(pk__in=sanctions.values("contract")) | Q(pk__in=with_it)
    _move(Contract.objects.filter(of_them, establishment=predecessor, ended_at__isnull=False), successor)


@receiver(establishment_succeeded)
def carry_duties(predecessor: Establishment, successor: Establishment, on: date, **kwargs: Any) -> None:
    """A duty that names the establishment, or a legal override that opens it, names the successor instead (R9, R18).

    Neither becomes wider: the same records, for the same days, are now under the new URN, and nothing is left at the
    old one. Duties and overrides that have ended stay as recorded. `community_changed` then updates what officers hold.
    It locks the appointments, which come before overrides: all of them, since the update may, and in the same order.
    """
    going_on = Duty.objects.filter(establishments=predecessor, ended_at=None, ends_on__gte=on)
    for duty in going_on:
        duty.establishments.remove(predecessor)
        duty.establishments.add(successor)
    opened = Order.objects.filter(establishment=predecessor, ended_at=None, ends_on__gte=on)
    if opened.exists():
        list(OfficerAppointment.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        opened.update(establishment=successor)


def end_barred(predecessor: Establishment, successor: Establishment) -> dict[int, Contract]:
    """End the contracts with third parties that are barred at the successor, and return them by their number. A
    conversion is no way round a sanction (R41)."""
    going_on = Contract.objects.filter(establishment=predecessor, ended_at=None).select_related("organisation")
    until = Func("organisation", successor.pk, function="access_register_barred_until", output_field=DateField())
    found = going_on.alias(barred_until=until).filter(barred_until__isnull=False)
    barred: dict[int, Contract] = {one.pk: one for one in found}
    Contract.objects.filter(pk__in=barred).update(ended_at=timezone.now())
    return barred


def contract_at(contract: Contract, successor: Establishment) -> Contract:
    """A copy of the third party's contract at the successor, which a case against it is now about (R41). At the
    predecessor, nobody has to destroy anything."""
    goes_along = (
        "organisation", "reference", "clause", "starts_on", "ends_on", "document", "document_name",
        "dbs_confirmed_on", "recorded_by_name", "ended_at", "destruction_asked_at", "destruction_certified_on",
    )  # fmt: skip
    copied = Contract.objects.create(
        establishment=successor, **{name: getattr(contract, name) for name in goes_along}
    )  # fmt: skip
    for against in (BreachParty, Sanction):
        against.objects.filter(contract=contract).update(contract=copied)
    Contract.objects.filter(pk=contract.pk, destruction_asked_at=None).update(destruction_asked_at=timezone.now())
    return copied


def carry_other_contracts(
    predecessor: Establishment, successor: Establishment, on: date, gone_along: Iterable[int]
) -> None:
    """Move contracts under which nobody is named yet, and those that were in use: at the old URN there is no head to
    name anybody or to record a certificate of destruction (R25), and who was a third party stays one (R24).
    `gone_along`: those that have a copy there. One that was renewed under its own reference is another contract.
    """
    going_on = Q(ended_at=None, ends_on__gte=on)
    was_used = Exists(RegisterLine.objects.filter(contract=OuterRef("pk")))
    kept = Contract.objects.filter(going_on | was_used, establishment=predecessor).exclude(pk__in=gone_along)
    _move(kept, successor)


def carry_former_people(lines: Iterable[int], contracts: Mapping[int, Contract], successor: Establishment) -> None:
    """Move the lines of people who had left a contract before, to its copy at the successor: they answer for what they
    did (R41), are asked for the certificate when it ends (R25), and stay third parties (R24)."""
    for number, copied in contracts.items():
        _move_lines(RegisterLine.objects.filter(pk__in=lines, contract=number), successor, contract=copied)


def _move(contracts: QuerySet[Contract], successor: Establishment) -> None:
    """Move contracts to the successor with the people named under them and their histories: they are read together."""
    going = list(contracts.values_list("pk", flat=True))
    Contract.objects.filter(pk__in=going).update(establishment=successor)
    _move_lines(RegisterLine.objects.filter(contract__in=going), successor)


def _move_lines(lines: RegisterLineQuerySet, successor: Establishment, **changed: Contract) -> None:
    """Move lines with their histories. A line stays behind if the person has their own there for some of its days."""
    of_their_own = RegisterLine.objects.filter(
        establishment=successor, person=OuterRef("person"), withdrawn_at=None, starts_on__lte=OuterRef("ends_on")
    ).exclude(ends_on__lt=OuterRef("starts_on"))
    moved = list(lines.exclude(Exists(of_their_own), withdrawn_at=None).values_list("pk", flat=True))
    RegisterLine.objects.filter(pk__in=moved).update(establishment=successor, **changed)
    LineEvent.objects.filter(line__in=moved).update(establishment=successor)


@receiver(establishment_succeeded)
def carry_notices(predecessor: Establishment, successor: Establishment, on: date, **kwargs: Any) -> None:
    """The review that is under way goes on (R36). Nobody who has had a reminder of it gets another."""
    about_it = ReviewNotice.objects.filter(establishment=predecessor, due_on__gte=on)
    there = ReviewNotice.objects.filter(establishment=successor)
    about_it.exclude(person__in=there.values("person")).update(establishment=successor)


@receiver(establishment_succeeded)
def carry_responsible_people(predecessor: Establishment, successor: Establishment, **kwargs: Any) -> None:
    """Those who answer for the protocol, or sign for it, do so under the new URN, unless it has somebody already."""
    on_file = ResponsiblePerson.objects.filter(establishment=predecessor).order_by("part", "-recorded_at", "-pk")
    there = ResponsiblePerson.objects.filter(establishment=successor)
    for named in on_file.exclude(part__in=there.values("part")).distinct("part"):
        named.pk, named._state.adding, named.establishment = None, True, successor
        named.save()


@receiver(establishment_succeeded)
def stay_out(predecessor: Establishment, successor: Establishment, today: date, **kwargs: Any) -> None:
    """A school whose head has left the protocol stays out under its new URN, although that had begun to take part by
    itself before it was known to be the same (R16). A head of its own who signed it up has decided otherwise."""
    steps = ParticipationStep.objects.order_by("-at", "-pk")
    last = steps.filter(establishment__in=values_of("SELECT sharing_under_any_urn(ARRAY[%s])", predecessor.pk)).first()
    if last and last.what == ParticipationStep.What.LEFT and not steps.filter(establishment=successor).exists():
        goes_on = Participation.objects.filter(establishment=successor).exclude(ends_on__lt=today)
        goes_on.filter(starts_on__gte=today).delete()
        goes_on.update(ends_on=today - timedelta(days=1), ended_because="The head has left the protocol.")
