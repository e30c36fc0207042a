"""Two schools of one name: whoever has to choose between them is told which is which."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.demo.places import BECKSIDE, CRAGWELL, HAZELTHWAITE, RAVENSGILL, SKELBROOK
from sharing.models import Establishment
from tests import factories
from tests.people import EDUNET, as_batch, client

pytestmark = pytest.mark.django_db
NAME = "St Mary's School"
IN_CRAGWELL = f"{NAME}, Cragwell (URN {CRAGWELL})".replace("'", "&#x27;")
IN_SKELBROOK = f"{NAME}, Skelbrook (URN {SKELBROOK})".replace("'", "&#x27;")


def named(name: str, *urns: int, **facts: str) -> None:
    with as_batch():
        Establishment.objects.filter(urn__in=urns).update(name=name, **facts)


def test_a_child_is_not_sent_to_the_wrong_one() -> None:
    """R7: the other school sees the child's name straight away, so the sender must know which it is."""
    named(NAME, CRAGWELL, SKELBROOK)
    kid = factories.pupil(BECKSIDE)
    factories.enrolment(kid, timezone.localdate() - timedelta(days=1))
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/pupils/{kid.pk}/transfer/").text
    assert f'<option value="{CRAGWELL}">{IN_CRAGWELL}</option>' in page
    assert f'<option value="{SKELBROOK}">{IN_SKELBROOK}</option>' in page
    assert f'<option value="{RAVENSGILL}">Ravensgill Primary School</option>' in page


@pytest.mark.parametrize("path", ["/transfers/from-outside/", "/school-finder/", "/breaches/report/"])
def test_an_officer_is_told_which_is_which(path: str) -> None:
    """R7, R41: wherever one is chosen from a list."""
    named(NAME, CRAGWELL, SKELBROOK)
    page = client("officer-data" if "school" in path else "officer-admissions", EDUNET).get(path).text
    assert IN_CRAGWELL in page
    assert IN_SKELBROOK in page


def test_the_head_of_both_is_told_which_is_which() -> None:
    """A7, A18: on the page where they choose for which of the two they act."""
    named(NAME, HAZELTHWAITE, RAVENSGILL)
    page = client("head-ravensgill").get("/").text
    assert f'Choose<span class="govuk-visually-hidden"> St Mary&#x27;s School, Ravensgill (URN {RAVENSGILL})' in page
    assert (
        f'Choose<span class="govuk-visually-hidden"> St Mary&#x27;s School, Hazelthwaite (URN {HAZELTHWAITE})' in page
    )


def test_where_the_register_gives_no_town_the_number_tells_them_apart() -> None:
    """R7."""
    named(NAME, HAZELTHWAITE, RAVENSGILL, town="")
    assert f"St Mary&#x27;s School (URN {RAVENSGILL})" in client("head-ravensgill").get("/").text
