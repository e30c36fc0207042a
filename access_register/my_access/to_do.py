"""For the home page: the asker's own access ends soon, or a headship is offered to them (R35, R36)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, Exists, F, OuterRef, Value
from django.dispatch import receiver

from access_register.models import OfficerAppointment, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.my_access.my_access import offered_headships
from sharing.authorise import Permission, Through, Visit
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, number_of, said
from sharing.to_do.officers import Waiting

SOON: Final = timedelta(days=14)
ONE_DAY: Final = timedelta(days=1)
PAGE: Final = "my_access"


@receiver(home_counted)
def own_access_ends(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """Noticed a day late, it would shut them out. At each establishment where access ends soon, and no other line of
    theirs begins the next day. An acting head reads other words: no head gave them that access."""
    if here.asker.through != Through.SCHOOLS_ONLINE or not here.holdings.ends_by(here.today + SOON):
        return
    lines = RegisterLine.objects.filter(person_id=here.asker.person_id, withdrawn_at=None, starts_on__lte=here.today)
    open_ones = lines.filter(awaiting_since=None, suspended_at=None)
    ending = open_ones.filter(ends_on__range=(here.today, here.today + SOON))
    next_one = RegisterLine.objects.filter(person_id=here.asker.person_id, withdrawn_at=None, suspended_at=None)
    goes_on = next_one.filter(establishment=OuterRef("establishment"), starts_on=OuterRef("ends_on") + ONE_DAY)
    ends = ending.exclude(seat=HEAD_SEAT).filter(~Exists(goes_on))
    words = said("Your access here ends soon. Ask the head if you need it after")
    yield Counted(ends, words, PAGE, by=F("ends_on"), of_a_place=False)
    words = said("Your time as head here ends soon. Ask the Education Department if it should continue after")
    yield Counted(ending.filter(seat=HEAD_SEAT), words, PAGE, by=F("ends_on"), of_a_place=False)


@receiver(home_counted)
def headship_offered(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At the first establishment of their own: the school may be another (A7)."""
    own = here.holdings.at(Permission.VIEW_ESTABLISHMENT) or here.holdings.to_choose_from()
    if own and here.asker.through == Through.SCHOOLS_ONLINE:
        first = Value(min(own), output_field=BigIntegerField())
        words = number_of("headship to accept by", "headships to accept by")
        yield Counted(offered_headships(here), words, PAGE, first, by=F("on"), of_a_place=False)


@receiver(workbench_opened)
def own_appointment_ends(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For an officer. My access shows the day."""
    if here.holdings.at(Permission.VIEW_ESTABLISHMENT):
        own = OfficerAppointment.objects.filter(person_id=here.asker.person_id, starts_on__lte=here.today)
        ending = own.filter(ends_on__range=(here.today, here.today + SOON))
        asks = "in the next two weeks: ask an information manager if you need it for longer"
        yield Waiting("Duties", ending, f"appointment of yours ends {asks}", f"appointments of yours end {asks}", PAGE)
