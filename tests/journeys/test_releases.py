"""A release is checked, scheduled and taken back, in a browser (R22, R30)."""

import re
from datetime import date, timedelta

import pytest

from tests.journeys.conftest import Browse
from tests.journeys.serving import manage

pytestmark = pytest.mark.browser

# As an import leaves it: two versions of one dataset, to be checked, the second with other figures.
PREPARED = """
from datetime import date
from sharing.measures import preparing
from sharing.models import Establishment
from sharing.models.releases import Figure, Measure, Release
from sharing.roles import BATCH, acting_as
with acting_as(BATCH):
    measure, place = Measure.objects.get(code="absence_overall"), Establishment.objects.get(urn=999002)
    for value in (81, 83):
        release = preparing.prepare("absence", 1999, status=Release.Status.VALIDATED, as_of=date(2000, 9, 1),
                                    by="An import", because="A late return")
        Figure.objects.bulk_create([Figure(release=release, measure=measure, establishment=place, value=value),
                                    Figure(release=release, measure=measure, area="england", symbol="NA")])
"""
# A dataset of which the demonstration has no release.
DATASET = "Absence (published)"
NAME = f"{DATASET}, 1999/00, version 2"


def test_a_release_is_checked_and_scheduled_and_seen_to_come(browse: Browse, newcomers_database: str) -> None:
    """R22, R40: an officer runs it with a keyboard and no script needed; everybody sees that it comes, and when."""
    # given a release that an import has prepared
    officer = browse("officer-data", on="edunet")
    done = manage(newcomers_database, "shell", "-c", PREPARED)
    assert done.returncode == 0, done.stderr

    # when the officer looks what it holds
    officer.visits("/")
    officer.presses("Releases to check and schedule")
    officer.presses(officer.page.get_by_role("link", name=re.compile(r"^To be checked: \d+$")))
    officer.presses(NAME)
    assert "2 figures. Nobody can see their values before it is out." in officer.main
    assert "NA (Not applicable or not available): 1" in officer.main
    assert "What differs from version 1" in officer.main

    # and says that it is right, then the past is refused and what was typed stays
    officer.presses("It is right")
    officer.page.get_by_label("Day").fill("1/9/2019")
    officer.presses("Schedule", status=422)
    assert "That time has passed" in officer.main
    assert officer.page.get_by_label("Day").input_value() == "1/9/2019"

    # when a day to come is chosen, then the governor sees that it comes, and when
    day = date.today() + timedelta(days=20)
    officer.page.get_by_label("Day").fill(f"{day:%d/%m/%Y}")
    officer.presses("Schedule")
    assert f"Goes out on {day.day} {day:%B %Y}, 09:30" in officer.main
    governor = browse("governor-beckside")
    governor.presses("Calendar of releases")
    assert f"{day.day} {day:%B %Y}, 09:30" in governor.main

    # and its history says what is measured, and that nothing is out
    governor.presses(governor.page.get_by_role("link", name=DATASET, exact=True))
    assert "No release of these figures is out yet." in governor.main
    assert "Unauthorised absence" in governor.main

    # when it is withdrawn, then it comes no more, and the calendar says so and why
    officer.page.get_by_label("Why is it withdrawn?").fill("A school has sent its results again")
    officer.presses("Withdraw")
    assert "because: A school has sent its results again" in officer.main
    governor.visits("/calendar/")
    announced = f"Will not be published. It was announced for {day.day} {day:%B %Y}, 09:30."
    assert f"{announced} Why: A school has sent its results again" in governor.main
