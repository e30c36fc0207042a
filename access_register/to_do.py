"""What waits for those who keep a register, for their home page (R36)."""

from typing import Any

from django.dispatch import receiver

from access_register import grants, reviews
from sharing.authorise import Permission, Visit
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def lines_to_confirm(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many lines the person can confirm, and by which day, at each establishment where there are any."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept:
        return {}
    return {
        establishment_id: ToDo(
            f"{number} line{'' if number == 1 else 's'} to confirm by {grants.in_words(due_on)}", "review"
        )
        for establishment_id, (number, due_on) in reviews.lines_waiting(here, kept).items()
    }
