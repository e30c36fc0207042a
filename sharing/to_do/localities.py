"""Establishments that nobody has placed in a Locality yet, for the information manager's home page (A11).

Until then no breach there can be referred, no duty for a Locality covers them, and no open statistics are made.
"""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from sharing.authorise import Visit
from sharing.models import Establishment
from sharing.signals import workbench_opened
from sharing.to_do.officers import Waiting, is_manager


@receiver(workbench_opened)
def establishments_to_place(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    if is_manager(here):
        outside = Establishment.objects.in_no_locality(here.today)
        words = "establishment is in no Locality", "establishments are in no Locality"
        yield Waiting("Localities", outside, *words, "localities")
