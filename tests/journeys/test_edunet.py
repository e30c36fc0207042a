"""EduNet: officers, their duties, and the network (R9, R38)."""

import pytest

from access_register.demo.cast import BY_SLUG, DEMO_PASSWORD
from sharing.demo.places import AIREHOLME, BECKSIDE, BY_URN, PLACES, RAVENSGILL
from tests.journeys.conftest import Browse
from tests.journeys.serving import HOSTS, Demo, fetch

pytestmark = pytest.mark.browser


def test_a_duty_opens_the_pupils_of_its_locality_and_no_others(browse: Browse) -> None:
    """R9."""
    # given an officer with a duty for one Locality
    officer = browse("officer-school-improvement", on="edunet")

    # then the home page names its establishments, and only these
    for place in PLACES:
        assert (place.name in officer.main) == (place.locality == AIREHOLME)

    # when a school of the Locality is opened, then its pupils are there, and why
    officer.presses(f"Pupils of {BY_URN[BECKSIDE].name}")
    assert "1 to 50 of" in officer.main
    officer.page.get_by_text("Why can I see this?").click()
    assert "Support visits" in officer.main

    # and the staff are not, nor the pupils of a school elsewhere: the page says what would be needed
    officer.visits(f"/establishments/{BECKSIDE}/staff/", status=403)
    officer.visits(f"/establishments/{RAVENSGILL}/")
    assert "Pupils" not in officer.main
    officer.visits(f"/establishments/{RAVENSGILL}/pupils/", status=403)
    assert "recorded duty" in officer.main


@pytest.mark.parametrize("slug", ["officer-no-duty", "officer-duty-ended"])
def test_without_a_duty_there_is_no_pupil_even_on_the_intranet(browse: Browse, slug: str) -> None:
    """R9."""
    officer = browse(slug, on="edunet")
    assert "You have no recorded duty today" in officer.main
    officer.presses("Find an establishment")
    officer.presses(BY_URN[BECKSIDE].name)
    for closed in ("pupils", "staff"):
        officer.visits(f"/establishments/{BECKSIDE}/{closed}/", status=403)


def test_off_the_network_everything_is_refused_with_a_plain_page(off_the_network: Demo, browse: Browse) -> None:
    """R38: the sign-in page too, and with forged headers."""
    # given somebody elsewhere, who also forges where they are
    forged = {"X-Forwarded-For": "10.20.0.5", "X-Real-IP": "10.20.0.5", "Forwarded": "for=10.20.0.5"}
    for headers in ({}, forged):
        outsider = browse(on="edunet", at=off_the_network, extra_http_headers=headers)

        # when, then
        for path in ("/", "/sign-in/", "/demo/sign-in/", "/guidance/", f"/establishments/{BECKSIDE}/pupils/"):
            outsider.visits(path, status=403)
            assert outsider.heading == "EduNet is only on the Council's network"
            assert outsider.page.locator("form").count() == 0

    # and by hand, with every header there is
    for name in ("X_Forwarded_For", "X_Real_IP", "Forwarded", "X_Client_IP", "True_Client_IP", "CF_Connecting_IP"):
        status, page = fetch(off_the_network.port, HOSTS["edunet"], "/sign-in/", **{name: "10.20.0.5"})
        assert status == 403
        assert "csrf" not in page

    # while Schools Online answers from anywhere
    anybody = browse("head-beckside", at=off_the_network)
    assert anybody.heading == BY_URN[BECKSIDE].name


def test_a_school_account_is_turned_away_even_on_the_intranet(browse: Browse) -> None:
    """R38."""
    head = browse(on="edunet")
    head.visits("/sign-in/")
    head.page.locator("input[name=login]").fill(BY_SLUG["head-beckside"].email)
    head.page.locator("input[name=password]").fill(DEMO_PASSWORD)
    head.presses("Sign in", status=403)
    assert "EduNet is for officers of the Education Department" in head.main
    head.visits("/")
    assert head.path == "/sign-in/"


def test_one_sees_at_once_which_site_one_is_on(browse: Browse) -> None:
    """Name and colour of the header, in the tab and on the page, before and after signing in."""
    colour = "getComputedStyle(document.querySelector('header')).backgroundColor"
    for slugs in (("", ""), ("head-ravensgill", "officer-admissions")):
        seen = []
        for slug, site, name in zip(slugs, ("schools_online", "edunet"), ("Schools Online", "EduNet"), strict=True):
            somebody = browse(slug, on=site)
            somebody.visits("/guidance/")
            assert somebody.page.locator("header a").first.inner_text() == name
            assert f"– {name} –" in somebody.page.title()
            icon = somebody.page.locator("link[rel=icon]").get_attribute("href")
            theme = somebody.page.locator("meta[name=theme-color]").get_attribute("content")
            seen.append((somebody.page.evaluate(colour), icon, theme))
        assert all(here != there for here, there in zip(*seen, strict=True)), seen
