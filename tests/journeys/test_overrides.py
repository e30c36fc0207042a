"""A glass is broken and a child closed, in a real browser (R18, R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"


def value(somebody: Someone, key: str) -> str:
    """What the summary list of the page says beside `key`."""
    row = somebody.page.locator(".govuk-summary-list__row").filter(has=somebody.page.get_by_text(key, exact=True))
    return row.locator("dd").first.inner_text().strip()


def test_a_glass_is_broken_and_explained(browse: Browse) -> None:
    """R18: from home to one record; the head and the information manager say what they think of it."""
    # given a head who knows the UPN of a child
    head = browse("head-beckside")
    head.visits(f"{HERE}/pupils/?page=2")
    head.presses(head.page.locator("tbody a").nth(7))
    upn, record = value(head, "Unique pupil number (UPN)"), head.path

    # when an officer without a duty names nobody, then the child, then gives no reason
    officer = browse("officer-no-duty", on="edunet")
    officer.visits(record, status=403)
    officer.visits("/")
    officer.presses("Break the glass")
    officer.presses("Continue", status=422)
    officer.types("Unique pupil number (UPN)", upn)
    officer.presses("Continue")
    assert officer.heading == "There is a child with these details"
    officer.presses("Break the glass", status=422)
    officer.chooses("A child may be at risk of harm")
    officer.types("Why do you need this record now?", "The hospital has called.")
    officer.page.get_by_label("I need it for safeguarding").check()
    officer.presses("Break the glass")

    # then that record is open, and nothing beside it
    assert officer.path == record
    assert "You see this record because you broke the glass." in officer.main
    officer.visits(f"{HERE}/pupils/", status=403)

    # and the head and the information manager say what they think of it
    head.visits("/")
    head.visits(f"{HERE}/opened-records/")
    assert "The hospital has called." in head.main
    head.presses(head.page.get_by_role("button", name="Mark as explained").first)
    manager = browse("officer-information", on="edunet")
    manager.visits(f"{HERE}/opened-records/")
    manager.presses(manager.page.get_by_role("button", name="Ask the officer").first)
    officer.visits("/break-glass/yours/")
    assert "Asked to explain" in officer.main
    assert "Explained" in officer.main
    officer.presses(officer.page.get_by_role("button", name="I no longer need it").first)
    officer.visits(record, status=403)


def test_a_child_is_closed_and_opened_again(browse: Browse) -> None:
    """R18: absent at once; the head is told that there is one, and agrees."""
    # given a head who sees a child
    head = browse("head-beckside")
    head.visits(f"{HERE}/pupils/?page=2")
    head.presses(head.page.locator("tbody a").nth(11))
    upn, record = value(head, "Unique pupil number (UPN)"), head.path

    # when the information manager closes the child
    manager = browse("officer-information", on="edunet")
    manager.presses("Closed children")
    manager.presses("Close a child")
    manager.presses("Close the child", status=422)
    manager.types("Unique pupil number (UPN)", upn)
    manager.types("Who has decided this", "A. Director, Director of Children's Services")
    manager.chooses("Order of a court")
    manager.types("Reason", "An order of the family court.")
    manager.types("Last day", manager.page.evaluate("new Date(Date.now() + 864e6).toLocaleDateString('en-GB')"))
    manager.page.get_by_label("This child must be absent").check()
    manager.presses("Close the child")

    # then the head sees the child no more, is told that there is one, and agrees
    head.visits(record, status=404)
    head.visits("/")
    head.presses(head.page.get_by_role("link", name="1 closed record to agree to").first)
    head.presses(head.page.get_by_role("button", name="Agree").first)
    assert "You have agreed." in head.main

    # and when it is ended, the child is there again
    manager.visits("/closed-children/")
    manager.page.locator("summary", has_text="End this closing").first.click()
    manager.presses(manager.page.get_by_role("button", name="End it").first)
    head.visits(record)
