"""Where two URNs of one establishment have figures of one year, every page says the same of it (R31, A2)."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.door.deeper import Question
from tests import figures
from tests.people import as_batch, asker
from tests.sharing.conversions import BECKSIDE, NEW, convert

YEAR, BOTH, EARLIER_ALONE = 2023, "attendance_absence", "attendance_persistent"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


@pytest.fixture
def nothing_released(db: None) -> None:
    figures.without_the_demonstrations()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as it is for whoever brings a file in


@pytest.mark.usefixtures("nothing_released")
def test_of_a_measure_that_the_later_urn_does_not_have_the_earlier_one_speaks(tmp_path: Path) -> None:
    """R31: Key Data, which asks for all measures at once, and Deeper Data, which asks for one."""
    convert(tmp_path, timezone.localdate())
    with as_batch():
        figures.out("attendance", YEAR, {(BECKSIDE, BOTH): 61, (NEW, BOTH): 62, (BECKSIDE, EARLIER_ALONE): 9})
    found = door.show_key_data(asker("governor-beckside"), NEW)
    told = {measure.code: [(year.own.text, year.own.under) for year in measure.years] for measure in found.measures}
    assert told[BOTH] == [("62.0%", None)]
    assert told[EARLIER_ALONE] == [("9.0%", BECKSIDE)]
    deeper = door.show_deeper(asker("governor-beckside"), NEW, Question(measure=EARLIER_ALONE, year=YEAR))
    assert [row.cells[0].under for row in deeper.rows] == [BECKSIDE]
