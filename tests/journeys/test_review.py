"""A head looks through the register, on a phone and without script (R30, R36)."""

import pytest

from tests.journeys.browsing import PHONE
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_the_termly_review_is_a_few_clicks(browse: Browse) -> None:
    """R30, R36: from the home page, one by one and all that are ticked."""
    # given an open review of five lines
    head = browse("head-skelbrook")
    assert "to confirm by" not in head.main
    head = browse("head-beckside", scripts=False, viewport=PHONE)
    before = lines_left(head.main)

    # when the head follows the link, confirms one, and ticks another
    head.presses(head.page.get_by_role("link", name="to confirm by"))
    assert head.heading == "Review: who still needs access?"
    head.presses(head.page.get_by_role("button", name="Confirm Gordon Whiteley"))
    assert head.sees("1 person is confirmed.")
    head.presses("Confirm all I have ticked", status=422)
    head.page.get_by_role("checkbox", name="Julie Armitage").check()
    head.presses("Confirm all I have ticked")
    assert head.sees("1 person is confirmed.")

    # then two fewer are left
    head.visits("/")
    assert lines_left(head.main) == before - 2


def lines_left(words: str) -> int:
    """The number in "5 people to confirm by ..."."""
    (line,) = [line for line in words.splitlines() if " to confirm by " in line]
    return int(line.split()[0])
