"""The head looks at unusual patterns and settles them, in a real browser (P17, R30, R43)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_patterns_are_explained_and_referred(browse: Browse) -> None:
    """P17: from the home page; the information manager sees what the head said, and settles an officer's."""
    # given a head whom the home page points to them
    head = browse("head-beckside")
    head.visits("/")
    head.presses("2 unusual patterns to look at")
    assert "This is not an accusation." in head.main

    # when she opens one, says nothing at first, and then explains it
    head.presses(head.page.get_by_role("link", name="Refused again and again"))
    head.presses("What the ledger says about that day")
    head.page.go_back()
    head.presses("Settle it", status=422)
    head.chooses("There is a good reason")
    head.types("Why", "It was an old bookmark.")
    head.presses("Settle it")
    assert "It is marked as explained." in head.main

    # then the information manager reads that, and refers an officer's
    manager = browse("officer-information", on="edunet")
    manager.visits(head.path)
    assert "It was an old bookmark." in manager.main
    manager.visits("/unusual-patterns/")
    manager.presses(manager.page.get_by_role("link", name="Glass broken more than once a week"))
    pattern = manager.path
    manager.chooses("It may be a breach of the protocol: refer it")
    manager.types("Why", "The officer could not say why.")
    manager.presses("Settle it")
    assert "It is referred." in manager.main
    assert "Unusual pattern" in manager.page.get_by_label("What happened?").input_value()

    # and the head sees no pattern of an officer
    head.visits(pattern, status=404)
    head.visits(f"/establishments/{BECKSIDE}/unusual-patterns/")
