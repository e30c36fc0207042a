"""A share of sessions is rounded by one rule on every page: halves up (R31)."""

import pytest

from sharing import door
from sharing.door.own_groups import Wanted
from sharing.door.pupil_filter import PupilFilter
from sharing.models import Attendance
from tests.people import as_batch, asker

pytestmark = pytest.mark.django_db
BECKSIDE, HEAD = 999002, "head-beckside"


def test_attendance_is_rounded_alike_wherever_it_stands() -> None:
    """R31: 154 of 160 sessions are 96.25%. Beside it Key Data says that 3.8% were missed, not 3.7%."""
    with as_batch():
        rows = Attendance.objects.filter(establishment__urn=BECKSIDE, dfe_number="")
        rows.update(sessions_possible=160, sessions_absent=6, sessions_unauthorised=0)
    who = asker(HEAD)
    tile = next(tile for tile in door.show_dashboard(who, BECKSIDE).tiles if tile.key == "attendance")
    assert tile.readings[0].text == "96.3%"
    assert tile.readings[0].trend
    assert {written.rpartition(" ")[2] for written in tile.readings[0].trend.words.split(", ")} == {"96.3%"}
    line = door.list_pupils(who, BECKSIDE, only=PupilFilter(attendance="95")).page.rows[0]
    assert "96.3%" in line.cells
    attendance = door.show_pupil(who, BECKSIDE, line.id).attendance
    assert attendance
    assert attendance.chart
    assert {term.attended for term in attendance.terms} == {bar.value for bar in attendance.chart.bars} == {"96.3"}
    girls = door.make_own_group(who, BECKSIDE, Wanted("Girls", "criteria", {"sex": ["F"]}))
    terms = door.show_own_group(who, BECKSIDE, girls).attendance
    assert {row.group[1] for row in terms} == {row.rest[1] for row in terms} == {"96.3%"}


def test_nobody_attends_less_than_nothing() -> None:
    """R22, R31: a return may say that more sessions were missed than there were. Data quality finds such a child."""
    with as_batch():
        rows = Attendance.objects.filter(establishment__urn=BECKSIDE, dfe_number="")
        rows.update(sessions_possible=100, sessions_absent=120, sessions_unauthorised=0)
    who = asker(HEAD)
    line = door.list_pupils(who, BECKSIDE, only=PupilFilter(attendance="under-50")).page.rows[0]
    assert "0.0%" in line.cells
    attendance = door.show_pupil(who, BECKSIDE, line.id).attendance
    assert attendance
    assert attendance.chart
    assert {bar.width for bar in attendance.chart.bars} == {0}
