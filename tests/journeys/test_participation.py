"""A head takes the establishment out of the protocol and brings it back, and reads Our data (P6, R16, R36)."""

import re

import pytest

from sharing.demo.places import BECKSIDE, CRAGWELL
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_leaving_and_coming_back(browse: Browse) -> None:
    """R16, R44: the teacher who is signed in loses what is shared, and accepts again before it comes back."""
    head, other = browse("head-cragwell"), browse("governor-beckside")
    place = f"/establishments/{CRAGWELL}"
    other.visits(f"{place}/")
    head.visits(f"{place}/participation/")
    head.presses("Leave the protocol")
    head.presses("Leave the protocol now", status=422)
    head.types("Why?", "The governors want to look at it first")
    head.confirms()
    head.presses("Leave the protocol now")
    assert "You have left the protocol" in head.main
    head.visits(f"/establishments/{BECKSIDE}/", status=404)
    other.visits(f"{place}/", status=404)
    other.visits("/participation/")
    assert re.search("No longer taking part.*Left the protocol", other.main, re.DOTALL)
    head.visits("/")
    head.presses("Sign up to the protocol")
    head.presses("Sign up to the protocol")
    head.presses("Accept and sign up", status=422)
    head.confirms()
    head.presses("Accept and sign up")
    other.visits(f"{place}/")
    head.presses("Record the signatory")
    head.types("Full name", "Ada Rushworth")
    head.types("Their post", "Chair of governors")
    head.types("Since when?", "1/9/2025")
    head.presses("Put on file")
    assert "Ada Rushworth, Chair of governors" in head.main


def test_our_data_and_what_a_session_is_for(browse: Browse) -> None:
    """R36, P8: from the home page to a page that is printed; an officer turns to other work."""
    head = browse("head-beckside")
    head.presses("Our data")
    for heading in (
        "Who can see it",
        "Who has looked",
        "What was taken away and not yet destroyed",
        "Review of the register",
    ):
        assert heading in head.main
    officer = browse("officer-admissions", on="edunet")
    assert officer.sees("Session for: General administration")
    officer.presses("Change what this session is for")
    officer.chooses("School admissions")
    officer.confirms()
    officer.presses("Use this purpose")
    assert officer.sees("Session for: School admissions")
