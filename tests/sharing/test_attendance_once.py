"""Attendance that comes twice, by the record of an accepted transfer and by its file, is counted once (R5, R8)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from sharing import door
from sharing.ctf import facts
from sharing.demo.places import BY_URN, OXENBY
from sharing.door.attendance import in_terms
from sharing.imports.kinds import Outcome
from sharing.imports.told import ToldPupil
from sharing.measures.counted_attendance import sessions
from sharing.models import Attendance, Pupil, Term
from sharing.records.pupils import AttendanceRecord
from sharing.school_year import academic_year, in_words
from tests import factories
from tests.people import as_batch, asker, client
from tests.sharing import moves
from tests.sharing.moves import BECKSIDE, RAVENSGILL
from tests.sharing.test_import_ctf import TODAY, number, send

pytestmark = pytest.mark.django_db
YEAR = academic_year(moves.day(0)) - 1
TERMS = {Term.AUTUMN: (140, 7), Term.SPRING: (120, 6), Term.SUMMER: (110, 5)}  # possible, missed
BY_TERM = [f"{term.label} {in_words(YEAR)}" for term in (Term.SUMMER, Term.SPRING, Term.AUTUMN)]


def test_a_whole_year_is_left_out_where_its_terms_are_known() -> None:
    """R31: on the dashboard and of a followed group, as on the child's own page."""
    told = [(2024, 0, "of the year"), (2024, 1, "of its autumn"), (2023, 0, "of a year without terms")]
    assert in_terms(told) == told[1:]


@pytest.fixture
def accepted() -> Pupil:
    """The record at Ravensgill of a child whose three terms were counted at Beckside by its censuses."""
    before = moves.on_roll()
    for term, counts in TERMS.items():
        factories.attendance(before, *counts, YEAR, term, source="School Census", as_of=date(YEAR + 1, 7, 1))
    return _there(moves.agreed(before).pupil_id)


def _there(pupil_id: Any) -> Pupil:
    with as_batch():
        return Pupil.objects.select_related("establishment").get(pk=pupil_id)


def whole_year(pupil: Pupil, at: int = BECKSIDE, possible: int = 370, absent: int = 18) -> ToldPupil:
    """The child as the transfer file tells it, with one count of the whole year."""
    record = {"surname": pupil.surname, "forename": pupil.forename, "born_on": pupil.born_on, "sex": pupil.sex}
    row = {
        "academic_year": YEAR, "term": Term.YEAR, "dfe_number": number(at), "sessions_possible": possible,
        "sessions_absent": absent, "sessions_unauthorised": 2,
    }  # fmt: skip
    return ToldPupil(1, pupil.upn, record=record, parts={Attendance: [row]})


def bring_in(tmp_path: Path, *children: ToldPupil) -> Outcome:
    return send(tmp_path, *children, to=RAVENSGILL, urn=RAVENSGILL, source=BECKSIDE)


def shown(pupil: Pupil) -> AttendanceRecord:
    found = door.show_pupil(asker("head-ravensgill"), RAVENSGILL, pupil.pk).attendance
    assert found
    return found


def test_a_transfer_file_adds_no_second_count_of_a_year(tmp_path: Path, accepted: Pupil) -> None:
    """The terms stay, which the censuses counted; who brings the file in is told what was left out, and why."""
    outcome = bring_in(tmp_path, whole_year(accepted))
    found = shown(accepted)
    assert [row.term for row in found.terms] == BY_TERM
    assert found.chart
    assert len(found.chart.bars) == 3
    with as_batch():
        assert Attendance.objects.filter(pupil=accepted).count() == 3
    assert (
        "Counts of a whole year that were left out, as the terms are here already: 1. "
        "The terms come from: Record of Beckside Primary School."
    ) in outcome.notes
    assert outcome.queries == []
    assert bring_in(tmp_path, whole_year(accepted)).changes_nothing


@pytest.mark.parametrize("counts", [{"possible": 380}, {"absent": 30}])
def test_a_file_that_tells_another_sum_is_asked_about(tmp_path: Path, accepted: Pupil, counts: dict[str, int]) -> None:
    (query,) = bring_in(tmp_path, whole_year(accepted, **counts)).queries
    assert (query.row, query.field, query.value, query.fatal) == (1, "Attendance", in_words(YEAR), False)
    assert "The terms come from Record of Beckside Primary School, and stay." in query.cure


@pytest.mark.parametrize(("possible", "absent", "asked"), [(370, 18, False), (259, 13, True), (370, 12, True)])
def test_a_file_that_has_the_summer_term_besides_is_not_asked_about(
    tmp_path: Path, accepted: Pupil, possible: int, absent: int, asked: bool
) -> None:
    """P9: in July the terms here are two, and each child who came to Year 7 made a question that had no answer."""
    with as_batch():
        Attendance.objects.filter(pupil=accepted, term=Term.SUMMER).delete()
    outcome = bring_in(tmp_path, whole_year(accepted, possible=possible, absent=absent))
    assert bool(outcome.queries) is asked
    assert any("left out, as the terms are here already: 1" in note for note in outcome.notes)


