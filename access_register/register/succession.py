"""When one establishment carries on as another, its Access Register goes with it; when none does, the register ends."""

from datetime import date, timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access_register import grants, service
from access_register.models import Contract, Handover, Invitation, RegisterLine
from access_register.notices import mail
from access_register.register.carried import (
    carry_former_people,
    carry_other_contracts,
    contract_at,
    end_barred,
    lock_registers,
)
from sharing.models import Establishment
from sharing.signals import community_changed, establishment_ended, establishment_succeeded


@receiver(establishment_succeeded)
def carry_register_over(
    predecessor: Establishment, successor: Establishment, on: date, today: date, **kwargs: Any
) -> list[str]:
    """Every live line continues at the successor from its first day, and ends at the predecessor the day before.

    If the successor's register already has the person, or the seat, its own line stays as it is. Such lines are
    reported. If it had them for some days that are over, the line continues after these. So are contracts with third
    parties that are barred there: they end, with the lines under them.
    """
    barred, contracts = end_barred(predecessor, successor), dict[int, Contract]()
    questions = [f"{one.organisation} is barred at {successor.urn}, so its contract ended." for one in barred.values()]
    there = RegisterLine.objects.live_on(today).filter(establishment=successor)
    people, seats = set(there.values_list("person_id", flat=True)), set(there.values_list("seat", flat=True)) - {None}
    over = RegisterLine.objects.live_on(on).filter(establishment=successor, ends_on__lt=today)
    days_over = list(over.values_list("person_id", "seat", "ends_on"))
    lines = list(RegisterLine.objects.live_on(on).filter(establishment=predecessor).select_related("person"))
    under_contract = RegisterLine.objects.filter(establishment=predecessor).exclude(contract=None)
    former = list(under_contract.exclude(pk__in=[line.pk for line in lines]).values_list("pk", flat=True))
    for line in lines:
        service.end_line(line, last_day=on - timedelta(days=1))
        if line.contract_id in barred:
            continue
        if line.person_id in people or line.seat in seats:
            questions.append(f"The register of {successor.urn} has its own line or seat for {line.person.name}.")
            continue
        theirs = [last for person, seat, last in days_over if person == line.person_id or seat == line.seat is not None]
        line.starts_on = max(line.starts_on, on, *(last + timedelta(days=1) for last in theirs if last))
        if line.ends_on and line.ends_on < line.starts_on:
            continue
        waits = Invitation.objects.filter(line=line.pk, accepted_at=None)
        line.pk = None
        line._state.adding = True
        line.establishment, line.withdrawn_at, line.withdrawn_by_name = successor, None, ""
        if line.contract:
            contracts[line.contract.pk] = contracts.get(line.contract.pk) or contract_at(line.contract, successor)
            line.contract = contracts[line.contract.pk]
        service.place_line(line, carried_from=predecessor.name)
        waits.update(line=line, establishment=successor)
    carry_former_people(former, contracts, successor)
    carry_other_contracts(predecessor, successor, on, contracts)
    return questions


@receiver(establishment_ended)
def end_register(establishment: Establishment, today: date, by: str, **kwargs: Any) -> int:
    """End all lines at once (R44), and all contracts: the nightly run asks their organisations for certificates. The
    head and the successor of a handover are told that it ends."""
    lock_registers(establishment)
    lines = list(RegisterLine.objects.live_on(today).filter(establishment=establishment))
    for line in lines:
        service.end_line(line, last_day=today - timedelta(days=1))
    now = timezone.now()
    Invitation.objects.filter(line__in=lines, accepted_at=None, revoked_at=None).update(revoked_at=now)
    Contract.objects.filter(establishment=establishment, ended_at=None, ends_on__gte=today).update(ended_at=now)
    under_way = Handover.objects.filter(establishment=establishment, done_at=None, cancelled_at=None)
    under_way = under_way.exclude(accepted_at__isnull=False, on__lte=today)  # it has happened
    for handover in under_way.select_related("successor", "outgoing__person"):
        about = {"establishment": establishment.name, "on": handover.on, "has_closed": True}
        for person in (handover.outgoing.person, handover.successor):
            mail.send_later("handover_lapsed", [person.email], name=person.name, **about)
    under_way.update(cancelled_at=now, cancelled_by_name=by, cancelled_because="The establishment is closed.")
    return len(lines)


@receiver(community_changed)
def follow_the_community(today: date, **kwargs: Any) -> None:
    """Let officers see the establishments that joined the community, and no longer those that left it."""
    grants.rebuild(today)
