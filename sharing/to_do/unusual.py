"""Unusual patterns that nobody has looked at yet, for the home page of those who judge them (P17)."""

from collections.abc import Iterable
from typing import Any

from django.db.models.expressions import RawSQL
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import UnusualPattern
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, at_schools, number_of
from sharing.to_do.officers import Waiting, is_manager


@receiver(home_counted)
def patterns_to_look_at(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many wait for the head, at each establishment."""
    kept = at_schools(here, Permission.MANAGE_REGISTER)
    if not kept:
        return
    waiting = UnusualPattern.objects.waiting().of_others(here.asker.person_id).for_head_of(kept)
    words = number_of("unusual pattern to look at", "unusual patterns to look at")
    yield Counted(waiting.filter(establishment__in=RawSQL("SELECT portal_heads()", [])), words, "patterns_here")


@receiver(workbench_opened)
def all_patterns_to_look_at(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager, with a second factor."""
    if is_manager(here):
        yield Waiting(
            "Safeguarding", UnusualPattern.objects.waiting().of_others(here.asker.person_id),
            "unusual pattern to look at", "unusual patterns to look at", "all_patterns",
        )  # fmt: skip
