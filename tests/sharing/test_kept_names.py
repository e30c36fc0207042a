"""Names of people that are searched for are in no address, and the list is of these people all the same (R13)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from sharing.kept_names import GONE, MOST
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = pytest.mark.django_db
HERE = "/establishments/999002"
FEW = 10
PAGES = {
    "pupils": ("Abbasi, Edie", "abba", "year_group=2"),
    "staff": ("Oldroyd, Ruth", "oldr", "contract=PRM"),
    "register": ("Nadia Hussain", "nadi", "level=2"),
}


@pytest.fixture(autouse=True)
def abbasi() -> None:
    """Of that year group in every school year."""
    child = factories.pupil(999002, surname="Abbasi", forename="Edie", year_group="2")
    factories.enrolment(child, timezone.localdate())


def searched(browser, page: str, **typed: str) -> str:
    """The address that a search leads to."""
    answer = browser.post(f"{HERE}/{page}/", {**typed, "search": "yes"})
    assert answer.status_code == 302
    return answer["location"]


@pytest.mark.parametrize("page", PAGES)
def test_a_name_is_searched_for_and_in_no_address(page: str) -> None:
    who, typed, also = PAGES[page]
    browser = client("head-beckside")
    whole = browser.get(f"{HERE}/{page}/").text
    address = searched(browser, page, named=typed, csrfmiddlewaretoken="x", **dict([also.split("=")]))
    assert typed not in address
    assert "csrf" not in address
    assert also in address
    found = browser.get(address).text
    assert who in found
    assert len(found) < len(whole)
    assert f'value="{typed}"' in found


def test_a_name_that_nobody_has_is_answered_with_what_to_try() -> None:
    """R30: of other filters there is nothing to spell."""
    browser, cure = client("teacher-beckside"), "Check the spelling, or try a shorter part of the name."
    assert f"No pupil matches. {cure}" in browser.get(searched(browser, "pupils", named="Abasi")).text
    of_none = browser.get(f"{HERE}/pupils/?year_group=14").text
    assert ("No pupil matches." in of_none, cure in of_none) == (True, False)


def test_it_goes_along_to_the_file_and_to_columns() -> None:
    """R14: what is asked for is what the list showed."""
    browser = client("head-beckside")
    address = searched(browser, "pupils", named="abbasi", year_group="2")
    query = address.partition("?")[2]
    listed = browser.get(address).context["found"].page.total
    assert 0 < listed < browser.get(f"{HERE}/pupils/?year_group=2").context["found"].page.total
    assert browser.get(f"{HERE}/downloads/pupils/new/?{query}").context["found"].rows == listed
    back = browser.post(f"{HERE}/pupils/columns/?{query}", {"column": ["sex"]})
    assert back["location"] == address


def test_the_same_name_has_the_same_word_and_old_ones_go() -> None:
    browser = client("head-beckside")
    first = searched(browser, "pupils", named="abbasi")
    assert searched(browser, "pupils", named=" abbasi ") == first
    for number in range(MOST):
        assert browser.get(first).status_code == 200
        searched(browser, "pupils", named=f"name {number}")
    answer = browser.get(first, follow=True)
    assert answer.redirect_chain == [(f"{HERE}/pupils/", 302)]
    assert GONE in answer.text


@pytest.mark.parametrize(("slug", "site"), [("head-beckside", SCHOOLS_ONLINE), ("officer-school-improvement", EDUNET)])
def test_a_name_in_the_address_is_no_name(slug: str, site) -> None:
    """An old address, or somebody else's: the whole list, and it says so."""
    answer = client(slug, site).get(f"{HERE}/pupils/?named=abbasi&sex=F", follow=True)
    assert answer.redirect_chain == [(f"{HERE}/pupils/?sex=F", 302)]
    assert GONE in answer.text


def test_no_form_puts_a_persons_name_into_the_address() -> None:
    """Of the forms that make an address, two ask for the name of an establishment, and one for days."""
    pages, asking = Path(settings.BASE_DIR, "templates"), set()
    for path in pages.rglob("*.html"):
        for form in re.findall(r'<form method="get".*?</form>', path.read_text(), re.DOTALL):
            if re.search(r'type="(text|search)"', form):
                asking.add(str(path.relative_to(pages)))
    assert asking == {"edunet/home.html", "establishments/list.html", "ledger/filter.html"}


def test_no_filter_says_after_going_back_what_its_list_has_not() -> None:
    """A browser puts back what was chosen last, unless a form says that it shall not (seen in a journey)."""
    forms = [
        (path.name, form)
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for form in re.findall(r'<form [^>]*(?:method="get"|app-inline-form)[^>]*>', path.read_text())
    ]
    assert len(forms) > FEW
    assert [name for name, form in forms if 'autocomplete="off"' not in form] == []


def test_an_empty_search_is_the_whole_list() -> None:
    assert searched(client("head-beckside"), "pupils", named="  ", sex="") == f"{HERE}/pupils/"


def test_a_word_is_of_one_session() -> None:
    address = searched(client("head-beckside"), "pupils", named="abbasi")
    assert client("head-beckside").get(address).status_code == 302
