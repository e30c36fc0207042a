"""A report is made in the background and taken away, in a browser (R30, R31)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
PAGE = f"/establishments/{BECKSIDE}/reports/"


def taken_by(somebody: Someone) -> bytes:
    with somebody.page.expect_download() as download:
        somebody.page.get_by_role("link", name="Download the report for governors").click()
    return download.value.path().read_bytes()


@pytest.mark.usefixtures("pango")
def test_a_governor_takes_the_report_away(browse: Browse) -> None:
    """R12: the worker of the demonstration makes it when she asks; the governor finds one report, the head two."""
    governor = browse("governor-beckside")
    governor.visits(PAGE)
    governor.presses("Make the report for governors")
    governor.waits_until("Download the report for governors")
    assert "Full report" not in governor.main
    file = taken_by(governor)
    assert file.startswith(b"%PDF-")
    head = browse("head-beckside")
    head.visits(PAGE)
    assert "Full report" in head.main
    officer = browse("officer-no-duty", on="edunet")
    officer.visits(PAGE)
    assert taken_by(officer) == file
