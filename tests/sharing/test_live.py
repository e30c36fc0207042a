"""One's own pupils counted now, against the same counted child by child in plain Python (R12, R31)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sharing.authorise import Permission, Withheld, visit
from sharing.door.deeper import whose
from sharing.measures import grouping, live
from sharing.measures.computed import MEASURES
from tests import factories
from tests.locks.switches import rls_off
from tests.people import as_batch, asker
from tests.sharing import plain_measures
from tests.sharing.plain_measures import Life
from tests.sharing.test_computed_any_store import CENSUS, TODAY, YEAR, children, fill

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
STAGE = {"eyfsp": 1, "phonics": 2, "ks2": 3, "ks4": 4, "ks2_counts": 3, "ks4_counts": 4}


def visible(life: Life) -> bool:
    return any(one.cancelled_at is None and one.starts_on <= TODAY <= (one.ends_on or TODAY) for one in life.enrolments)


def joined(life: Life) -> str:
    starts = [one.starts_on for one in life.enrolments if one.cancelled_at is None]
    return "start" if min(starts).month in (8, 9) else "within"


def band(life: Life) -> str:
    told = plain_measures.sessions(life, YEAR)
    if told is None:
        return "U"
    missed = Decimal(told[0]) / told[1] * 100
    return "95" if missed <= 5 else "90-95" if missed < 10 else "50-90" if missed <= 50 else "under-50"


def prior(life: Life, dataset: str) -> str:
    """Of the stages before the measure's own; there are none of Key Stage 1 in these stores."""
    before = STAGE.get(dataset, 9)
    told = {(one.stage, one.subject, one.component): one.result for one in life.results if one.status in "RP"}
    marks = [told[key] for key in (("K2", "REA", ""), ("K2", "MAT", "")) if told.get(key, "X") not in "LMQSX"]
    if before > 3 and marks:
        lowest = min(int(mark) if mark.isdecimal() else 0 for mark in marks)
        return "above" if lowest >= 110 else "at" if lowest >= 100 else "below"
    early = {key[1:]: result for key, result in told.items() if key[0] == "FS"}
    if before <= 1 or set(early.values()) <= {"A"}:
        return "U"
    if ("GLD", "") in early:
        return "at" if early["GLD", ""] == "Y" else "below"
    met = [
        early[area, ""] == "2"
        if (area, "") in early
        else sum(result == "2" for (subject, goal), result in early.items() if subject == area and goal) == goals
        for area, goals in plain_measures.GOALS.items()
    ]
    return "at" if all(met) else "below"


@pytest.mark.parametrize(
    ("results", "band"),
    [({("K1", "REA", "TA"): "GDS", ("K1", "WRI", "TA"): "GDS", ("K1", "MAT", "TA"): "GDS"}, "above"),
     ({("K1", "REA", "TA"): "GDS", ("K1", "WRI", "TA"): "EXS", ("K1", "MAT", "TS"): "88"}, "at"),
     ({("K1", "REA", "TA"): "EXS", ("K1", "MAT", "TA"): "WTS"}, "below"),
     ({("K1", "REA", "TA"): "GDS", ("K1", "MAT", ""): "101"}, "above"),
     ({("K1", "REA", "TA"): "GDS", ("K1", "MAT", "TS"): "N"}, "above"),
     ({("K1", "REA", "TA"): "L", ("K1", "MAT", "TA"): "L"}, "U"),
     ({("K2", "REA", ""): "112", ("K2", "MAT", ""): "110"}, "above"),
     ({("K2", "REA", ""): "112", ("K2", "MAT", ""): "B"}, "below"),
     ({("K2", "REA", ""): "112", ("K2", "MAT", ""): "110", ("K2", "MAT", "TA"): "WTS"}, "above"),
     ({("K2", "REA", ""): "X", ("K2", "MAT", ""): "M"}, "U"),
     ({("K2", "REA", ""): "X", ("K2", "MAT", ""): "L", ("K1", "MAT", "TA"): "EXS"}, "at"),
     ({("FS", "COM", ""): "A", ("FS", "MAT", ""): "A"}, "U"),
     ({("FS", "GLD", ""): "N"}, "below")],
)  # fmt: skip
def test_what_is_not_known_of_earlier_stages_is_not_low(results: dict[tuple[str, str, str], str], band: str) -> None:
    """R1, P9: Key Stage 1 is what the teacher assessed; who left, or whose paper is lost, has no earlier result."""
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, date(TODAY.year - 1, 1, 1))
    for (stage, subject, component), result in results.items():
        factories.result(child, stage, subject, result, component=component, academic_year=TODAY.year - 3)
    with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
        counted = live.children(whose(here), live.EVERYBODY, YEAR)
        here.showed()
    assert {one.groups["earlier"] for one in counted if one.pupil_id == child.pk} == {band}


@pytest.mark.parametrize(
    ("measure", "band"),
    [("eyfsp_gld", "U"), ("phonics_met", "below"), ("ks2_counts_rwm_expected", "at"),
     ("ks2_rwm_expected", "at"), ("ks4_counts_attainment8", "above"), ("roll_pupils", "above")],
)  # fmt: skip
def test_prior_attainment_is_of_the_newest_stage_before_the_measures_own(measure: str, band: str) -> None:
    """R31: results of Year 2 came after phonics in Year 1."""
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, date(TODAY.year - 1, 1, 1))
    for stage, subject, result in (("FS", "GLD", "N"), ("K1", "MAT", "EXS"), ("K2", "MAT", "112")):
        factories.result(child, stage, subject, result, academic_year=TODAY.year - 3)
    with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
        counted = live.children(whose(here), replace(live.EVERYBODY, code=measure), YEAR)
        here.showed()
    assert {one.groups["earlier"] for one in counted if one.pupil_id == child.pk} == {band}


