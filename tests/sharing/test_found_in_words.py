"""What the answer to a search says, and where it leads on: what was looked for, and what else there is (R30, R33)."""

import re
from datetime import date
from html import unescape

import pytest

from sharing.upn import make_upn
from tests.people import EDUNET, client, looks_for
from tests.sharing.test_find import here, searched

pytestmark = pytest.mark.django_db
HEAD, OFFICER = "head-beckside", "officer-admissions"
PUPILS = "/establishments/999002/pupils/"
NAME, UPN, DAY = {"named": "zzphilpot"}, {"upn": make_upn(380, 2999, 2026, 4)}, {"born_on": "21/5/2017"}


def sentence(page: str) -> str:
    """The sentence that says what was looked for."""
    found = re.search(r"You looked for (.*?), at \d+ establishment", page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (NAME, "the name “zzphilpot”"),
        (UPN, "a UPN"),
        (DAY, "the date of birth 21 May 2017"),
        (NAME | UPN, "the name “zzphilpot” and a UPN"),
        (NAME | DAY, "the name “zzphilpot” and the date of birth 21 May 2017"),
        (UPN | DAY, "a UPN and the date of birth 21 May 2017"),
    ],
)
def test_what_was_looked_for(typed: dict[str, str], said: str) -> None:
    assert sentence(client(HEAD).post("/find/", typed, follow=True).text) == said


def test_names_that_sound_alike_are_offered_where_a_name_was_typed_alone() -> None:
    """R5: neither a date of birth nor a UPN has a sound. From there a link leads back."""
    upn = UPN["upn"]
    here(surname="Zzphilpot", born_on=date(2017, 5, 21), upn=upn, upn_index="known")
    browser, offered = client(HEAD), "See names that sound like this one"
    assert offered in browser.post("/find/", NAME, follow=True).text
    by_day = browser.post("/find/", DAY, follow=True).text
    assert "Zzphilpot" in by_day
    assert offered not in by_day
    address = searched(browser, **NAME)
    alike = browser.get(f"{address}&alike=yes").text
    assert "These names sound like the one you typed." in alike
    assert offered not in alike
    back = re.search(r'href="(\?[^"]+)">See names spelled like it', alike)
    assert back
    assert "These names sound" not in browser.get(f"/find/found/{unescape(back[1])}").text


@pytest.mark.parametrize("typed", ["zzphilpot", "zzfillpott", "zzyzxnobody"])
def test_the_glass_is_offered_to_officers_who_did_not_find_the_child_as_spelled(typed: str) -> None:
    """R18: it is for a child whom the search does not find, and for officers alone."""
    here(surname="Zzphilpot")
    for browser, is_officer in ((client(HEAD), False), (client(OFFICER, EDUNET), True)):
        page = browser.post("/find/", {"named": typed}, follow=True).text
        assert ("Zzphilpot" in page) == (typed != "zzyzxnobody")
        assert ("This search does not find:" in page) == (is_officer and typed != "zzphilpot")


def test_a_list_of_pupils_says_its_order_and_that_it_is_filtered() -> None:
    """R33."""
    browser = client(HEAD)
    captions = [
        re.findall(r"\d+ to \d+ of [\d,]+( that match)?, by ([a-z ]+)</caption>", browser.get(f"{PUPILS}{query}").text)
        for query in ("", "?sort=year", "?sex=F")
    ]
    assert captions == [[("", "name")], [("", "year group")], [(" that match", "name")]]


def test_a_list_without_a_pupil_says_how_to_find_one_by_the_name_alone() -> None:
    """R30: of a filter nobody misspells anything."""
    named, filtered = "Check the spelling, or try a shorter part of the name.", "No pupil matches."
    browser = client(HEAD)
    by_name = looks_for(browser, f"{PUPILS}?named=zzyzxnobody").text
    by_filter = browser.get(f"{PUPILS}?year_group=14&sex=F").text
    for page, says_so in ((by_name, True), (by_filter, False)):
        assert (filtered in page, named in page) == (True, says_so)
        assert f'{"name" if says_so else "matches"}. <a class="govuk-link" href="{PUPILS}">Show all pupils</a>' in page
