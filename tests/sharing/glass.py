"""A glass broken as far as a test needs it."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.models import Enrolment, Opening, Pupil, PupilNeeds
from tests import factories
from tests.people import EDUNET, as_batch, asker, client

BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
FIONA, MANAGER, HEAD = "officer-no-duty", "officer-information", "head-beckside"
WHY = {"because": "harm", "reason": "The hospital has called.", "head_barred": False}


def child(urn: int = BECKSIDE, **facts: object) -> Pupil:
    made = factories.pupil(urn, **{"surname": "Ó Glassford", "forename": "Maren", "born_on": date(2016, 2, 3)} | facts)
    with as_batch():
        Enrolment.objects.create(pupil=made, establishment=made.establishment, starts_on=TODAY)
        PupilNeeds.objects.create(pupil=made, establishment=made.establishment, sen_provision="K")
    return made


def by_upn(made: Pupil) -> door.Exactly:
    return door.Exactly(made.upn_index)


def break_it(made: Pupil, slug: str = FIONA, **why: object) -> Opening:
    door.break_glass(asker(slug, EDUNET), child=by_upn(made), **WHY | why)
    with as_batch():
        return Opening.objects.latest("pk")


def page(made: Pupil, slug: str = FIONA, urn: int = BECKSIDE) -> int:
    return client(slug, EDUNET).get(f"/establishments/{urn}/pupils/{made.pk}/").status_code


def seen_by_sql(slug: str, model: type = Pupil) -> set[object]:
    """What the second lock alone shows."""
    with transaction.atomic(), visit(asker(slug, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
        found = set(model.objects.values_list("pk", flat=True))
        here.showed()
    return found
