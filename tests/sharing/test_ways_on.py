"""Whoever is led on by a page arrives: what the navigation of an establishment shows can be opened (R3, R30)."""

import re

import pytest

from tests.people import EDUNET, SCHOOLS_ONLINE, client

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
