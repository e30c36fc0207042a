"""Consents of an earlier head, for the home page of today's head (A10)."""

from collections.abc import Iterable
from typing import Any

from django.db.models.expressions import RawSQL
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Consent
from sharing.signals import home_counted
from sharing.to_do.here import Counted, at_schools, number_of


@receiver(home_counted)
def consents_to_confirm(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many consents to let others see confidential items the head must confirm, at each establishment."""
    kept = at_schools(here, Permission.MANAGE_REGISTER)
    if not kept:
        return
    as_head = RawSQL("SELECT portal_heads()", [])
    mine = Consent.objects.filter(establishment__in=kept).filter(establishment__in=as_head)
    words = number_of("consent of an earlier head to confirm", "consents of an earlier head to confirm")
    yield Counted(mine.for_a_head_to_confirm(here.asker.person_id, here.today), words, "confidential_items")
