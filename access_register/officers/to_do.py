"""Headships to verify, duties to confirm and the like, for an officer's home page."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.dispatch import receiver

from access_register.models import Duty, Handover, OfficerAppointment, Order
from access_register.officers.left_behind import left_behind, orders_left_behind
from sharing.authorise import Permission, Visit
from sharing.models import Establishment
from sharing.signals import workbench_opened
from sharing.to_do.officers import Waiting, is_manager


@receiver(workbench_opened)
def heads_to_verify(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Successors whom another officer, or a head, has named (A7)."""
    places = here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    own = Q(named_by_id=here.asker.person_id) | Q(successor_id=here.asker.person_id)
    open_ones = Handover.objects.filter(done_at=None, cancelled_at=None, verified_at=None, establishment__in=places)
    if places:
        yield Waiting("Heads", open_ones.exclude(own), "head to verify", "heads to verify", "handovers")


@receiver(workbench_opened)
def establishments_without_a_head(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For those who record first heads: where nobody keeps the register, or a first head has yet to accept (A7)."""
    if is_manager(here):
        free = Establishment.objects.filter(
            pk__in=RawSQL("SELECT establishment_id FROM access_register_without_head()", [])
        )
        yield Waiting("Heads", free, "establishment without a head", "establishments without a head", "without_head")


@receiver(workbench_opened)
def orders_to_authorise(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Legal overrides that name the officer as their authoriser (R18)."""
    if here.holdings.at(Permission.VIEW_ESTABLISHMENT) and here.asker.second_factor:
        mine = Order.objects.for_authoriser(here.asker.person_id).waiting().filter(ends_on__gte=here.today)
        words = "legal override to authorise", "legal overrides to authorise"
        yield Waiting("Safeguarding", mine, *words, "orders_to_authorise")


@receiver(workbench_opened)
def rights_that_end(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Rights to keep duties that end soon, the asker's own and others'. No page renews them, and without one nobody can
    give duties. Includes rights that end soon because the appointment does."""
    if not is_manager(here):
        return
    soon = here.today + timedelta(days=settings.REVIEW_DAYS)
    rights = Duty.objects.filter(data=Duty.Data.DUTIES, ended_at=None, ends_on__gte=here.today)
    ending = rights.exclude(appointment__ends_on__lt=here.today).filter(
        Q(ends_on__lte=soon) | Q(appointment__ends_on__lte=soon)
    )
    asks = "soon: ask whoever runs this service"
    yield Waiting(
        "Duties", ending, f"right to keep duties ends {asks}", f"rights to keep duties end {asks}", "officers"
    )


@receiver(workbench_opened)
def officers_to_confirm(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Officers who share a name with another and were recorded by somebody else (R38)."""
    if not is_manager(here):
        return
    me = here.asker.person_id
    waiting = OfficerAppointment.objects.filter(awaits_second=True).exclude(ends_on__lt=here.today)
    others = waiting.exclude(Q(recorded_by_id=me) | Q(person=me))
    yield Waiting("Duties", others, "officer to confirm", "officers to confirm", "officers")


@receiver(workbench_opened)
def duties_to_confirm(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For those who keep duties: duties that will close unless somebody confirms them soon (R9)."""
    if not is_manager(here):
        return
    soon = here.today + timedelta(days=settings.REVIEW_DAYS)
    open_ones = Duty.objects.filter(ended_at=None, ends_on__gte=here.today).exclude(data=Duty.Data.DUTIES)
    open_ones = open_ones.exclude(appointment__ends_on__lt=here.today)
    to_confirm = open_ones.filter(confirmed_until__lte=soon, confirmed_until__lt=F("ends_on"))
    others = to_confirm.exclude(appointment__person=here.asker.person_id)
    yield Waiting("Duties", others, "duty to confirm", "duties to confirm", "officers")


@receiver(workbench_opened)
def duties_that_end(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For those who keep duties: duties whose own last day is near. Many end on one day, with the school year (R9)."""
    if not is_manager(here):
        return
    soon = here.today + timedelta(days=settings.REVIEW_DAYS)
    open_ones = Duty.objects.filter(ended_at=None, is_casework=False, ends_on__range=(here.today, soon))
    open_ones = open_ones.exclude(data=Duty.Data.DUTIES).exclude(appointment__ends_on__lt=here.today)
    ending = open_ones.exclude(confirmed_until__lt=F("ends_on"))
    yield Waiting(
        "Duties", ending, "duty ends soon: record it again if it goes on",
        "duties end soon: record again those that go on", "officers",
    )  # fmt: skip


@receiver(workbench_opened)
def duties_left_behind(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Duties that name a closed school and open nothing at the school that came after it (R9): the asker's own and, for
    those who keep duties, other people's."""
    left, me = left_behind(here.today), {"appointment__person": here.asker.person_id}
    words = "names a school that has closed, and opens nothing at the one that came after it"
    many = "name schools that have closed, and open nothing at those that came after them"
    if here.holdings.at(Permission.VIEW_ESTABLISHMENT):
        yield Waiting("Duties", left.filter(**me), f"duty of yours {words}", f"duties of yours {many}", "my_access")
    if is_manager(here):
        yield Waiting("Duties", left.exclude(**me), f"duty of others {words}", f"duties of others {many}", "officers")
        orders = orders_left_behind(here.today)
        yield Waiting("Safeguarding", orders, f"legal override {words}", f"legal overrides {many}", "orders")
