"""What a head is asked to look through: a headship they took over, a register carried over (A10, R35)."""

from access_register.models import CarriedRegister, Handover
from sharing.authorise import Visit
from sharing.days import day_in_words


def questions(here: Visit) -> tuple[str, ...]:
    """What to look through, in words, for the head. Call it inside a visit to the register."""
    taken = Handover.objects.filter(
        establishment=here.establishment, successor_id=here.asker.person_id, on__lte=here.today,
        accepted_at__isnull=False, cancelled_at=None, confirmed_at=None,
    )  # fmt: skip
    carried = CarriedRegister.objects.filter(establishment=here.establishment, confirmed_at=None)
    return (
        *(f"You have been head since {day_in_words(row.on)}." for row in taken.order_by("on")),
        *(f"This register came over from {row.from_name}." for row in carried.order_by("on")),
    )
