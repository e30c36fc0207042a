"""What waits for those who keep a register, for their home page (R36)."""

from typing import Any

from django.dispatch import receiver

from access_register import grants, participation, reviews
from sharing.authorise import Permission, Through, Visit
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


@receiver(home_opened)
def nobody_answers_for_the_protocol(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """Where no responsible manager or no signatory is on file."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept or here.asker.through != Through.SCHOOLS_ONLINE:
        return {}
    asked = ToDo("Say who answers for the protocol here", "participation")
    return dict.fromkeys(participation.unanswered(here, kept), asked)
