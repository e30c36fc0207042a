"""The protocol is to be accepted anew, and somebody is in the middle of a form: in a real browser (R19)."""

import pytest

from sharing.demo.places import RAVENSGILL
from tests.journeys.conftest import Browse
from tests.journeys.serving import manage

pytestmark = pytest.mark.browser

VISIT = f"/establishments/{RAVENSGILL}/visit/"
HAS_ENDED = """
from datetime import timedelta
from django.utils import timezone
from access_register.models import Person
from sharing.roles import BATCH, acting_as
with acting_as(BATCH):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert Person.objects.filter(email="{}").update(protocol_accepted_until=yesterday)
"""
NOTE = "The head’s question: are 5 < 6 & is “Zoë” spelt so?"


def test_what_was_typed_is_sent_after_the_protocol_is_accepted(browse: Browse, newcomers_database: str) -> None:
    """R19: nothing is saved before, and nothing is lost."""
    # given an officer who writes a note, and whose acceptance ends meanwhile
    officer = browse("officer-data", on="edunet")
    officer.visits(VISIT)
    officer.types("Your note", NOTE)
    done = manage(newcomers_database, "shell", "-c", HAS_ENDED.format("tomasz.gorski@council.example"))
    assert done.returncode == 0, done.stderr

    # when the note is sent, then the protocol comes first
    officer.presses("Keep the note")
    assert officer.path == "/protocol/accept/"
    officer.confirms()
    officer.presses("Accept the protocol")

    # and a page says that nothing was saved, and sends it
    assert officer.heading == "Your form has not been saved yet"
    officer.presses("Send what I typed")
    assert officer.path == VISIT
    assert NOTE in officer.main
