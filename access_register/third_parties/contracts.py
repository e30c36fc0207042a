"""The contracts of an establishment with third parties: which there are, and whether one is over (R25)."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from access_register.models import Contract, RegisterLine
from access_register.register.rules import CannotChange
from sharing.authorise import Visit, the_one
from sharing.models.plain import in_order_of


def of(here: Visit) -> QuerySet[Contract]:
    """Those on record, the one that ends last first, each with its lines."""
    rows = Contract.objects.filter(establishment=here.establishment).select_related("organisation")
    lines = RegisterLine.objects.select_related("person").order_by(*in_order_of("person__name"), "pk")
    by_name = rows.prefetch_related(Prefetch("lines", lines))
    return by_name.order_by("-ends_on", *in_order_of("organisation__name"), "pk")


def one(here: Visit, contract_id: int) -> Contract:
    """The contract, locked until the end of the transaction. Raises NoSuchRecord."""
    return the_one(of(here).select_for_update(of=("self",)).filter(pk=contract_id))


def lines_of(contract: Contract) -> list[RegisterLine]:
    """The lines under the contract that nobody has withdrawn, locked by their number, as a handover locks them."""
    lines = contract.lines.filter(withdrawn_at=None).select_related("person")
    return list(lines.select_for_update(of=("self",)).order_by("pk"))


def in_force(here: Visit, contract_id: int) -> Contract:
    """The same, if it is not over. Raises CannotChange too."""
    contract = one(here, contract_id)
    if is_over(contract, here.today):
        raise CannotChange("This contract is over. Record the new one first.")
    return contract


def over(today: date) -> Q:
    """A condition: its last day has passed, or somebody has ended it."""
    return Q(ends_on__lt=today) | Q(ended_at__isnull=False)


def is_over(contract: Contract, today: date) -> bool:
    """The same of a contract that has been read."""
    return contract.ended_at is not None or contract.ends_on < today


def ended_on(contract: Contract) -> date:
    """The last day of a contract that is over."""
    return timezone.localdate(contract.ended_at) if contract.ended_at else contract.ends_on
