"""The establishment one acts for: several lines, one account (A18)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sharing import door
from sharing.models import Establishment, Import
from tests.people import as_batch, asker, client
from tests.sharing import advising

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003


def test_with_one_line_home_is_that_establishment() -> None:
    page = client("teacher-beckside").get("/").content.decode()
    assert "Beckside Primary School" in page
    assert f"/establishments/{BECKSIDE}/pupils/" in page
    assert f"/establishments/{BECKSIDE}/staff/" not in page
    assert "Choose an establishment" not in page


def test_with_several_lines_one_chooses_and_the_choice_stays() -> None:
    browser = client("teacher-two-schools")
    assert "Choose an establishment" in browser.get("/").content.decode()
    browser.post("/acting-for/", {"urn": BECKSIDE})
    assert f"/establishments/{BECKSIDE}/pupils/" in browser.get("/").content.decode()


def test_choosing_what_is_not_ones_own_opens_nothing() -> None:
    browser = client("teacher-two-schools")
    for nonsense in ("999004", "x", "", "9" * 40, "9\0", "٩٩٩"):
        browser.post("/acting-for/", {"urn": nonsense})
        assert "Choose an establishment" in browser.get("/").content.decode()


def test_of_files_that_were_brought_in_those_that_wait_for_a_decision_are_counted() -> None:
    with as_batch():
        for urn in (BECKSIDE, RAVENSGILL):
            place = Establishment.objects.get(urn=urn)
            for state in Import.State:
                Import.objects.create(
                    kind="census", file_name="a.xml", file_hash=f"{urn}{state}", state=state, establishment=place
                )
    assert "1 import to look at" in client("head-beckside").get("/").content.decode()


def test_a_choice_is_made_by_a_form_not_by_a_link() -> None:
    assert client("teacher-two-schools").get("/acting-for/").status_code == 405


def test_without_a_line_home_says_what_to_do() -> None:
    for slug in ("superuser", "absent-beckside", "teacher-tomorrow", "teacher-ended", "officer-information"):
        page = client(slug).get("/").content.decode()
        assert "You have no access today" in page
        assert "Officers of the Education Department sign in to EduNet." in page  # R38: by the other address
        assert 'href="/my-access/">My access</a> says whether' in page


def test_a_third_party_of_two_sponsors_is_led_to_a_dashboard_once_one_is_chosen() -> None:
    """R24: before, neither is in scope, and the dashboard of both is not there."""
    browser = client("third-party-two-sponsors")
    assert "/dashboard/" not in browser.get("/").content.decode()
    browser.post("/acting-for/", {"urn": "999003"})
    page = browser.get("/").content.decode()
    assert "/establishments/999003/dashboard/" in page
    assert "/establishments/999002/dashboard/" not in page
    assert browser.get("/establishments/999003/dashboard/").status_code == 200


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside", "governor-beckside"])
def test_figures_and_reports_are_one_click_from_home(slug: str) -> None:
    """R30: at every level; a governor has little else to come for."""
    browser = client(slug)
    page = browser.get("/").content.decode()
    for address in (f"/establishments/{BECKSIDE}/key-data/", f"/establishments/{BECKSIDE}/reports/"):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside", "governor-beckside", "third-party-beckside"])
def test_what_was_taken_away_is_one_click_from_home(slug: str) -> None:
    """R14, R30: a file waits there for a day, and no longer; what was taken is there until it is destroyed."""
    browser = client(slug)
    assert 'href="/my-downloads/"' in browser.get("/").content.decode()
    assert browser.get("/my-downloads/").status_code == 200


@pytest.mark.parametrize("slug", ["head-beckside", "head-ravensgill", "head-oxenby"])
def test_what_is_late_stands_first_of_what_waits_and_then_what_has_a_day(slug: str) -> None:
    """R23, R30: a head has a minute before the first lesson."""
    places = [place.to_do for place in door.my_places(asker(slug))]
    assert any(waiting and waiting[0].late for waiting in places)
    for waiting in places:
        assert [to_do.late for to_do in waiting] == sorted((to_do.late for to_do in waiting), reverse=True)
        rest = [" by " in to_do.words for to_do in waiting if not to_do.late]
        assert rest == sorted(rest, reverse=True)


def test_what_waits_at_another_of_ones_establishments_is_one_click_from_home() -> None:
    """R30, A18: without choosing it first."""
    page = client("head-ravensgill").get("/").content.decode()
    assert f'href="/establishments/{RAVENSGILL}/transfers/">1 child overdue to arrive' in page


def test_pages_stand_under_the_names_that_they_have_on_each_page_of_the_establishment() -> None:
    """R30: what is learned on one page holds on the next."""
    browser = client("head-beckside")
    there = browser.get(f"/establishments/{BECKSIDE}/").content.decode()
    named = re.findall(r'app-sub-navigation__label" id="pages-[a-z]+">([^<]+)<', there)
    home = browser.get("/").content.decode()
    groups = re.findall(r'app-card"><h2 class="govuk-heading-m">([^<]+)<', home)
    assert groups == named == ["Overview", "Figures", "People", "Records", "Access"]


def test_advice_that_came_out_lately_stands_on_the_home_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """R37: the newest three of the last thirty days, whatever one's level; what is taken down is gone at once."""
    assert "New from the Council" not in _home("governor-beckside")
    pages = [advising.published(f"Counting days, part {part}") for part in range(1, 5)]
    shown = _home("governor-beckside")
    assert [f"part {part}" for part in range(1, 5) if f"part {part}<" in shown] == ["part 2", "part 3", "part 4"]
    assert f'href="{advising.address(pages[3])}"' in shown
    door.take_down_advice(advising.officer(advising.SECOND), pages[3], because="It is wrong.")
    assert "part 4<" not in _home("head-beckside")
    monkeypatch.setattr("sharing.guidance.now", lambda: timezone.now() + timedelta(days=31))
    assert "New from the Council" not in _home("head-beckside")


def _home(slug: str) -> str:
    return client(slug).get("/").content.decode()
