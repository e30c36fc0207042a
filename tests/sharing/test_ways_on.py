"""Whoever is led on by a page arrives: what the navigation of an establishment shows can be opened (R3, R30)."""

import re

import pytest
from django.utils import timezone

from sharing.models import Pupil
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003


@pytest.mark.parametrize("urn", [BECKSIDE, RAVENSGILL])
@pytest.mark.parametrize(
    ("slug", "through"),
    [
        ("head-beckside", SCHOOLS_ONLINE),
        ("teacher-beckside", SCHOOLS_ONLINE),
        ("governor-beckside", SCHOOLS_ONLINE),
        ("third-party-beckside", SCHOOLS_ONLINE),
        ("officer-data", EDUNET),
        ("officer-no-duty", EDUNET),
        ("officer-information", EDUNET),
    ],
)
def test_all_that_the_navigation_of_an_establishment_shows_opens(slug: str, through, urn: int) -> None:
    """R3: another establishment's challenges are its own, and nobody else is led to them."""
    browser = client(slug, through)
    page = browser.get(f"/establishments/{urn}/").content.decode()
    led_to = re.findall(r'class="app-sub-navigation__link" href="([^"]+)"', page)
    assert len(led_to) > 5
    assert {address: status for address in led_to if (status := browser.get(address).status_code) != 200} == {}


@pytest.mark.parametrize(("slug", "led"), [("head-beckside", True), ("teacher-beckside", False)])
def test_findings_lead_who_keeps_the_records_to_bringing_in_the_file(slug: str, led: bool) -> None:
    """R22, R30."""
    page = client(slug).get(f"/establishments/{BECKSIDE}/data-quality/").content.decode()
    assert (f'href="/establishments/{BECKSIDE}/imports/add/"' in page) == led


@pytest.mark.parametrize(("slug", "led"), [("head-beckside", True), ("teacher-beckside", False)])
def test_a_childs_own_page_leads_a_head_to_requests_for_its_records(slug: str, led: bool) -> None:
    """R18, R33."""
    with as_batch():
        pupil = Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=timezone.localdate()).earliest("pk")
    page = client(slug).get(f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/").content.decode()
    assert (f'action="/establishments/{BECKSIDE}/subject-access/record/"' in page) == led


def test_what_is_missing_of_a_child_who_is_asked_for_is_said_with_the_rest() -> None:
    """R18, R30."""
    page = client("head-beckside").post(f"/establishments/{BECKSIDE}/subject-access/record/", {"forename": "Ada"})
    assert page.status_code == 422
    assert "Type the UPN, or the forename, the surname and the date of birth." in page.content.decode()
    assert "Enter the day the request came." in page.content.decode()


@pytest.mark.parametrize("slug", ["head-beckside", "governor-beckside"])
def test_key_data_begins_with_ways_to_each_of_its_measures(slug: str) -> None:
    """R30: it is twenty screens long on a phone."""
    page = client(slug).get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    listed = re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="#(measure-\w+)">', page)
    assert listed == re.findall(r'<h2 class="govuk-heading-m" id="(measure-\w+)">', page)
    assert len(listed) > 5
