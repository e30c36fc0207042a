"""Records are held, and what is due is asked for, in a real browser (P5, R30)."""

import pytest

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_a_hold_and_a_disposal(browse: Browse) -> None:
    """P5: from home to a hold that is lifted, and a disposal that one person alone cannot approve."""
    manager = browse("officer-information", on="edunet")
    manager.visits("/")
    manager.presses("Retention: how long records are kept, and disposal")
    manager.presses("Legal holds")
    manager.presses("Place a hold")
    manager.presses("Place the hold", status=422)
    manager.types("URN of the establishment", "999002")
    manager.types("Reason", "A claim against the school")
    manager.presses("Place the hold")
    assert "A claim against the school" in manager.main
    manager.opens_and_presses("Lift this hold", "Lift the hold")
    assert "Lifted on" in manager.main
    manager.visits("/retention/")
    manager.presses("Count what is due today")
    assert manager.heading.startswith("Disposal RD-")
    assert "Approve the disposal" not in manager.main
