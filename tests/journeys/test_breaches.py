"""A breach from the report to a sanction and its lifting, in a real browser (P17, R41, R30)."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
PANEL = ("Catriona Beaumont", "David Earnshaw", "Gillian Feather")
SLUGS = ("head-holmeroyd", "head-oxenby", "manager-amberstone")
NOBODYS = "senco-beckside"  # on whom no other journey depends


def test_a_breach_is_reported_judged_enacted_and_lifted(browse: Browse) -> None:
    """R41: the suspended person is shut out by their next request, reads why, appeals, and is back."""
    # given a governor who has heard of a list that was lost
    governor = browse("governor-beckside")
    governor.visits("/")
    governor.presses("Report a breach of the protocol")
    governor.presses("Send the report", status=422)
    governor.chooses("Me: I made a mistake")
    expect(governor.page.get_by_label("Name them, if you know")).to_be_hidden()
    governor.chooses("Somebody else")
    governor.types("Name them, if you know (optional)", "The SENCO of Beckside")
    governor.types("What happened?", "A list of children was left on a bus.")
    governor.page.get_by_label("Names, dates of birth or UPNs of children").check()
    governor.chooses("11 to 100")
    governor.presses("Send the report")
    case = governor.path
    assert "Waiting to be looked at" in governor.main

    # when the information manager names who did it, and refers it
    manager = browse("officer-information", on="edunet")
    manager.presses("1 breach to look at")
    manager.visits(case)
    assert "hours are left" in manager.main
    manager.presses("Name who the case is against")
    manager.chooses("A person")
    manager.types("Part of the name", "Priestley")
    manager.presses("Search")
    manager.presses(manager.page.get_by_role("button", name="Add Owen Priestley"))
    manager.presses("Back to the case")
    manager.presses("Say what it is, and refer it or close it")
    manager.chooses("Yes: personal data was lost, changed, disclosed or opened without right")
    manager.chooses("There is a risk to people")
    manager.chooses("Refer it to the Locality Achievement Partnership")
    manager.types("Why?", "A list of children's names was lost.")
    manager.presses("Record it")
    manager.presses("Say who has been told")
    manager.chooses("The Information Commissioner")
    manager.presses("Record it")
    manager.presses("Name the panel")
    assert "Ruth Oldroyd" not in manager.main
    for name in PANEL:
        manager.page.get_by_label(name).check()
    manager.presses(manager.page.get_by_role("button", name="Name the panel"))

    # and the panel votes
    for slug in SLUGS:
        member = browse(slug)
        member.visits("/")
        member.presses("1 case to vote on")
        member.visits(case)
        member.presses("Vote")
        member.chooses("Suspend the person")
        member.page.get_by_label("For how long, if you vote to suspend or to end access?").select_option("2")
        member.types("Why?", "A week to look at how lists are carried.")
        member.presses("Vote")
    assert "The case is decided, and the decision applies." in member.main

    # then the person is shut out, reads why, and appeals
    senco = browse()
    senco.visits("/demo/sign-in/")
    senco.expected = 403
    senco.presses(senco.page.locator(f"form:has(input[value='{NOBODYS}']) button"), status=403)
    assert senco.heading == "Your access is suspended"
    senco.presses("Read the case and the reasons, and appeal")
    assert "In force" in senco.main
    senco.presses("Appeal")
    senco.types("What do you say?", "The list was found, and nobody had read it.")
    senco.presses(senco.page.get_by_role("button", name="Appeal"))
    senco.visits("/", status=403)

    # and officers who had no part in it lift it
    manager.visits(case)
    manager.presses("Name the panel")
    for name in ("Tomasz Gorski", "Fiona Brearley", "Deborah Clough"):
        manager.page.get_by_label(name).check()
    manager.presses(manager.page.get_by_role("button", name="Name the panel"))
    for slug in ("officer-data", "officer-no-duty", "officer-admissions"):
        member = browse(slug, on="edunet")
        member.visits(case)
        member.presses("Vote")
        member.chooses("No action")
        member.types("Why?", "Nothing came of it.")
        member.presses("Vote")
    senco.visits("/")
    governor.visits(case)
    assert "Appeal: the decision is lifted" in governor.main
    assert "Priestley" not in governor.main

    # when another report is closed, then whoever sent it may ask that others look
    governor.visits("/breaches/report/")
    governor.chooses("Somebody else")
    governor.types("What happened?", "A screen was left on.")
    governor.page.get_by_label("Names, dates of birth or UPNs of children").check()
    governor.chooses("11 to 100")
    governor.presses("Send the report")
    closed = governor.path
    manager.visits(closed)
    manager.presses("Say what it is, and refer it or close it")
    manager.chooses("No")
    manager.chooses("Close it")
    manager.types("Why?", "Nobody saw it.")
    manager.presses("Record it")
    governor.visits(closed)
    governor.presses("Ask for others to look at it")
    governor.presses(governor.page.get_by_role("main").get_by_role("button"), status=422)
    assert governor.path == f"{closed}again/"
