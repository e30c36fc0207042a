"""Casework in the demonstration: an officer with two children named, each at two schools (R9)."""

from datetime import date

from access_register.casework import casework
from access_register.casework.casework import NewCasework
from access_register.demo.story.acting import as_, person
from access_register.models import Duty, OfficerAppointment
from sharing import door
from sharing.authorise import Withheld
from sharing.crypto import blind_index
from sharing.demo.cases import BY_SLUG
from sharing.demo.days import year_end
from sharing.roles import BATCH, acting_as

OFFICER, MANAGER = "officer-school-improvement", "officer-information"
CHILDREN = ("dual", "guest")
REASON = "Children who are taught at two schools at once: whether the arrangement works for them"


def tell(today: date) -> None:
    """Record it, again if somebody ended it or a new school year has begun."""
    with acting_as(BATCH):
        appointment = OfficerAppointment.objects.filter(person=person(OFFICER), ends_on=None).earliest("pk")
        given = Duty.objects.filter(appointment=appointment, is_casework=True, reason=REASON, ended_at=None)
        if given.filter(ends_on__gte=today).exists():
            return
    manager = as_(MANAGER)
    duty = casework.give_casework(
        manager, appointment.pk,
        duty=NewCasework([Withheld.ATTAINMENT], "exclusions", REASON, starts_on=today, ends_on=year_end(today)),
    )  # fmt: skip
    for case in CHILDREN:
        child = door.Exactly(blind_index(BY_SLUG[case].upn))
        casework.name_child(manager, appointment.pk, duty, child=child, head_barred=False)
