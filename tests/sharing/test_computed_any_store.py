"""Whatever children a store holds, the SQL counts them as plain Python does."""

import itertools
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sharing.codes.assessment import SUBJECTS
from sharing.crypto import blind_index
from sharing.measures import counted_results
from sharing.measures.computed import MEASURES, prepare
from sharing.measures.preparing import CannotPrepare
from sharing.models import (
    Attendance,
    Child,
    Enrolment,
    FreeMealsPeriod,
    Pupil,
    PupilNeeds,
    Result,
    Suspension,
)
from sharing.school_year import census_days
from tests import factories
from tests.people import as_batch
from tests.sharing import plain_measures

pytestmark = pytest.mark.django_db
YEAR = 2010  # long before the demonstration's children
TODAY = timezone.localdate()
CENSUS, MAY = census_days(YEAR + 1)[:2]
PLACES = (999002, 999003, 999005, 999006, 999009, 999012)
_serials = itertools.count(1)

DAYS = st.sampled_from(
    [date(2004, 1, 1), date(2005, 1, 20), date(2005, 1, 21), date(2010, 9, 1), CENSUS, date(2011, 1, 21), MAY,
     date(2011, 8, 31), date(2011, 9, 1)]
)  # fmt: skip
STRETCHES = st.tuples(DAYS, st.none() | DAYS).map(
    lambda days: (min(days), max(days)) if days[1] else days  # type: ignore[type-var]
)
BORN = st.sampled_from(
    [date(2004, 9, 1), date(2005, 8, 31), date(2004, 8, 31), date(1993, 9, 1), date(1994, 9, 1),
     date(2005, 9, 1), date(1994, 8, 31)]  # these two in Reception, and in Year 12
)  # fmt: skip
STAYS = st.one_of(st.just((date(2010, 9, 1), None)), st.just((date(2009, 9, 1), None)), STRETCHES)
TERMS = st.lists(
    st.fixed_dictionaries(
        {
            "term": st.integers(0, 3),
            "dfe_number": st.sampled_from(["", "", "", "3802001"]),
            "academic_year": st.sampled_from([YEAR, YEAR, YEAR, YEAR + 1]),
            "sessions_possible": st.sampled_from([None, 0, 1, 10, 19, 20, 118]),
            "sessions_absent": st.none() | st.integers(0, 12),
            "sessions_unauthorised": st.none() | st.integers(0, 3),
        }
    ),
    max_size=5,
    unique_by=lambda row: (row["academic_year"], row["term"], row["dfe_number"]),
)
MARKS = st.sampled_from(["80", "99", "100", "100", "109", "110", "120", "120", "A", "B", "N", "Q"])
WRITING = st.sampled_from(["WTS", "EXS", "EXS", "GDS", "GDS", "PK3", "A", "L"])
LEVEL = st.sampled_from(["2", "2", "2", "1", "A"])
GRADE = st.sampled_from(["1", "4", "5", "9", "U", "X", "Q"])
GOALS = [("COM", "LAU"), ("COM", "SPE"), ("LIT", "CMP"), ("LIT", "WRD"), ("LIT", "WRT"), ("UTW", "PPR")]
RESULTS: dict[str, Any] = {
    "eyfsp": st.fixed_dictionaries(
        {},
        optional={("FS", area, ""): LEVEL for area in ("COM", "PSE", "PHY", "LIT", "MAT", "UTW")}
        | {("FS", *goal): LEVEL for goal in GOALS}
        | {("FS", "GLD", ""): st.sampled_from("YN")},
    ),
    "phonics": st.fixed_dictionaries(
        {},
        optional={
            ("PH", "PHO", ""): st.sampled_from(["0", "31", "32", "40", "A", "D", "L", "Q"]),
            ("PH", "PHO", "OUT"): st.sampled_from(["Wa", "Wt", "A", "L"]),
        },
    ),
    "ks2_counts": st.fixed_dictionaries(
        {("K2", "REA", ""): MARKS, ("K2", "WRI", ""): WRITING},
        optional={("K2", "MAT", ""): MARKS, ("K2", "GPS", ""): MARKS},
    ),
    "ks4_counts": st.fixed_dictionaries(
        {},
        optional={
            ("K4", subject, "GCSE"): GRADE
            for subject in ("ENG", "ENL", "MAT", "BIO", "HIS", "FRE", "JAP", "GEO", "REL", "ART", "STA", "BUS")
        }
        | {
            ("K4", "SCI", "GCSE"): st.sampled_from(["9-8", "5-5", "U-U", "X"]),
            ("K4", "VOC", ""): st.sampled_from(["L2D*", "L1P", "U", "X"]),
            ("K4", "VOC", "2"): st.sampled_from(["L2M", "L1D"]),
            ("K4", "ATT8", ""): st.sampled_from(["0", "45.25", "90"]),
            ("K4", "P8", ""): st.just("0.5"),
        },
    ),
}


def test_every_language_counts_towards_the_english_baccalaureate() -> None:
    """R22: in both ways of counting Attainment 8. Random children seldom have more than three such subjects."""
    assert set(counted_results.EBACC) == plain_measures.EBACC
    assert (
        {"FRE", "PNJ", "URD", "PER", "JAP", "GRE", "HEB", "LAT", "CGR", "BHE"}
        <= plain_measures.EBACC
        < set(SUBJECTS["K4"])
    )


