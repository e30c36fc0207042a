"""Disposals that wait for their second person, for the information manager's home page (P5)."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from sharing.authorise import Visit
from sharing.models import Disposal
from sharing.signals import workbench_opened
from sharing.to_do.officers import Waiting, is_manager


@receiver(workbench_opened)
def disposals_to_settle(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """Those that another person has asked for: nobody approves their own."""
    if is_manager(here):
        waiting = Disposal.objects.filter(state=Disposal.State.COUNTED).exclude(asked_by_id=here.asker.person_id)
        words = "disposal to approve or refuse", "disposals to approve or refuse"
        yield Waiting("Records", waiting, *words, "retention")
