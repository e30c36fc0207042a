"""Challenges as far as a test needs them."""

from datetime import timedelta

from django.utils import timezone

from sharing import door
from sharing.models import Challenge, Pupil
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker

BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
HEAD, DEPUTY, TEACHER, NARROWED, GOVERNOR = (
    "head-beckside", "deputy-beckside", "teacher-beckside", "assistant-beckside", "governor-beckside"
)  # fmt: skip
OFFICER = ("officer-data", EDUNET)
HERE = f"/establishments/{BECKSIDE}"


def child(**facts) -> Pupil:
    made = factories.pupil(BECKSIDE, surname="Disputed", **facts)
    factories.enrolment(made, TODAY - timedelta(days=100))
    return made


def raised(pupil: Pupil, slug: str = TEACHER, fact: str = "born_on", statement: str = "Born on the 5th") -> int:
    return door.raise_challenge(asker(slug), BECKSIDE, "pupil", pupil.pk, fact_key=fact, statement=statement)


def seen(slug: str, through=SCHOOLS_ONLINE, urn: int = BECKSIDE) -> set[int]:
    return {line.id for line in door.list_challenges(asker(slug, through), urn).page}


def stored(number: int) -> Challenge:
    with as_batch():
        return Challenge.objects.get(pk=number)
