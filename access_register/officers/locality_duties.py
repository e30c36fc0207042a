"""What officers hold follows a new establishment, or one that changes Locality, from the day it happens (R9, A11)."""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from access_register import grants
from access_register.models import Duty, OfficerAppointment
from sharing.authorise import Visit
from sharing.signals import community_grew, locality_changed
from sharing.statements import value_of

YOUR_OWN = (
    "You hold a duty yourself in one of the two Localities, and you cannot change where your own duties reach. "
    "Ask another information manager to record this move."
)


@receiver(locality_changed)
def duties_follow(here: Visit, localities: Collection[int], **kwargs: Any) -> str:
    """Update the permissions of the duties concerned. Returns why not, if one of them is the asker's own; else "".

    The appointments are locked first, so that none of the duties is ended meanwhile (R44).
    """
    duties = Duty.objects.filter(localities__in=localities, ended_at=None, ends_on__gte=here.today).distinct()
    concerned = OfficerAppointment.objects.filter(pk__in=duties.values("appointment"))
    list(concerned.select_for_update().order_by("pk"))
    for duty in duties.select_related("appointment"):
        if duty.appointment.person_id == here.asker.person_id:
            return YOUR_OWN
        grants.follow_duty(duty, here.today)
    return ""


@receiver(community_grew)
def officers_follow(places: Collection[int], **kwargs: Any) -> None:
    """Extend whatever is held everywhere, or at all of one kind, to new establishments at once."""
    value_of("SELECT access_register_follow_new(%s)", list(places))
