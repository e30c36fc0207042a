"""The dashboard: what each line allows, the same numbers as on the pages it leads to (R12, R31, R33, R35)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.models import RegisterLine
from sharing import door
from sharing.authorise import NeedsSecondFactor, NotYourEstablishment
from sharing.charts import sparkline_of
from sharing.door.pupil_filter import PupilFilter
from sharing.measures import preparing
from sharing.models import Attendance, LedgerEntry
from sharing.models.releases import Release
from sharing.records.dashboard import Dashboard, Tile
from sharing.school_year import term_in_words
from tests import figures
from tests.access_register.test_narrowing import narrow
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
OF_PUPILS = ["quality", "attendance", "roll", "attainment"]
OF_FIGURES = ["attendance", "roll", "attainment"]


def _tile(found: Dashboard, key: str) -> Tile:
    return next(tile for tile in found.tiles if tile.key == key)


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside"])
def test_numbers_are_those_of_the_pages_they_lead_to(slug: str) -> None:
    """R31."""
    who = asker(slug)
    found = door.show_dashboard(who, BECKSIDE)
    assert [tile.key for tile in found.tiles] == OF_PUPILS
    quality, moves = door.show_quality(who, BECKSIDE), door.show_moves(who, BECKSIDE)
    assert _tile(found, "quality").readings[0].text == f"{quality.with_findings} of {quality.pupils}"
    attended, missed = _tile(found, "attendance").readings
    assert missed.label == attended.label.replace("Attended", "Missed a tenth or more")  # of a term, unlike Key Data
    roll = [reading.text for reading in _tile(found, "roll").readings]
    assert roll == [f"{quality.pupils:,}", str(moves.joined.total), str(moves.left)]
    key = {f"{row.name}, {row.year}": row.own.text for row in door.show_key_data(who, BECKSIDE).newest.rows}
    assert _tile(found, "attainment").readings
    assert all(key[reading.label] == reading.text for reading in _tile(found, "attainment").readings)


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside"])
def test_children_who_are_counted_are_one_click_away(slug: str) -> None:
    """R1, R30, R31: the very children of whom the number is."""
    browser = client(slug)
    page = browser.get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    found = door.show_dashboard(asker(slug), BECKSIDE)
    missed = _tile(found, "attendance").readings[1]
    address = f"/establishments/{BECKSIDE}/pupils/?attendance=persistent&amp;status=here"
    assert f'href="{address}">{missed.text}<span' in page
    number = missed.text.split(" of ")[0]
    assert int(number)
    listed = browser.get(address.replace("&amp;", "&")).content.decode()
    assert f"1 to {number} of {number} that match" in listed
    findings = _tile(found, "quality").readings[1:]
    assert findings
    for finding in findings:
        records = door.show_finding(asker(slug), BECKSIDE, finding.finding)
        assert str(records.finding.number) == finding.text
        assert f'href="/establishments/{BECKSIDE}/data-quality/{finding.finding}/">{finding.text}<span' in page


def test_each_tile_of_figures_leads_to_its_first_measure() -> None:
    """R30: a governor who chose Attendance was at the top of a page some 12 screens long."""
    governor, here = client("governor-beckside"), f"/establishments/{BECKSIDE}/"
    page = governor.get(f"{here}dashboard/").content.decode()
    key_data = governor.get(f"{here}key-data/").content.decode()
    for title in ("Attendance", "Pupils on roll", "Attainment"):
        address = re.search(f'href="([^"]+)">{title}</a>', page)
        assert address
        path, _, anchor = address[1].partition("#")
        assert path == f"{here}key-data/"
        assert f'id="{anchor}"' in key_data


@pytest.mark.parametrize(
    ("newest", "words"),
    [({"term": 0, "sessions_possible": 380, "sessions_absent": 38}, "whole year"),
     ({"term": 1, "sessions_possible": 0, "sessions_absent": 0}, ""),
     ({"term": 1, "sessions_possible": 120, "sessions_absent": None}, "")],
)  # fmt: skip
def test_the_newest_attendance_is_that_of_the_list_it_leads_to(newest: dict[str, int | None], words: str) -> None:
    """R31: a year of which no term is told counts as a whole, and a term of which nothing is known not at all: then it
    is the term before."""
    with as_batch():
        rows = Attendance.objects.filter(establishment__urn=BECKSIDE, dfe_number="")
        year, term = max(rows.values_list("academic_year", "term"))
        last = rows.filter(academic_year=year, term=term)
        Attendance.objects.bulk_create(
            Attendance(pupil_id=row.pupil_id, establishment_id=row.establishment_id, academic_year=year + 1, **newest)
            for row in last
        )
    words = words or term_in_words(year, term)
    who = asker("head-beckside")
    attended, missed = _tile(door.show_dashboard(who, BECKSIDE), "attendance").readings
    assert words in attended.label
    for only, number in (("persistent", 0), ("counted", 2)):
        listed = door.list_pupils(who, BECKSIDE, only=PupilFilter(attendance=only, status="here"))
        assert listed.page.total == int(missed.text.split()[number])
        assert any(words in choice.label for choice in listed.choices if choice.name == "attendance")


def test_the_attendance_of_the_children_is_one_click_away() -> None:
    """R1, R30: its heading leads to those of whom the share is, with what each attended."""
    browser = client("teacher-beckside")
    page = browser.get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    address = f"/establishments/{BECKSIDE}/pupils/?attendance=counted&amp;status=here"
    assert f'href="{address}">Attendance</a>' in page
    counted = _tile(door.show_dashboard(asker("teacher-beckside"), BECKSIDE), "attendance").readings[1].text
    listed = browser.get(address.replace("&amp;", "&")).content.decode()
    assert f" of {counted.split(' of ')[1].split()[0]} that match" in listed
    assert re.search(r'<th scope="col"[^>]*>Attendance, ', listed)


def test_level_3_reads_protected_figures_and_no_record() -> None:
    """R12, R33: no data quality, no joiners; a figure of few children is withheld from them, and from nobody else."""
    figures.without_the_demonstrations()
    with as_batch():
        small = {"value": "1.25", "is_small": True}
        figures.out("attendance", 2024, {(BECKSIDE, "attendance_absence"): small})
        figures.out("ks2", 2024, {(BECKSIDE, "ks2_rwm_expected"): {"value": "100", "is_small": True}})
    governor = door.show_dashboard(asker("governor-beckside"), BECKSIDE)
    assert [tile.key for tile in governor.tiles] == OF_FIGURES
    assert [reading.text for tile in governor.tiles for reading in tile.readings] == ["Withheld", "Withheld"]
    head = door.show_dashboard(asker("head-beckside"), BECKSIDE)
    assert [reading.text for reading in _tile(head, "attainment").readings] == ["100%"]


@pytest.mark.parametrize(("of_all_ages", "status"), [(True, "Validated, of pupils of all ages"), (False, "Validated")])
def test_a_release_that_counts_all_ages_says_so(of_all_ages: bool, status: str) -> None:
    """R31: beside the definition, which says that pupils aged 5 to 15 are counted."""
    figures.without_the_demonstrations()
    with as_batch():
        release = figures.release("attendance", 2024, {(BECKSIDE, "attendance_absence"): 5})
        Release.objects.filter(pk=release.pk).update(of_all_ages=of_all_ages)
        preparing.bring_out(release, by="Test", at=timezone.now() - timedelta(days=1))
    governor = door.show_dashboard(asker("governor-beckside"), BECKSIDE)
    assert [origin.status for origin in _tile(governor, "attendance").origins] == [status]
    head = client("head-beckside").get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    assert "All children on roll, of every age." in head


@pytest.mark.parametrize(
    ("of_bradford", "beside"),
    [({"authority": 8, "authority:primary": 6, "authority:secondary": 11}, "Bradford (primary schools) 6.0%"),
     ({"authority": 8, "authority:secondary": 11}, "Bradford 8.0%"), ({"authority:secondary": 11}, "")],
)  # fmt: skip
def test_a_figure_stands_beside_the_schools_of_the_same_phase(of_bradford: dict[str, int], beside: str) -> None:
    """R31: as in Key Data."""
    figures.without_the_demonstrations()
    with as_batch():
        figures.out("absence", 2024, {(BECKSIDE, "absence_overall"): 5})
        figures.out("comparators", 2024, {(area, "absence_overall"): value for area, value in of_bradford.items()})
    shown = door.show_dashboard(asker("governor-beckside"), BECKSIDE)
    assert [reading.beside for reading in _tile(shown, "attendance").readings] == [beside]


def test_what_the_head_keeps_from_a_line_is_kept_from_its_dashboard() -> None:
    """R35: no attendance from the records of pupils; the year groups named and no others."""
    with as_batch():
        line = RegisterLine.objects.live_on(timezone.localdate()).get(
            person=person("assistant-beckside"), establishment__urn=BECKSIDE
        )
    found = door.show_dashboard(asker("assistant-beckside"), BECKSIDE)
    assert line.year_groups
    assert found.narrowed
    listed = door.show_quality(asker("assistant-beckside"), BECKSIDE)
    assert _tile(found, "quality").readings[0].text.endswith(f"of {listed.pupils}")
    assert len(_tile(found, "roll").readings) == 2  # who left is of all year groups
    assert _tile(found, "roll").readings[0].trend is None  # so is the trend: it would stand beside another number
    with_terms = any("Attended" in reading.label for reading in _tile(found, "attendance").readings)
    assert with_terms == ("attendance" not in line.withheld)


def test_the_attendance_of_some_year_groups_is_not_said_to_be_of_all_children() -> None:
    """R35: whose line is narrowed reads of the children that they may see."""
    narrow(year_groups=("1",))
    text = client("teacher-beckside").get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    assert "Children on roll whom you may see, of every age." in text
    assert "All children on roll" not in text


def test_only_of_ones_own_and_after_a_second_factor() -> None:
    """R2, R13: another school's is not there; the records of pupils want the second factor."""
    with pytest.raises(NotYourEstablishment):
        door.show_dashboard(asker("head-ravensgill"), BECKSIDE)
    with pytest.raises(NeedsSecondFactor):
        door.show_dashboard(replace(asker("head-beckside"), second_factor=False), BECKSIDE)


