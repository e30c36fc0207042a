"""A head looks at her dashboard, reports a misuse, and an officer sees to it, in a real browser (R20, R30)."""

import pytest

from sharing.demo.places import RAVENSGILL
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_a_dashboard_leads_to_what_is_due(browse: Browse) -> None:
    """R30: from home to the dashboard, and from there to what waits."""
    head = browse("head-beckside")
    head.presses("Dashboard")
    assert head.sees("What is due")
    assert head.page.get_by_role("img", name="Over time").count() >= 2
    head.presses("Attendance")
    assert head.heading == "Pupils"


def test_a_misuse_is_reported_and_seen_to(browse: Browse) -> None:
    """R20, R41: from the figures to the report, to the desk, and as a case to who refers it and to who reported it."""
    # given a governor who reads the figures of another school
    governor = browse("governor-beckside")
    governor.visits(f"/establishments/{RAVENSGILL}/key-data/")

    # when she reports a misuse, first without a word
    governor.presses("Report misuse of a comparison")
    governor.presses("Send the report", status=422)
    assert "Say what happened." in governor.main
    governor.types("What happened?", "A leaflet sets one school's results above another's.")
    governor.presses("Send the report")
    assert "Your report is recorded." in governor.main

    # then an officer takes it on and closes it
    officer = browse("officer-data", on="edunet")
    officer.presses("Reports of misuse of a comparison")
    officer.presses(officer.page.get_by_role("link", name="Report ").first)
    officer.presses("Take it on")
    officer.chooses("To be referred to the Locality Achievement Partnership")
    officer.types("Your answer", "We have seen the leaflet.")
    officer.presses("Close the report")

    # and the governor reads what came of it, among her reports and among the cases
    governor.visits("/your-reports/")
    assert "Closed: To be referred to the Locality Achievement Partnership" in governor.main
    governor.presses(governor.page.get_by_role("main").get_by_role("link", name="Report ").first)
    governor.presses(governor.page.get_by_role("main").get_by_role("link", name="Breaches of the protocol"))
    assert "Reported by you." in governor.main

    # which an information manager has to see to, and closes here, so that no other journey finds it
    manager = browse("officer-information", on="edunet")
    manager.visits("/breaches/")
    manager.presses(manager.page.get_by_role("link", name="Case ").first)
    assert "We have seen the leaflet." in manager.main
    manager.presses("Say what it is, and refer it or close it")
    manager.chooses("No")
    manager.chooses("Close it: nobody who has signed up has broken the protocol")
    manager.types("Why?", "The leaflet was not theirs.")
    manager.presses("Record it")
    governor.visits("/breaches/")
    assert "Closed without a referral" in governor.main
