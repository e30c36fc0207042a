"""Deeper Data and a school's own group, in a browser (R1, R12, R30, R31)."""

import re

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"


def asks(somebody: Someone, measure: str, by: str, second: str) -> None:
    for label, option in (("Measure", measure), ("By", by), ("And by", second)):
        somebody.page.get_by_label(label, exact=True).select_option(label=option)
    somebody.presses("Show")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_head_breaks_a_measure_down_and_sees_the_children_behind_a_bar(browse: Browse, scripts: bool) -> None:
    head = browse("head-beckside", scripts=scripts)
    head.visits(f"{HERE}/")
    head.presses("Deeper Data")

    # when a measure is broken down by two groups
    asks(head, "Persistent absence (school returns)", "Sex", "Free school meals")
    assert "by sex and free school meals" in head.main
    assert "Do not pass on" in head.main
    rows = head.page.locator("section[aria-labelledby=own] tbody tr")
    row = rows.filter(has_text="Female · Eligible")
    children = int(row.locator("td").first.inner_text())

    # then the list behind a bar has as many children as the bar says
    head.presses(row.get_by_role("link"))
    assert f"{children} child" in head.main
    assert head.page.locator("tbody tr").count() == min(children, 50)

    # and a group twice is taken once
    head.visits(f"{HERE}/deeper/")
    asks(head, "Absence (school returns)", "Ethnicity", "Ethnicity")
    assert "You chose the same group twice" in head.main


def test_a_governor_and_an_officer_read_the_same_protected_figures(browse: Browse) -> None:
    """R1: of every year. In some months the newest has none but the Department's."""
    address = f"{HERE}/deeper/?measure=attendance_absence&by=sen"
    governor, officer = browse("governor-beckside"), browse("officer-no-duty", on="edunet")
    tables: dict[Someone, list[str]] = {governor: [], officer: []}
    for somebody, found in tables.items():
        somebody.visits(address)
        for year in somebody.page.get_by_label("School year").locator("option").all_inner_texts():
            somebody.page.get_by_label("School year").select_option(label=year)
            somebody.presses("Show")
            assert "Do not pass on" not in somebody.main
            found += somebody.page.locator("section[aria-labelledby=released] table").all_inner_texts()
    assert tables[governor] == tables[officer]
    assert "No SEN" in "".join(tables[governor])


def test_a_teacher_makes_a_group_and_follows_it(browse: Browse) -> None:
    teacher = browse("teacher-beckside")
    teacher.visits(f"{HERE}/deeper/")
    teacher.presses("Your own groups of pupils")
    teacher.presses(teacher.page.get_by_role("link", name="Morning readers"))
    assert "9 were put into it, and 1 of these has left" in teacher.main

    # when a group is made by criteria, at first without a name
    teacher.visits(f"{HERE}/groups/")
    teacher.presses("Make a group")
    teacher.chooses("By criteria")
    teacher.presses("Make the group", status=422)
    teacher.types("Name of the group", "Summer-born boys")
    for box in ("Male", "Born May to August"):
        teacher.page.get_by_role("checkbox", name=box, exact=True).check()
    teacher.presses("Make the group")

    # then it is followed beside the rest
    assert teacher.heading == "Summer-born boys"
    assert "Attendance by term" in teacher.main
    teacher.presses("Change this group")

    # and by hand
    teacher.visits(f"{HERE}/groups/add/")
    teacher.types("Name of the group", "Choir")
    teacher.chooses("By hand")
    teacher.presses("Make the group")
    teacher.page.get_by_label("Year group").select_option(label="Year 3")
    teacher.presses("Find")
    teacher.page.locator("input[name=put_in]").first.check()
    teacher.presses("Add those ticked")
    assert "In the group: 1" in teacher.main
    teacher.presses("A group")
    teacher.presses("Archive this group")
    teacher.presses(teacher.page.get_by_role("button", name=re.compile("^Use it again")))


def test_each_measure_is_shown_whole_once_it_is_chosen(browse: Browse) -> None:
    """On a screen of 1200 pixels the list was cut after three words, and of two measures one read both the same."""
    head = browse("head-beckside")
    head.page.set_viewport_size({"width": 1200, "height": 900})
    head.visits(f"{HERE}/deeper/")
    chosen = head.page.get_by_label("Measure", exact=True)
    longest = chosen.evaluate(
        "list => { const pen = document.createElement('canvas').getContext('2d');"
        " pen.font = getComputedStyle(list).font;"
        " return Math.max(...[...list.options].map(one => pen.measureText(one.text).width)) }"
    )
    assert longest > 300
    assert chosen.evaluate("list => list.clientWidth") > longest + 40  # its arrow and its edges
