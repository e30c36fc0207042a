"""What a head is asked to look through: what they took over or came back to, a register carried over (A10, R35)."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from access_register.models import CarriedRegister, Handover, RegisterLine
from access_register.models.lines import HEAD_SEAT
from sharing.authorise import Visit
from sharing.days import day_in_words


def taken_over(here: Visit) -> QuerySet[Handover]:
    """The headships that the asker has taken over, or come back to after an acting head, and whose registers they have
    not confirmed since."""
    happened = Handover.objects.filter(accepted_at__isnull=False, cancelled_at=None, on__lte=here.today)
    goes_on = Q(until=None) | Q(until__gte=here.today)
    is_new = Q(goes_on, successor_id=here.asker.person_id, confirmed_at=None)
    mine = RegisterLine.objects.live_on(here.today).filter(
        establishment=OuterRef("establishment"), person_id=here.asker.person_id, seat=HEAD_SEAT,
        starts_on=OuterRef("until") + timedelta(days=1),
    )  # fmt: skip
    not_since = Q(confirmed_at=None) | Q(confirmed_at__date__lte=F("until"))
    is_back = Q(Exists(mine), until__lt=here.today)
    return happened.filter(is_new | is_back & not_since)


def carried_over() -> QuerySet[CarriedRegister]:
    """The registers that came over from another URN, and that no head has confirmed."""
    return CarriedRegister.objects.filter(confirmed_at=None)


def questions(here: Visit) -> tuple[str, ...]:
    """What to look through, in words, for the head. Call it inside a visit to the register."""
    taken = taken_over(here).filter(establishment=here.establishment).select_related("successor")
    carried = carried_over().filter(establishment=here.establishment)
    return (
        *(_taken(row, here) for row in taken.order_by("on")),
        *(f"This register came over from {row.from_name}." for row in carried.order_by("on")),
    )


def _taken(row: Handover, here: Visit) -> str:
    if row.until and row.successor_id != here.asker.person_id:
        return f"{row.successor.name} was acting head until {day_in_words(row.until)}."
    return f"You have been head since {day_in_words(row.on)}."
