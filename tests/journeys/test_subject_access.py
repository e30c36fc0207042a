"""A request for a child's own records, in a real browser (R18, R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse
from tests.journeys.test_casework import day
from tests.journeys.test_overrides import value

pytestmark = pytest.mark.browser


def test_a_request_is_recorded_its_answer_asked_for_and_settled(browse: Browse) -> None:
    """R18: by the head, for a child of theirs; and the information manager's pages."""
    head = browse("head-beckside")
    head.visits(f"/establishments/{BECKSIDE}/pupils/?page=2")
    head.presses(head.page.locator("tbody a").nth(5))
    upn = value(head, "Unique pupil number (UPN)")
    head.presses("Somebody has asked for everything held about this child (for the head)")
    assert head.page.get_by_label("Unique pupil number (UPN)").input_value() == upn
    for somebody, path in (
        (head, f"/establishments/{BECKSIDE}/subject-access/"),
        (browse("officer-information", on="edunet"), "/subject-access/"),
    ):
        somebody.visits(path)
        somebody.presses("Record a request")
        somebody.presses("Record the request", status=422)
        somebody.types("Unique pupil number (UPN)", upn)
        somebody.types("Name of the person who asks", "Parent Askwith")
        somebody.chooses("A parent")
        somebody.chooses("A passport")
        somebody.types("Day the request came", day(somebody, 0))
        somebody.presses("Record the request")
        assert "Parent Askwith" in somebody.main
        request = somebody.path
        somebody.presses("Make the answer")
        assert "Answer to a subject access request" in somebody.main
        somebody.visits(request)
        somebody.presses("Save", status=422)
        somebody.chooses("The answer was handed over")
        somebody.presses("Save")
        assert "Answered" in somebody.main
        somebody.visits(path)
