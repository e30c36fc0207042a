"""Pages of both sites say “you” to the people of a school: an officer is none of them (R9, R40)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HERE = f"/establishments/{BECKSIDE}"
OFFICER, HEAD = "officer-admissions", "head-beckside"


def said_to(slug: str, site: str, path: str) -> str:
    page = client(slug, site).get(path)
    assert page.status_code == 200
    return page.text


def test_of_support_an_officer_reads_whose_it_is_and_whom_to_call() -> None:
    """R9: a duty at a school does not make it the officer's own."""
    assert "This is what your establishment does" in said_to(HEAD, SCHOOLS_ONLINE, f"{HERE}/support/")
    without = said_to(OFFICER, EDUNET, f"{HERE}/support/")
    assert "This is what Beckside Primary School does" in without
    assert 'href="/school-finder/">Look for other offers' in without
    assert "Or contact the office" in said_to(OFFICER, EDUNET, f"/establishments/{RAVENSGILL}/support/")


def test_school_finder_is_no_list_of_schools_like_the_officers_own() -> None:
    assert "conditions like yours, and what they offer" in said_to(HEAD, SCHOOLS_ONLINE, "/school-finder/")
    assert "conditions like those of the school you choose" in said_to(OFFICER, EDUNET, "/school-finder/")
    assert "Find schools like one of them" in said_to(OFFICER, EDUNET, "/establishments/")


def test_a_child_who_is_coming_comes_to_the_school_and_the_way_leads_to_the_transfer() -> None:
    """R5, R7."""
    today = timezone.localdate()
    child = factories.pupil(BECKSIDE)
    factories.transfer(child, today, today + timedelta(days=30))
    path = f"{HERE}/pupils/{child.pk}/"
    to_the_head, to_the_officer = said_to(HEAD, SCHOOLS_ONLINE, path), said_to(OFFICER, EDUNET, path)
    assert "agreed that this child is coming to you on" in to_the_head
    assert "agreed that this child is coming here on" in to_the_officer
    for page in (to_the_head, to_the_officer):
        assert f'href="{HERE}/transfers/">The transfer, and what can be done' in page


def test_an_officer_has_no_register_of_a_school() -> None:
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, timezone.localdate() - timedelta(days=1))
    assert "On the register here since" in said_to(OFFICER, EDUNET, f"{HERE}/pupils/{child.pk}/left/")


def test_who_has_no_duty_is_led_to_what_a_duty_opens() -> None:
    """R9: levels are for schools. On the first day the way leads to who records a duty, and to what has ended."""
    refused = client("officer-no-duty", EDUNET).get(f"{HERE}/pupils/")
    assert refused.status_code == 403
    home, own = (said_to("officer-duty-ended", EDUNET, path) for path in ("/", "/my-access/"))
    for page in (refused.text, home, own, said_to("officer-no-duty", EDUNET, f"{HERE}/")):
        assert 'href="/guidance/officers-and-edunet/"' in page
        assert 'href="/guidance/access-levels/"' not in page
    assert "says when it ended" in home
    assert "who records the duty" in said_to("officer-no-duty", EDUNET, "/guidance/officers-and-edunet/")
    at_school = client("governor-beckside").get(f"{HERE}/pupils/")
    assert 'href="/guidance/access-levels/">Read what each access level opens' in at_school.text
