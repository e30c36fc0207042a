"""The pages of one establishment: each has the way to the others, and says which it is (R3, R4)."""

import re

import pytest

from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = pytest.mark.django_db
BECKSIDE = "/establishments/999002/"
LINK = re.compile(r'<a class="app-sub-navigation__link" href="([^"]+)"( aria-current="page")?>')


@pytest.mark.parametrize(
    ("slug", "site"),
    [("head-beckside", SCHOOLS_ONLINE), ("governor-beckside", SCHOOLS_ONLINE), ("officer-information", EDUNET)],
)
def test_each_page_that_it_leads_to_has_it(slug: str, site: str) -> None:
    browser = client(slug, site)
    pages = [path for path, _ in LINK.findall(browser.get(BECKSIDE).content.decode())]
    assert len(pages) > 4
    told = {path: LINK.findall(browser.get(path).content.decode()) for path in pages}
    assert {path: [here for here, current in links if current] for path, links in told.items()} == {
        path: [path] for path in pages
    }


def test_downloads_have_it_for_the_head_too() -> None:
    """R14: whose people's downloads they are."""
    assert LINK.findall(client("head-beckside").get(f"{BECKSIDE}downloads/").content.decode())
