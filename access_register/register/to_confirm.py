"""What a head is asked to look through: a headship they took over, a register carried over (A10, R35)."""

from django.db.models import QuerySet

from access_register.models import CarriedRegister, Handover
from sharing.authorise import Visit
from sharing.days import day_in_words


def taken_over(here: Visit) -> QuerySet[Handover]:
    """The headships that the asker has taken over, and whose registers they have not confirmed."""
    mine = Handover.objects.filter(successor_id=here.asker.person_id, accepted_at__isnull=False, on__lte=here.today)
    return mine.filter(cancelled_at=None, confirmed_at=None)


def carried_over() -> QuerySet[CarriedRegister]:
    """The registers that came over from another URN, and that no head has confirmed."""
    return CarriedRegister.objects.filter(confirmed_at=None)


def questions(here: Visit) -> tuple[str, ...]:
    """What to look through, in words, for the head. Call it inside a visit to the register."""
    taken = taken_over(here).filter(establishment=here.establishment)
    carried = carried_over().filter(establishment=here.establishment)
    return (
        *(f"You have been head since {day_in_words(row.on)}." for row in taken.order_by("on")),
        *(f"This register came over from {row.from_name}." for row in carried.order_by("on")),
    )
