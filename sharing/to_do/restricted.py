"""Consents of an earlier head, for the home page of the head of today (A10)."""

from typing import Any

from django.db.models import Count
from django.db.models.expressions import RawSQL
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.models import Consent
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def consents_to_confirm(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many consents to letting others see confidential items wait for the head, at each establishment."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept or here.asker.through != Through.SCHOOLS_ONLINE or not here.asker.second_factor:
        return {}
    as_head = RawSQL("SELECT portal_heads()", [])
    waiting = (
        Consent.objects.filter(establishment__in=kept, withdrawn_at=None, ends_on__gte=here.today)
        .filter(establishment__in=as_head, item__withdrawn_at=None)
        .exclude(stands_for_id=here.asker.person_id)
    )
    return {
        place: ToDo(f"{number} consent{'' if number == 1 else 's'} of an earlier head to confirm", "confidential_items")
        for place, number in waiting.values_list("establishment").annotate(Count("pk")).order_by()
    }
