"""Children named for casework and legal overrides, made and looked at."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from access_register.casework import casework, orders
from access_register.casework.casework import NewCasework
from access_register.casework.orders import NewOrder
from access_register.models import OfficerAppointment
from sharing import door
from sharing.authorise import Permission, visit
from sharing.models import (
    Attendance,
    Enrolment,
    Pupil,
    PupilNeeds,
)
from tests import factories
from tests.people import EDUNET, as_batch, asker, client, person

BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
FIONA, MANAGER, HEAD, AUTHORISER = "officer-no-duty", "officer-information", "head-beckside", "officer-data"


def child(urn: int = BECKSIDE, **facts: Any) -> Pupil:
    made = factories.pupil(urn, **{"surname": "Caseborough", "forename": "Maren", "born_on": date(2016, 2, 3)} | facts)
    with as_batch():
        Enrolment.objects.create(pupil=made, establishment=made.establishment, starts_on=TODAY)
        PupilNeeds.objects.create(pupil=made, establishment=made.establishment, sen_provision="K")
        Attendance.objects.create(
            pupil=made,
            establishment=made.establishment,
            academic_year=2025,
            term=1,
            sessions_possible=100,
            sessions_absent=3,
        )
    return made


def elsewhere(made: Pupil, urn: int = RAVENSGILL) -> Pupil:
    return child(urn, child=made.child, upn=made.upn, upn_index=made.upn_index)


def appointment(slug: str = FIONA) -> int:
    with as_batch():
        return OfficerAppointment.objects.get(person=person(slug)).pk


def give(*pupils: Pupil, slug: str = FIONA, withheld: tuple[str, ...] = (), barred: bool = False) -> int:
    new = NewCasework(withheld, "looked-after", "Education of children in care", TODAY, TODAY + timedelta(days=90))
    duty = casework.give_casework(asker(MANAGER, EDUNET), appointment(slug), duty=new)
    for pupil in pupils:
        name(duty, pupil, slug, barred=barred)
    return duty


def name(duty: int, pupil: Pupil, slug: str = FIONA, *, barred: bool = False) -> int:
    exactly = door.Exactly(pupil.upn_index)
    return casework.name_child(asker(MANAGER, EDUNET), appointment(slug), duty, child=exactly, head_barred=barred)


def order(pupil: Pupil | None = None, *, to: str = FIONA, through: str = EDUNET, **other: Any) -> int:
    facts: dict[str, Any] = {
        "basis": "court", "data": "view_pupils", "withheld": (), "urn": None if pupil else BECKSIDE,
        "child": door.Exactly(pupil.upn_index) if pupil else None, "person": person(to).email, "through": through,
        "authoriser": person(AUTHORISER).email, "reason": "The court of 3 May asks for it.", "head_barred": False,
        "barred_because": "", "starts_on": TODAY, "ends_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return orders.record_order(asker(MANAGER, EDUNET), order=NewOrder(**facts | other))


def page(made: Pupil, slug: str = FIONA, through: str = EDUNET) -> int:
    urn = BECKSIDE if made.establishment.urn == BECKSIDE else RAVENSGILL
    return client(slug, through).get(f"/establishments/{urn}/pupils/{made.pk}/").status_code


def seen_by_sql(slug: str = FIONA, model: Any = Pupil, through: str = EDUNET) -> set[Any]:
    """What the second lock alone shows."""
    field = "pk" if model is Pupil else "pupil_id"
    with transaction.atomic(), visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
        found = set(model.objects.values_list(field, flat=True))
        here.showed()
    return found