def test_what_is_due_is_what_the_home_page_says() -> None:
    """Each leads to its page; nothing is due for a governor."""
    who = asker("head-beckside")
    home = next(place for place in door.my_places(who) if place.urn == BECKSIDE)
    due = door.show_dashboard(who, BECKSIDE).due
    assert set(home.to_do) <= set(due)
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    assert all(waiting.words in page for waiting in due)
    assert (
        "Nothing is waiting for you"
        in client("governor-beckside").get(f"/establishments/{BECKSIDE}/dashboard/").content.decode()
    )


def test_each_look_is_in_the_ledger() -> None:
    """R43."""
    door.show_dashboard(asker("officer-data", EDUNET), RAVENSGILL)
    with as_batch():
        row = LedgerEntry.objects.order_by("-id").first()
    assert (row.action, row.outcome, row.urn) == ("show_dashboard", "shown", RAVENSGILL)


def test_a_sparkline_says_in_words_what_it_draws() -> None:
    """R30."""
    line = sparkline_of([("2023/24", 50.0, "50%"), ("2024/25", 60.0, "60%")])
    assert line is not None
    assert line.words == "2023/24 50%, 2024/25 60%"
    assert line.points == "5.0,27.0 115.0,5.0"
    assert sparkline_of([("2024/25", 60.0, "60%")]) is None
    flat = sparkline_of([("a", 1.0, "1"), ("b", 1.0, "1"), ("c", 1.0, "1")])
    assert flat is not None
    assert flat.points.count(",27.0") == 3
