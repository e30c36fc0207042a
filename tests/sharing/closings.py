"""Children closed, and looked for."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.models import (
    Closing,
    Enrolment,
    EstablishmentPermission,
    Pupil,
    PupilNeeds,
)
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
HEAD, TEACHER, MANAGER, FIONA = "head-beckside", "teacher-beckside", "officer-information", "officer-no-duty"
NAME = "Zzyxclosed"


def child(urn: int = BECKSIDE, **facts: object) -> Pupil:
    made = factories.pupil(urn, **{"surname": NAME, "forename": "Maren", "born_on": date(2016, 2, 3)} | facts)
    with as_batch():
        Enrolment.objects.create(pupil=made, establishment=made.establishment, starts_on=TODAY - timedelta(days=40))
        PupilNeeds.objects.create(pupil=made, establishment=made.establishment, sen_provision="K")
    return made


def close(made: Pupil, *, by: str = MANAGER, **told: object) -> Closing:
    facts = {
        "upn_key": made.upn_index, "named": [], "authoriser": "Director", "basis": "court", "reason": "An order.",
        "head_barred": False, "last_day": TODAY + timedelta(days=30),
    }  # fmt: skip
    number = door.close_child(asker(by, EDUNET), **facts | told)
    with as_batch():
        return Closing.objects.get(pk=number)


def page(made: Pupil, slug: str = HEAD, through: str = SCHOOLS_ONLINE) -> int:
    return client(slug, through).get(f"/establishments/{made.establishment.urn}/pupils/{made.pk}/").status_code


def listed(slug: str = HEAD) -> int:
    return door.list_pupils(asker(slug), BECKSIDE).everyone


def found(slug: str = HEAD, **what: object) -> int:
    return door.find_children(asker(slug), search=door.Search(**what or {"named": NAME})).page.total


def by_sql(model: type, slug: str = HEAD, through: str = SCHOOLS_ONLINE) -> set[object]:
    """What the second lock alone shows."""
    with transaction.atomic(), visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
        seen = set(model.objects.values_list("pk", flat=True))
        here.showed()
    return seen


def second_manager(slug: str = FIONA) -> str:
    """The right to keep duties, which the service gives, for another person."""
    with as_batch():
        for row in EstablishmentPermission.objects.filter(
            user=person(MANAGER), permission__codename=Permission.MANAGE_DUTIES
        ):
            row.pk, row.user_id, row.source = None, person(slug).pk, "test"
            row.save()
    return slug
