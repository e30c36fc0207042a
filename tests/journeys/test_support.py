"""One head finds another's offer of support and asks; the other answers, in a real browser (P8, R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_support_is_found_asked_for_and_answered(browse: Browse) -> None:
    """P8: from the School Finder to the offer, from home to the request, and back to who asked."""
    # given a head who looks for support with English as an additional language
    head = browse("head-beckside")
    head.visits("/school-finder/?challenge=eal")
    head.presses(head.page.locator("tbody a[href*='support']").first)
    assert "An induction of six weeks" in head.main

    # when she asks, first without a word
    head.presses(head.page.get_by_role("button", name="Ask about: English").first)
    head.presses("Send the request", status=422)
    head.types("What would you like?", "May two of us come and see?")
    head.presses("Send the request")
    assert "Your request is sent." in head.main

    # then the other head finds it on her home page, and answers
    other = browse("head-ravensgill")
    other.visits("/")
    other.presses("Choose Ravensgill Primary School")
    other.presses(other.page.get_by_role("link", name="for your support to answer").first)
    other.presses(other.page.get_by_role("link", name="Beckside Primary School asks you").first)
    other.presses("Send the answer", status=422)
    other.chooses("Accept")
    other.types("What should they know?", "Come on Tuesday, and ask for the English lead.")
    other.presses("Send the answer")

    # and the answer stands on the home page of who asked
    head.visits("/")
    head.presses(head.page.get_by_role("link", name="for support accepted").first)
    head.presses(head.page.get_by_role("link", name="you asked").first)
    assert "Come on Tuesday" in head.main

    # and she offers something herself, changes it and withdraws it
    head.visits(f"/establishments/{BECKSIDE}/support/")
    head.presses("Offer support")
    head.page.get_by_label("Which challenge is it about?").select_option("writing")
    for label, text in (
        ("What do you do about it?", "We write every day."),
        ("Who can join?", "Primary schools"),
        ("How do they join?", "Ask here."),
        ("Last day of the offer", "31/8/2099"),
    ):
        head.types(label, text)
    head.presses("Publish the offer")
    head.presses(head.page.get_by_role("link", name="Change").first)
    head.presses("Change the offer")
    head.opens_and_presses("Withdraw this offer", "Withdraw")
    assert "Offers that have ended" in head.main


def test_a_version_of_a_release_is_read_from_its_history(browse: Browse) -> None:
    """R22: from the calendar to the dataset, and to what a version says."""
    governor = browse("governor-beckside")
    governor.visits("/calendar/comparators/")
    governor.presses(governor.page.locator("tbody a").first)
    assert "What it said" in governor.main
