"""Closed children to whom the head of today may agree, for the home page (R18)."""

from typing import Any

from django.db.models.expressions import RawSQL
from django.dispatch import receiver
from django.utils import timezone

from sharing.authorise import Permission, Through, Visit
from sharing.models import Closing
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def closings_to_agree(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """At each establishment of which the person is head, where there is one that is not barred from them."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept or here.asker.through != Through.SCHOOLS_ONLINE or not here.asker.second_factor:
        return {}
    waiting = Closing.objects.filter(agreed_at=None, ended_at=None, ends_at__gt=timezone.now(), head_barred=False)
    if not waiting.exists():
        return {}
    at = {place: waiting.filter(pk__in=RawSQL("SELECT portal_closings_to_head(%s)", [place])).count() for place in kept}
    return {
        place: ToDo(f"{number} closed record{'' if number == 1 else 's'} to agree to", "closings_here")
        for place, number in at.items()
        if number
    }
