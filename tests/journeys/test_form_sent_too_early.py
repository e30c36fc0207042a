"""The protocol is to be accepted anew, and somebody is in the middle of a form: in a real browser (R19)."""

import pytest

from sharing.demo.places import RAVENSGILL
from tests.journeys.conftest import Browse
from tests.journeys.serving import manage

pytestmark = pytest.mark.browser

HAS_ENDED = """
from datetime import timedelta
from django.utils import timezone
from access_register.models import Person
from sharing.roles import BATCH, acting_as
with acting_as(BATCH):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert Person.objects.filter(email="{}").update(protocol_accepted_until=yesterday)
"""
HAPPENED = "A leaflet sets one school’s results above another’s & calls it a <league>."


def test_what_was_typed_is_sent_after_the_protocol_is_accepted(browse: Browse, newcomers_database: str) -> None:
    """R19: nothing is saved before, and nothing is lost."""
    # given an office manager who reports a misuse, and whose acceptance ends meanwhile
    office = browse("office-beckside")
    office.visits(f"/establishments/{RAVENSGILL}/key-data/")
    office.presses("Report misuse of a comparison")
    office.types("What happened?", HAPPENED)
    done = manage(newcomers_database, "shell", "-c", HAS_ENDED.format("carol.lumb@beckside.example"))
    assert done.returncode == 0, done.stderr

    # when the form is sent, then the protocol comes first
    office.presses("Send the report")
    assert office.path == "/protocol/accept/"
    office.confirms()
    office.presses("Accept the protocol")

    # and a page says that nothing was saved, and sends it
    assert office.heading == "Your form has not been saved yet"
    office.presses("Send what I typed")
    assert "Your report is recorded." in office.main
    office.visits("/your-reports/")
    office.presses(office.page.get_by_role("link", name="Report ").first)
    assert HAPPENED in office.main
