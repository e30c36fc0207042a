"""Officers' duties, given by the information manager and written past the pages."""

from datetime import timedelta

from django.utils import timezone

from access_register import service
from access_register.models import Duty, OfficerAppointment
from access_register.officers import officers
from access_register.officers.officers import NewDuty
from access_register.register import register
from access_register.register.register import Entry, Level
from tests.people import EDUNET, as_batch, asker, client, person

BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
MANAGER, FIONA = "officer-information", "officer-no-duty"


def appointment(slug: str) -> OfficerAppointment:
    return OfficerAppointment.objects.get(person=person(slug))


def new_duty(**given: object) -> NewDuty:
    facts = {
        "data": ["view_pupils"], "function": "attendance", "reason": "Visits families", "urns": [BECKSIDE],
        "starts_on": TODAY, "ends_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return NewDuty(**facts | given)


def give(slug: str = FIONA, **given: object) -> Duty:
    officers.give_duty(asker(MANAGER, EDUNET), appointment(slug).pk, duty=new_duty(**given))
    with as_batch():
        return Duty.objects.filter(appointment=appointment(slug)).latest("pk")


def pupils(slug: str = FIONA, urn: int = BECKSIDE) -> int:
    return client(slug, EDUNET).get(f"/establishments/{urn}/pupils/").status_code


def teaches_too(slug: str, urn: int = BECKSIDE, by: str = "head-beckside", **narrowed: object) -> int:
    """The officer gets a line at Level 2 of a school besides. Returns its number."""
    entry = Entry(Level.TWO, "teacher", "heads_reason", "Teaches there on Fridays", confirmed=True, **narrowed)
    somebody = person(slug)
    given = register.give_access(asker(by), urn, name=somebody.name, email=somebody.email, entry=entry)
    assert not given.awaits
    return given.line_id


def second_manager(slug: str = "officer-data") -> str:
    """The service makes another officer an information manager."""
    with as_batch():
        service.record_duty(
            Duty(
                appointment=appointment(slug), data=Duty.Data.DUTIES, reason="x", starts_on=TODAY,
                ends_on=TODAY + timedelta(days=9), recorded_by_name="x", whole_community=True,
            )
        )  # fmt: skip
    return slug
