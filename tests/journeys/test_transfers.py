"""A child moves: the sender asks, the receiver accepts and prepares, the child arrives, the sender's sight ends."""

import re
from datetime import date, timedelta

import pytest

from sharing.demo.places import BECKSIDE, BY_URN, OXENBY, RAVENSGILL
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE, THERE = f"/establishments/{BECKSIDE}", f"/establishments/{RAVENSGILL}"


def typed(days: int) -> str:
    return f"{date.today() + timedelta(days=days):%d/%m/%Y}"


def opens_a_record(head: Someone, year: str) -> str:
    """The first child of the year group. Answers the name."""
    head.visits(f"{HERE}/pupils/?year={year}")
    on_roll = head.page.locator("tbody tr").filter(has_not_text="Coming")
    head.presses(on_roll.locator("a").first)
    return head.heading


def asks(head: Someone, where: int, day: str) -> None:
    head.visits(f"{head.path}transfer/")
    head.page.get_by_label("Where is the child going?").select_option(label=BY_URN[where].name)
    head.types("Expected first day there", day)
    head.presses("Ask the other school")


def about(somebody: Someone, name: str, link: str) -> None:
    """The link beside the child on the transfers' page."""
    row = somebody.page.locator(".app-list__item").filter(has_text=name)
    somebody.presses(row.get_by_role("link", name=re.compile(f"^{link}")))


def test_a_child_moves_to_another_school(browse: Browse) -> None:
    """R5, R7, R8, A3, A4."""
    # given a child on roll at Beckside
    sender, receiver = browse("head-beckside"), browse("head-ravensgill")
    name = opens_a_record(sender, "3")
    record = sender.path

    # when the sender asks, mistypes first, and the receiver looks
    sender.visits(f"{record}transfer/")
    sender.presses("Ask the other school", status=422)
    sender.visits(record)
    asks(sender, RAVENSGILL, typed(2))
    assert name in sender.main
    receiver.visits(f"{THERE}/transfers/")
    assert name in receiver.main

    # then there are few facts, until the receiver accepts; then there is a record
    assert receiver.page.get_by_role("link", name=name, exact=True).count() == 0
    about(receiver, name, "Answer")
    receiver.chooses("No")
    receiver.presses("Send the answer", status=422)
    receiver.chooses("Yes")
    receiver.presses("Send the answer")
    receiver.presses(name)
    assert receiver.heading == name
    assert "agreed that this child is coming" in receiver.main
    received = receiver.path

    # when the child turns out to have come long before the paper: more than 5 school days, even after the summer
    receiver.visits(f"{THERE}/transfers/")
    about(receiver, name, "Has arrived")
    receiver.types("First day on your register", typed(-55))
    receiver.presses("The child has arrived")

    # then the sender's registration ended the day before, its days for the file are over, and it sees the child no more
    sender.visits(record, status=404)
    sender.visits(f"{HERE}/transfers/")
    assert name not in sender.main
    sender.visits(f"{HERE}/joiners-and-leavers/")
    assert name not in sender.main
    receiver.visits(f"{THERE}/joiners-and-leavers/")  # of this school year, which may have begun since that day
    receiver.visits(received)
    assert receiver.heading == name


def test_a_transfer_that_is_cancelled_and_a_child_who_leaves(browse: Browse) -> None:
    """R7, R8, without script."""
    sender = browse("head-beckside", scripts=False)
    name = opens_a_record(sender, "4")
    record = sender.path
    asks(sender, RAVENSGILL, typed(9))
    about(sender, name, "Cancel")
    sender.presses("Cancel the transfer")
    assert f"The transfer of {name} is cancelled." in sender.main
    sender.visits(f"{HERE}/transfers/")
    assert name not in sender.main
    sender.visits(f"{record}left/")
    sender.presses("Record the last day", status=422)
    sender.types("Last day on the register", typed(3))
    sender.page.get_by_label("Why?").select_option(label="Moved abroad")
    sender.types("Where is the child going?", "Lahore")
    sender.presses("Record the last day")
    assert "Moved abroad. Lahore" in sender.main


def test_admissions_tells_a_school_of_a_child_from_outside(browse: Browse) -> None:
    """R7, R9: and it cannot answer itself."""
    officer = browse("officer-admissions", on="edunet")
    officer.presses("Transfers")
    officer.presses("Tell a school about a child from outside the community")
    officer.presses("Ask the establishment", status=422)
    for label, text in (
        ("Forename", "Ines"),
        ("Surname", "Vermeulen"),
        ("Date of birth", "14/2/2014"),
        ("Unique pupil number (UPN), if it is known", "A123"),
        ("School before this one, if there was one", "De Linde, Gent"),
        ("Expected first day", typed(5)),
    ):
        officer.types(label, text)
    officer.chooses("Female")
    officer.page.get_by_label("Year group").select_option("7")
    officer.page.get_by_label("Which establishment is the child going to?").select_option(label=BY_URN[OXENBY].name)
    officer.presses("Ask the establishment", status=422)
    officer.types("Unique pupil number (UPN), if it is known", "")
    officer.presses("Ask the establishment")
    officer.visits("/transfers/?only=waiting")
    assert "Ines Vermeulen" in officer.main
    officer.visits(f"/establishments/{OXENBY}/transfers/")
    assert "You started this transfer, so somebody else has to answer." in officer.main
    head = browse("head-oxenby")
    assert "wait" in head.main
    head.visits(f"/establishments/{OXENBY}/transfers/")
    about(head, "Ines Vermeulen", "Answer")
    head.chooses("Yes")
    head.presses("Send the answer")
    head.presses("Ines Vermeulen")
    assert head.heading == "Ines Vermeulen"
    officer.visits("/children-missing/")
