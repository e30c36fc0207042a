"""Casework for a named child, and a legal override, in a real browser (R9, R18, R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.journeys.test_overrides import value

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"


def day(somebody: Someone, away: int) -> str:
    """Today and so many days, as it is typed."""
    said = somebody.page.evaluate(f"new Date(Date.now() + {away} * 864e5).toLocaleDateString('en-GB')")
    return str(said)


def test_a_child_is_named_for_an_officer_and_taken_out_again(browse: Browse) -> None:
    """R9: from the information manager's form to the officer's own page, the record, and the head's page."""
    # given a head who knows the UPN of a child, and casework recorded for an officer without a duty
    head = browse("head-beckside")
    head.visits(f"{HERE}/pupils/?page=2")
    head.presses(head.page.locator("tbody a").nth(5))
    upn, record = value(head, "Unique pupil number (UPN)"), head.path
    manager = browse("officer-information", on="edunet")
    manager.visits("/officers/")
    manager.presses("Fiona Brearley")
    officer_page = manager.path
    manager.presses("Record casework for children named one by one")
    manager.presses("Continue", status=422)
    manager.page.get_by_label("For which statutory function?").select_option("looked-after")
    manager.types("What is the work?", "Education of children in care")
    manager.types("Last day", day(manager, 60))
    manager.presses("Continue")

    # when the information manager names nobody, then the child
    manager.presses("Name this child", status=422)
    manager.types("Unique pupil number (UPN)", upn)
    manager.presses("Name this child")
    assert "1 child named" in manager.main

    # then the officer finds the child on a page of their own, and opens that record and nothing beside it
    officer = browse("officer-no-duty", on="edunet")
    officer.presses("Children named for you")
    officer.presses(officer.page.get_by_role("link", name="Open the record"))
    assert officer.path == record
    officer.visits(f"{HERE}/pupils/", status=403)
    head.visits(f"{HERE}/register/officers/")
    assert "Fiona Brearley: 1 child" in head.main

    # and no more once the child is taken out
    manager.presses(manager.page.get_by_role("button", name="Take out"))
    manager.visits(officer_page)
    officer.visits(record, status=403)


def test_a_legal_override_opens_once_another_person_says_so(browse: Browse) -> None:
    """R18: recorded, authorised by another, ended."""
    manager = browse("officer-information", on="edunet")
    manager.presses("Legal overrides that open")
    manager.presses("Record a legal override")
    manager.presses("Record it", status=422)
    manager.chooses("Order of a court")
    manager.types("Or a whole establishment, by its URN", str(BECKSIDE))
    manager.types("Who does it open to? Their work email address", "fiona.brearley@council.example")
    manager.types("Who authorises it? Their work email address", "tomasz.gorski@council.example")
    manager.types("Reason", "The order of 3 May.")
    manager.types("Last day", day(manager, 9))
    manager.presses("Record it")
    officer = browse("officer-no-duty", on="edunet")
    officer.visits(f"{HERE}/pupils/", status=403)
    authoriser = browse("officer-data", on="edunet")
    authoriser.presses("Legal overrides to authorise")
    authoriser.presses(authoriser.page.get_by_role("button", name="I authorise it"))
    officer.visits(f"{HERE}/pupils/")
    manager.visits("/legal-overrides/")
    manager.opens_and_presses("End this override", "End now")
    officer.visits(f"{HERE}/pupils/", status=403)
