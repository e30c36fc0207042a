"""After a conversion the head is asked to look through the register that came over (R35), and an open handover ends."""

from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access_register.models import CarriedRegister, Handover
from sharing.models import Establishment
from sharing.signals import establishment_succeeded


@receiver(establishment_succeeded)
def ask_for_confirmation(predecessor: Establishment, successor: Establishment, on: date, **kwargs: Any) -> list[str]:
    """The lines of an accepted handover have come over with their days; one not accepted has to be named anew."""
    CarriedRegister.objects.create(establishment=successor, from_name=predecessor.name, on=on)
    under_way = Handover.objects.filter(establishment=predecessor, done_at=None, cancelled_at=None)
    under_way.exclude(accepted_at=None).update(done_at=timezone.now())
    because = f"The school carries on as {successor.name}. Name the successor there."
    ended = under_way.filter(accepted_at=None).update(
        cancelled_at=timezone.now(), cancelled_by_name="the service", cancelled_because=because[:300]
    )
    return [f"A handover at {predecessor.urn} has to be named anew at {successor.urn}."] if ended else []
