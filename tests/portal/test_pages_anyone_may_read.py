"""Advice and guidance needs no sign-in and identifies nobody (R37, R2)."""

from html import unescape

import pytest

from sharing.guidance import GUIDES
from sharing.models import Establishment
from sharing.retention.schedules import SCHEDULES
from tests.people import EDUNET, SCHOOLS_ONLINE, visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("site", [SCHOOLS_ONLINE, EDUNET])
def test_guidance_is_open_and_shows_owner_and_date(site) -> None:
    names = list(Establishment.objects.values_list("name", flat=True))
    index = visitor(site).get("/guidance/").content.decode()
    for guide in GUIDES:
        page = visitor(site).get(f"/guidance/{guide.slug}/").content.decode()
        assert guide.title in index
        assert guide.owner in page
        assert f"{guide.updated:%B %Y}" in page
        assert not [name for name in names if name in page + index]


def test_how_long_each_kind_of_record_is_kept_is_open_to_anyone() -> None:
    """P5: in the words by which it is disposed of."""
    page = unescape(visitor().get("/guidance/privacy/").content.decode())
    assert [schedule.kind for schedule in SCHEDULES if schedule.keeps not in page] == []


@pytest.mark.parametrize(
    ("starts", "days", "says"),
    [
        (["09-01", "01-01", "04-01"], 28, "Reviews end on 29 September, 29 January and 29 April."),
        (["09-10", "02-10"], 10, "Reviews end on 20 September and 20 February."),
    ],
)
def test_the_days_of_the_review_are_those_that_are_set(settings, starts: list[str], days: int, says: str) -> None:
    """R36, R37: whoever sets other terms has no page that says the old ones."""
    settings.TERM_STARTS, settings.REVIEW_DAYS, settings.UNDO_DAYS = starts, days, days
    page = visitor().get("/guidance/your-access-register/").content.decode()
    assert says in page
    assert f"You can undo that for {days} days." in page


def test_an_unknown_guide_is_not_there() -> None:
    assert visitor().get("/guidance/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/establishments/", "/establishments/999001/", "/establishments/999001/pupils/"])
def test_everything_else_asks_to_sign_in(path: str) -> None:
    """R2: to an anonymous visitor an establishment that exists and one that does not are the same."""
    response = visitor().get(path)
    assert response.status_code == 302
    assert response["location"].startswith("/sign-in/")


def test_a_page_that_is_not_there_says_what_to_do() -> None:
    page = visitor().get("/nowhere-at-all/")
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()
    assert "choose on the start page which one you are working for" in page.content.decode()
    assert "once somebody has answered it or taken it back" in page.content.decode()
