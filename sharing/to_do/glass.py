"""Records opened for safeguarding, for the home pages of those who were told and have to look at them (R18), and of the
officers who are asked to explain theirs."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.door.managing import looks_after
from sharing.models import Opening
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, number_of
from sharing.to_do.officers import Waiting, is_manager


@receiver(home_counted)
def openings_to_look_at(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many have to be marked, at each establishment: new ones, and those about which the officer has answered."""
    kept, at_the_council = here.holdings.at(looks_after(here.asker)), here.asker.through == Through.EDUNET
    if not kept or not here.asker.second_factor:
        return
    told, me = Opening.objects.filter(establishment__in=kept), here.asker.person_id
    words = number_of("record opened for safeguarding", "records opened for safeguarding")
    yield Counted(told.to_mark_by_manager(me) if at_the_council else told.to_mark_by_head(me), words, "openings_here")


@receiver(workbench_opened)
def openings_to_mark(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager, with a second factor."""
    if is_manager(here):
        yield Waiting(
            "Safeguarding", Opening.objects.to_mark_by_manager(here.asker.person_id),
            "record was opened without a duty", "records were opened without a duty", "openings_to_mark",
        )  # fmt: skip


@receiver(workbench_opened)
def openings_to_explain(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the officer who opened them. They are about children, so they need a second factor (R13)."""
    if here.holdings.at(Permission.VIEW_ESTABLISHMENT) and here.asker.second_factor:
        yield Waiting(
            "Safeguarding", Opening.objects.to_explain(here.asker.person_id),
            "record that you opened needs to be explained", "records that you opened need to be explained",
                "my_openings",
        )  # fmt: skip