@pytest.mark.parametrize(
    ("missed", "band"),
    [(0, "95"), (5, "95"), (6, "90-95"), (9, "90-95"), (10, "50-90"), (50, "50-90"), (51, "under-50")],
)
def test_a_child_at_the_edge_of_an_attendance_band_is_in_the_one_that_its_words_say(missed: int, band: str) -> None:
    """R31: of a hundred sessions. Who missed one in ten is persistently absent, and so not in “over 90%”."""
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, date(TODAY.year - 1, 1, 1))
    factories.attendance(child, 100, missed, YEAR, 1)
    with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
        counted = live.children(whose(here), live.EVERYBODY, YEAR)
        here.showed()
    assert {one.groups["attendance"] for one in counted if one.pupil_id == child.pk} == {band}


def test_the_door_alone_counts_nobody_who_is_not_visible_today() -> None:
    """R5, R45: without row-level security too."""
    here_now, gone = factories.pupil(BECKSIDE), factories.pupil(BECKSIDE)
    factories.enrolment(here_now, date(TODAY.year - 1, 1, 1))
    factories.enrolment(gone, date(TODAY.year - 2, 1, 1), date(TODAY.year - 2, 7, 1))
    rls_off()
    with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
        counted = {one.pupil_id for one in live.children(whose(here), live.EVERYBODY, YEAR)}
        here.showed()
    assert counted & {here_now.pk, gone.pk} == {here_now.pk}


@pytest.mark.parametrize(
    ("unit", "value"),
    [("number", 1), ("percent", 25), ("rate", 25), ("points", Decimal("0.25")), ("score", Decimal("0.25"))],
)
def test_a_figure_is_all_numerators_by_all_denominators(unit: str, value: Decimal) -> None:
    """R31."""
    told = [live.CountedChild(uuid4(), Decimal(numerator), of, {}) for numerator, of in ((1, 1), (0, 3))]
    assert live.figure(unit, told) == value
    assert live.figure(unit, []) is None


def day_of(dataset: str) -> date:
    """Of a year gone by, a roll is that of its January census."""
    return CENSUS if dataset in ("roll", "suspensions") else TODAY


def codes_of(life: Life, dataset: str) -> dict[str, str]:
    """Dimension -> code."""
    found = dict(group.split(":") for group in life.groups(day_of(dataset)) if group != "total")
    more = {"joined": joined(life), "earlier": prior(life, dataset), "attendance": band(life)}
    return found | more | {"year": life.pupil.year_group}


@pytest.mark.parametrize("dataset", list(MEASURES))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whole_numbers_are_those_of_plain_python(db: None, dataset: str, data: st.DataObject) -> None:
    """R12, R31: every measure, alone, by each group and by two; of whom is not visible today, nothing (R5)."""
    told: list[dict[str, Any]] = data.draw(st.lists(children(dataset), min_size=1, max_size=8))
    by = data.draw(st.lists(st.sampled_from([one.key for one in grouping.of_each_child(())]), max_size=2, unique=True))
    by = list(grouping.in_order(by))
    codes = [measure.code for measure in MEASURES[dataset]]
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            fill([one | {"place": BECKSIDE} for one in told])
            lives = [life for life in plain_measures.lives("Test") if visible(life)]
            event("somebody" if lives else "nobody")
            wanted = {
                code: {
                    life.pupil.pk: (*mine, codes_of(life, dataset))
                    for life in lives
                    if (mine := plain_measures.counted(code, life, YEAR, day_of(dataset)))
                }
                for code in codes
            }
        ours = {life.pupil.pk for life in lives}
        with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
            found = live.children_of_each(whose(here), [(live.COUNTED[code], YEAR) for code in codes])
            here.showed()
        for code, rows in zip(codes, found, strict=True):
            mine = [child for child in rows if child.pupil_id in ours]
            assert {
                child.pupil_id: (child.numerator, child.denominator, dict(child.groups)) for child in mine
            } == wanted[code]
            groups: dict[str, set] = defaultdict(set)
            for pupil_id, (_, _, group_codes) in wanted[code].items():
                groups["|".join(f"{key}:{group_codes[key]}" for key in by) or "total"].add(pupil_id)
            counted = live.by_group(mine, by)
            assert {label: {child.pupil_id for child in some} for label, some in counted.items()} == groups
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)


def test_of_each_dataset_it_is_said_which_kind_of_pupil_data_it_tells() -> None:
    """R35: a new one that nobody thought of is not shown to those from whom the head withholds its kind."""
    asked = set(live.DATASET_OF.values())
    assert asked == live._KIND_OF_DATASET.keys(), "_KIND_OF_DATASET (sharing/measures/live.py): a line, or None."


OF_TABLE = {
    "sharing_result": Withheld.ATTAINMENT,
    "sharing_attendance": Withheld.ATTENDANCE,
    "sharing_suspension": Withheld.SUSPENSIONS,
}


@pytest.mark.parametrize("code", live.COUNTED)
def test_a_measure_tells_the_kind_of_data_that_its_count_reads(code: str) -> None:
    """R35: from whom the head withholds results, no count of results is offered."""
    read = {kind for table, kind in OF_TABLE.items() if table in live.COUNTED[code].rows}
    assert read == ({live.kind_of(code)} & set(OF_TABLE.values()))
