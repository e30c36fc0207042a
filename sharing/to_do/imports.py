"""What waits for those who bring in files, for their home page."""

from typing import Any

from django.db.models import Count
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Import
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def imports_to_look_at(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many files are checked and wait for a decision, at each establishment where there are any."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if not kept:
        return {}
    waiting = Import.objects.filter(state=Import.State.READY, establishment__in=kept)
    return {
        establishment_id: ToDo(f"{number} import{'' if number == 1 else 's'} to look at", "imports")
        for establishment_id, number in waiting.values_list("establishment").annotate(Count("pk")).order_by()
    }