@pytest.mark.parametrize(("possible", "absent", "asked"), [(430, 20, False), (360, 18, True)])
def test_of_a_child_aged_15_the_file_rightly_counts_june_and_july_besides(
    tmp_path: Path, accepted: Pupil, possible: int, absent: int, asked: bool
) -> None:
    """R31: census returns count these children until late May. The page says so."""
    accepted.born_on = date(YEAR - 15, 8, 31)
    with as_batch():
        accepted.save()
    outcome = bring_in(tmp_path, whole_year(accepted, possible=possible, absent=absent))
    assert bool(outcome.queries) is asked
    found = shown(accepted)
    assert [row.term for row in found.terms] == [f"{BY_TERM[0]}, until late May", *BY_TERM[1:]]
    assert found.chart
    assert [bar.label for bar in found.chart.bars] == BY_TERM  # there is no room for more


def test_a_year_of_which_no_term_is_here_is_kept(tmp_path: Path, accepted: Pupil) -> None:
    """Of another school, of another year, or where the terms have no number."""
    elsewhere = whole_year(accepted, at=OXENBY)
    earlier = whole_year(accepted)
    earlier.parts[Attendance][0]["academic_year"] = YEAR - 1
    elsewhere.parts[Attendance] += earlier.parts[Attendance]
    outcome = bring_in(tmp_path, elsewhere)
    assert [row.term for row in shown(accepted).terms].count(f"Whole year {in_words(YEAR)}") == 1
    assert [row.term for row in shown(accepted).terms].count(f"Whole year {in_words(YEAR - 1)}") == 1
    assert not any("left out" in note for note in outcome.notes)


def test_terms_without_numbers_are_no_better_source(tmp_path: Path, accepted: Pupil) -> None:
    with as_batch():
        Attendance.objects.filter(pupil=accepted).update(sessions_possible=None)
    bring_in(tmp_path, whole_year(accepted))
    assert f"Whole year {in_words(YEAR)}" in [row.term for row in shown(accepted).terms]


def test_who_counted_is_said_beside_each_count(tmp_path: Path, accepted: Pupil) -> None:
    """R33: also where two sources stand in one table."""
    bring_in(tmp_path, whole_year(accepted, at=OXENBY))
    page = client("head-ravensgill").get(f"/establishments/{RAVENSGILL}/pupils/{accepted.pk}/").content.decode()
    assert "(at Beckside Primary School, from Record of Beckside Primary School)" in page
    assert f"(at {BY_URN[OXENBY].name}, from CTF from Ravensgill)" in page


def test_bars_of_one_term_say_which_school_counted(accepted: Pupil) -> None:
    """Where several did; of one school alone nothing stands beneath."""
    found = shown(accepted)
    assert found.chart
    assert {bar.beneath for bar in found.chart.bars} == {""}
    term, counts = next(iter(TERMS.items()))
    factories.attendance(accepted, *counts, YEAR, term)
    chart = shown(accepted).chart
    assert chart
    labels = [(bar.label, bar.beneath) for bar in chart.bars]
    assert len(set(labels)) == len(labels) == 4
    assert {beneath for _, beneath in labels} == {"", "at Beckside Primary School"}
    page = client("head-ravensgill").get(f"/establishments/{RAVENSGILL}/pupils/{accepted.pk}/").text
    assert ">at Beckside Primary School</text>" in page


def test_a_year_beside_its_terms_from_before_is_shown_and_sent_once(accepted: Pupil) -> None:
    """What came before this was looked at stands in the store; no page and no next file counts it twice."""
    factories.attendance(accepted, 370, 18, YEAR, Term.YEAR, dfe_number=number(BECKSIDE), source="CTF from Beckside")
    assert [row.term for row in shown(accepted).terms] == BY_TERM
    with as_batch():
        (told,) = facts.told_of([accepted], TODAY)
    (year,) = told.parts[Attendance]
    assert (year["sessions_possible"], year["sessions_absent"]) == (370, 18)


def test_a_child_who_comes_back_has_each_term_once(accepted: Pupil) -> None:
    """What the school counted itself, and has back from the other school's record, is the same count."""
    for term, counts in TERMS.items():
        factories.attendance(accepted, *counts, YEAR, term)
        factories.attendance(accepted, *counts, YEAR, term, dfe_number=number(RAVENSGILL), source="Record of Beckside")
    terms = shown(accepted).terms
    assert [row.term for row in terms if row.elsewhere in ("", number(RAVENSGILL))] == BY_TERM
    with as_batch():
        (told,) = facts.told_of([accepted], TODAY)
    assert sorted(row["dfe_number"] for row in told.parts[Attendance]) == ["", number(BECKSIDE)]


def test_what_the_own_school_counts_is_left_out_with_a_word(tmp_path: Path, accepted: Pupil) -> None:
    outcome = bring_in(tmp_path, whole_year(accepted, at=RAVENSGILL))
    assert "Counts of attendance here that were left out, as this school keeps its own: 1." in outcome.notes


def test_figures_count_what_was_counted_here_alone(tmp_path: Path, accepted: Pupil) -> None:
    """R40: neither the record that came along nor the file is in any figure of the receiving school."""
    factories.attendance(accepted, 50, 1, YEAR, Term.SUMMER)
    bring_in(tmp_path, whole_year(accepted))
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(sessions("sessions_absent"), {"year": YEAR})
        assert [row[1:] for row in cursor.fetchall() if row[0] == accepted.pk] == [(1, 50)]