def children(dataset: str) -> st.SearchStrategy[dict[str, Any]]:
    """A child, and how many like it there are at the place."""
    return st.fixed_dictionaries(
        {
            "place": st.sampled_from(PLACES),
            "many": st.sampled_from([1, 1, 9, 10, 11]),
            "sex": st.sampled_from("FM"),
            "ethnicity": st.sampled_from(["WBRI", "WROO", "APKN", "MWBC", "REFU", "", "OARA"]),
            "language": st.sampled_from(["ENG", "ENB", "URD", "NOT", ""]),
            "free_school_meals": st.booleans(),
            "born_on": BORN,
            "sen": st.sampled_from([None, "", "N", "K", "E", "S", "A"]),
            "meals": st.lists(STRETCHES, max_size=2, unique_by=lambda days: days[0]),
            "enrolments": st.lists(
                st.tuples(STAYS, st.sampled_from("CCCMSG"), st.sampled_from([False, False, True])),
                min_size=1,
                max_size=2,
                unique_by=lambda one: one[0][0],
            ),
            "attendance": TERMS if dataset == "attendance" else st.just([]),
            "suspensions": st.lists(st.tuples(st.sampled_from(["SUSP", "LNCH", "PERM"]), DAYS), max_size=3, unique=True)
            if dataset == "suspensions"
            else st.just([]),
            "results": RESULTS.get(dataset, st.just({})),
            "status": st.sampled_from("RRRPE"),
        }
    )


def fill(told: list[dict[str, Any]]) -> None:
    rows: dict[type, list] = {
        model: [] for model in (Child, Pupil, PupilNeeds, Enrolment, FreeMealsPeriod, Attendance, Suspension, Result)
    }
    places = {urn: factories.establishment(urn).pk for urn in PLACES}
    for one in told:
        for _ in range(one["many"]):
            _add(one, places[one["place"]], rows)
    for model, of_it in rows.items():
        model._default_manager.bulk_create(of_it)


def _add(one: dict[str, Any], place: int, rows: dict[type, list]) -> None:
    index = blind_index(f"any store {next(_serials)}")
    child = Child(upn_index=index)
    facts = {name: one[name] for name in ("sex", "ethnicity", "language", "free_school_meals", "born_on")}
    pupil = Pupil(
        child=child, establishment_id=place, upn="", upn_index=index, surname="Any", forename="Child", source="Test",
        as_of=TODAY, **facts,
    )  # fmt: skip
    here = {"pupil": pupil, "establishment_id": place}
    rows[Child].append(child)
    rows[Pupil].append(pupil)
    if one["sen"] is not None:
        rows[PupilNeeds].append(PupilNeeds(sen_provision=one["sen"], **here))
    for (first, last), kind, is_cancelled in one["enrolments"]:
        cancelled = "2011-01-01T00:00Z" if is_cancelled else None
        rows[Enrolment].append(Enrolment(kind=kind, starts_on=first, ends_on=last, cancelled_at=cancelled, **here))
    for first, last in one["meals"]:
        rows[FreeMealsPeriod].append(FreeMealsPeriod(starts_on=first, ends_on=last, **here))
    rows[Attendance] += [Attendance(**row, **here) for row in one["attendance"]]
    rows[Suspension] += [
        Suspension(category=category, starts_on=first, **here) for category, first in one["suspensions"]
    ]
    rows[Result] += [
        Result(
            stage=stage, subject=subject, component=component, result=result, academic_year=YEAR, status=one["status"],
            **here,
        )
        for (stage, subject, component), result in one["results"].items()
    ]  # fmt: skip


@pytest.mark.parametrize("dataset", list(MEASURES))
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_store_is_counted_as_in_plain_python(db: None, dataset: str, data: st.DataObject) -> None:
    """R22, R31: values, numerators, denominators, and (R11, R12) who is few and which area is made."""
    wanted = counted_as_in_plain_python(dataset, data.draw(st.lists(children(dataset), min_size=1, max_size=8)))
    event("areas" if any(cell[2] for cell in wanted) else "places" if wanted else "nothing")
    event("few" if any(told[3] for told in wanted.values()) else "no few")


TEN: dict[str, Any] = {
    "place": 999002, "many": 10, "sex": "F", "ethnicity": "WBRI", "language": "ENG", "free_school_meals": False,
    "born_on": date(2004, 9, 1), "sen": "N", "meals": [], "enrolments": [((date(2009, 9, 1), None), "C", False)],
    "attendance": [], "suspensions": [], "results": {}, "status": "R",
}  # fmt: skip
STORES = {
    "no girl has free meals": ("roll", [{}, {"sex": "M"}, {"sex": "M", "free_school_meals": True}]),
}


@pytest.mark.parametrize("store", STORES)
def test_stores_that_are_seldom_drawn(db: None, store: str) -> None:
    """R11, R12."""
    dataset, told = STORES[store]
    assert counted_as_in_plain_python(dataset, [TEN | one for one in told])


def counted_as_in_plain_python(dataset: str, told: list[dict[str, Any]]) -> dict[tuple, tuple]:
    """The figures of a store of these children."""
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            fill(told)
            codes = [measure.code for measure in MEASURES[dataset]]
            wanted = plain_measures.figures(codes, YEAR, CENSUS, TODAY, source="Test")
            try:
                release = prepare(dataset, YEAR, TODAY)
            except CannotPrepare:
                release = None
            found = plain_measures.stored(release) if release else {}
            assert found == wanted
            return wanted
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
