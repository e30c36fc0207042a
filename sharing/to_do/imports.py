"""What waits for those who bring in files, for their home page."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Import
from sharing.signals import home_counted
from sharing.to_do.here import Counted


@receiver(home_counted)
def imports_to_look_at(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many files are checked and wait for a decision, at each establishment where there are any."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if kept:
        yield Counted(Import.objects.filter(state=Import.State.READY, establishment__in=kept), _words, "imports")


def _words(number: int, late: int) -> str:
    return f"{number} import{'' if number == 1 else 's'} to look at"
