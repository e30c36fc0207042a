"""Results of the key stages and class lists, from files of our own layouts."""

import csv
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sharing.codes.assessment import COMPONENTS, SCALES, STATUSES, SUBJECTS, components_of
from sharing.imports import classes, results
from sharing.imports.kinds import Outcome
from sharing.imports.outcomes import as_report, is_the_same
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.running import place_of
from sharing.models import Establishment, Pupil, Result
from sharing.roles import BATCH, acting_as
from sharing.school_year import academic_year, in_words
from sharing.upn import make_upn
from tests import factories
from tests.people import as_batch

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003  # DfE numbers 380/2901 and 380/2902
RESULTS = ("DfE number", "UPN", "Stage", "Academic year", "Subject", "Component", "Result", "Status")
CLASSES = ("DfE number", "UPN", "Class")


def write(path: Path, header: Iterable[str], *rows: Iterable[str], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def bring(kind: Any, path: Path, *, urn: int | None = None, apply: bool = True) -> Outcome:
    with acting_as(BATCH):
        return kind.bring_in(path, urn=urn, apply=apply, progress=lambda per_cent: None)


def refused(kind: Any, path: Path, *, urn: int | None = None) -> list[Problem]:
    with pytest.raises(ImportRefused) as refusal:
        bring(kind, path, urn=urn)
    return [problem for problem in refusal.value.problems if problem.fatal]


def kept(pupil: Pupil) -> dict[tuple[str, str, str], str]:
    with as_batch():
        rows = Result.objects.filter(pupil=pupil).values_list("stage", "subject", "component", "result")
        return {(stage, subject, component): result for stage, subject, component, result in rows}


def class_of(pupil: Pupil) -> str:
    with as_batch():
        return Pupil.objects.values_list("class_name", flat=True).get(pk=pupil.pk)


@pytest.fixture
def robin() -> Pupil:
    return factories.pupil(BECKSIDE, class_name="4A")


def row(pupil: Pupil, stage: str, subject: str, component: str, result: str, year: str = "2024/25") -> list[str]:
    return ["380/2901", pupil.upn, stage, year, subject, component, result, ""]


def test_results_are_added_and_corrected(tmp_path: Path, robin: Pupil) -> None:
    """R22: each with its stage, year, subject, component; a result that the file does not tell stays."""
    first = write(
        tmp_path / "a.csv", RESULTS, row(robin, "PH", "PHO", "", "034"), row(robin, "ph", "pho", "out", "wa"),
        row(robin, "K2", "REA", "", "110"), row(robin, "K2", "WRI", "", "EXS"),
    )  # fmt: skip
    outcome = bring(results, first)
    assert outcome.changes == [("Results added", 4)]
    assert kept(robin)["PH", "PHO", ""] == "34"
    assert kept(robin)["PH", "PHO", "OUT"] == "Wa"
    second = write(tmp_path / "b.csv", RESULTS, row(robin, "K2", "REA", "", "111"))
    assert bring(results, second).changes == [("Results changed", 1)]
    assert kept(robin)["K2", "REA", ""] == "111"
    assert kept(robin)["K2", "WRI", ""] == "EXS"
    with as_batch():
        found = Result.objects.get(pupil=robin, stage="K2", subject="REA")
        assert (found.academic_year, found.status, found.source, found.dfe_number) == (2024, "R", "Results file", "")
        assert found.as_of == timezone.localdate()


def test_what_pupils_of_year_11_really_took(tmp_path: Path, robin: Pupil) -> None:
    """R22: up to three vocational awards count in Attainment 8, and a GCSE in any language that there is one in. A list
    with a second award, or with Persian, was refused as a whole.
    """
    took = [("VOC", "", "L2D"), ("VOC", "2", "L2P"), ("VOC", "3", "L1M"), ("PER", "GCSE", "9"), ("JAP", "GCSE", "7")]
    bring(results, write(tmp_path / "a.csv", RESULTS, *(row(robin, "K4", *one) for one in took)))
    assert kept(robin) == {("K4", subject, component): result for subject, component, result in took}
    fourth = refused(results, write(tmp_path / "b.csv", RESULTS, row(robin, "K4", "VOC", "4", "L2D")))
    assert fourth[0].cure == "The components of K4 VOC are (empty), 2, 3."


def test_what_changes_is_told_of_each_establishment(tmp_path: Path, robin: Pupil) -> None:
    """R22, R23: of a file of all schools one saw a single number; and a school did not see the one that was of it."""
    there = factories.pupil(RAVENSGILL)
    rows = [row(robin, "K2", "REA", "", "108"), row(robin, "K2", "MAT", "", "105"), row(there, "K2", "REA", "", "99")]
    rows[2][0] = "380/2902"
    of_both = bring(results, write(tmp_path / "a.csv", RESULTS, *rows), apply=False)
    assert of_both.by_establishment == {BECKSIDE: [("Results added", 2)], RAVENSGILL: [("Results added", 1)]}
    of_one = bring(results, write(tmp_path / "b.csv", RESULTS, *rows[:2]))
    with as_batch():
        assert place_of(of_one) == Establishment.objects.get(urn=BECKSIDE)


def test_provisional_results_after_the_final_ones_are_asked_about(tmp_path: Path, robin: Pupil) -> None:
    """R22: July's file again by mistake, after December's. It has no day by which it could be told to be older."""
    final, provisional = row(robin, "K4", "MAT", "GCSE", "6"), [*row(robin, "K4", "MAT", "GCSE", "5")[:-1], "P"]
    first, last = write(tmp_path / "july.csv", RESULTS, provisional), write(tmp_path / "december.csv", RESULTS, final)
    in_order = [note for path in (first, last) for note in bring(results, path).notes]
    assert not [note for note in in_order if "status R" in note]
    again = bring(results, first, apply=False).notes
    assert "provisional, interim, an estimate or a target: 1. If it is an older file, discard it." in again[0]


def test_final_results_that_came_since_it_was_looked_at(tmp_path: Path, robin: Pupil) -> None:
    """R22: the file changes one result before and after, and makes a final one provisional now, which nobody saw."""
    said = [[*row(robin, "K4", "MAT", "GCSE", result)[:-1], status] for result, status in (("4", "P"), ("5", "P"))]
    before, july = (write(tmp_path / f"{one[6]}.csv", RESULTS, one) for one in said)
    bring(results, before)
    looked_at = bring(results, july, apply=False)
    bring(results, write(tmp_path / "december.csv", RESULTS, row(robin, "K4", "MAT", "GCSE", "6")))
    now = bring(results, july, apply=False)
    assert now.changes == looked_at.changes == [("Results changed", 1)]
    assert not is_the_same(as_report(now), as_report(looked_at))


def test_the_same_results_twice_change_nothing(tmp_path: Path, robin: Pupil) -> None:
    path = write(
        tmp_path / "a.csv", RESULTS, row(robin, "MT", "MAT", "MTC", "25"), row(robin, "K4", "ATT8", "", "45.5")
    )
    assert not bring(results, path, apply=False).changes_nothing
    assert kept(robin) == {}
    bring(results, path)
    assert bring(results, path).changes_nothing


def test_the_header_in_another_form(tmp_path: Path, robin: Pupil) -> None:
    """Formats page 13: another case and order, columns of others, Windows-1252."""
    header = ("SUBJECT", "remarks", "result", "Key Stage", "academic-year", "upn", "LAESTAB")
    cells = ("REA", "naïve’s", "99", "K2", "202425", f" {robin.upn.lower()} ", "3802901")
    bring(results, write(tmp_path / "a.csv", header, cells, encoding="cp1252"))
    assert kept(robin) == {("K2", "REA", ""): "99"}


@pytest.mark.parametrize(
    ("column", "cell", "cure"),
    [
        ("DfE number", "2901", "380/2901"),
        ("DfE number", "383/2901", "cannot bring in records for this establishment"),
        ("DfE number", "380/6901", "cannot bring in records for this establishment"),
        ("UPN", "", "missing"),
        ("UPN", make_upn(380, 2901, 2019, 1)[:-1] + "9", "check letter"),
        ("Stage", "KS2", "one of FS, PH"),
        ("Academic year", "2025", "both its years"),
        ("Academic year", "2024/26", "both its years"),
        ("Academic year", in_words(academic_year(timezone.localdate()) + 1), "still to come"),
        ("Subject", "REL", "The subjects of K2 are REA"),
        ("Component", "MTC", "The components of K2 REA are (empty), TA"),
        ("Result", "79", "a number from 80 to 120, or one of A, B"),
        ("Result", "-100", "a number from 80 to 120"),
        ("Result", "SUPP", "a number from 80 to 120"),
        ("Result", "", "a number from 80 to 120"),
        ("Status", "Z", "one of R, P"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, robin: Pupil, column: str, cell: str, cure: str) -> None:
    """R22: row, column and cure; nothing of the file is brought in."""
    good, bad = row(robin, "K2", "REA", "", "110"), row(robin, "K2", "REA", "", "110")
    good[4] = "MAT"
    bad[RESULTS.index(column)] = cell
    (problem,) = refused(results, write(tmp_path / "a.csv", RESULTS, good, bad))
    assert (problem.row, problem.field) == (3, column)
    assert cure in problem.cure
    assert kept(robin) == {}


@pytest.mark.parametrize(("subject", "cell"), [("ATT8", "88.123"), ("P8", "0.555"), ("ATT8", "90.01")])
def test_a_number_with_too_many_decimals_is_told_how_many_there_may_be(
    tmp_path: Path, robin: Pupil, subject: str, cell: str
) -> None:
    """R22: that it has to lie between two numbers, as it does, would be no cure."""
    (problem,) = refused(results, write(tmp_path / "a.csv", RESULTS, row(robin, "K4", subject, "", cell)))
    assert "with at most 2 decimals." in problem.cure


@pytest.mark.parametrize("column", ["DfE number", "UPN", "Stage", "Academic year", "Subject", "Result", "Status"])
@pytest.mark.parametrize("misplaced", ["Madeup Robin", "02/10/2019", "2019-10-02", "20191002"])
def test_nothing_personal_is_told_of_a_cell_in_the_wrong_column(
    tmp_path: Path, robin: Pupil, column: str, misplaced: str
) -> None:
    """R13: a list whose columns were shifted by hand. What is told of it is kept with the import."""
    cells = row(robin, "K4", "SCI", "GCSE", "9-8")
    cells[RESULTS.index(column)] = misplaced
    told = repr(refused(results, write(tmp_path / "a.csv", RESULTS, cells)))
    for personal in ("Madeup", "Robin", "2019"):
        assert personal not in told


@pytest.mark.parametrize("column", ["DfE number", "Academic year"])
@pytest.mark.parametrize("born_on", ["43678", "43678.5", "4.3678E+04"])
def test_nor_of_a_date_that_a_spreadsheet_counts_in_days(
    tmp_path: Path, robin: Pupil, column: str, born_on: str
) -> None:
    """R13: 1 August 2019 in a column that is formatted as a number; what has the shape of one stands there."""
    cells = row(robin, "K4", "SCI", "GCSE", "9-8")
    for text, is_told in ((born_on, False), ("2901", True), ("3.8E+06", True)):
        cells[RESULTS.index(column)] = text
        (problem,) = refused(results, write(tmp_path / "a.csv", RESULTS, cells))
        assert (problem.value == text) is is_told, text


@pytest.mark.parametrize("born_on", ["021019", "21019", "2102019", "191002", "1.21019E+05", "0210 2019"])
def test_nor_of_one_that_is_typed_without_a_sign_between(tmp_path: Path, robin: Pupil, born_on: str) -> None:
    """R13: 2 October 2019, also without its first nought. School years and DfE numbers of that shape stand there."""
    cells = row(robin, "K4", "SCI", "GCSE", "9-8")
    for text, is_told in ((born_on, False), ("202426", True), ("383/2901", True)):
        cells[RESULTS.index("Academic year")] = text
        (problem,) = refused(results, write(tmp_path / "a.csv", RESULTS, cells))
        assert (problem.value == text) is is_told, text


@pytest.mark.parametrize("cell", ["09-Aug", "Sep-08", "01/02/2026"])
def test_what_a_spreadsheet_has_made_of_two_grades(tmp_path: Path, robin: Pupil, cell: str) -> None:
    """R22: who reads that the result must be one of 9-9, 9-8 and so on has typed just that."""
    (problem,) = refused(results, write(tmp_path / "a.csv", RESULTS, row(robin, "K4", "SCI", "GCSE", cell)))
    assert (problem.row, problem.field) == (2, "Result")
    assert "Format the column as text" in problem.cure


@pytest.mark.parametrize("cells", [7, 9])
def test_a_row_of_another_width_is_an_error(tmp_path: Path, robin: Pupil, cells: int) -> None:
    """R22: a comma too many or too few moves the result into another column."""
    bad = [*row(robin, "K2", "REA", "", "110"), ""][:cells]
    problems = refused(results, write(tmp_path / "a.csv", RESULTS, bad))
    assert (problems[0].row, f"has {cells} cells and the header 8" in problems[0].cure) == (2, True)


def test_a_pupil_unknown_there_is_an_error(tmp_path: Path, robin: Pupil) -> None:
    """R22: also one whom another establishment knows; the answer does not say so."""
    other = factories.pupil(RAVENSGILL)
    path = write(tmp_path / "a.csv", RESULTS, row(robin, "K2", "REA", "", "99"), row(other, "K2", "REA", "", "99"))
    (problem,) = refused(results, path)
    assert (problem.row, problem.field) == (3, "UPN")
    assert other.upn not in str(problem)
    assert kept(robin) == {}


def test_a_result_twice_is_an_error(tmp_path: Path, robin: Pupil) -> None:
    path = write(tmp_path / "a.csv", RESULTS, row(robin, "K2", "REA", "", "99"), row(robin, "K2", "rea", "", "98"))
    assert [problem.row for problem in refused(results, path)] == [3]


def test_a_school_speaks_for_itself(tmp_path: Path, robin: Pupil) -> None:
    """R45: Beckside's file with a row of another school's is refused, and Ravensgill may not tell of Beckside."""
    path = write(tmp_path / "a.csv", RESULTS, row(robin, "K2", "REA", "", "99"))
    assert refused(results, path, urn=RAVENSGILL)[0].field == "DfE number"
    assert bring(results, path, urn=BECKSIDE).changes == [("Results added", 1)]


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ("URN", "LA (code)"), ("100000", "380"))
    assert "a different file" in refused(results, path)[0].cure
    assert "no rows" in refused(results, write(tmp_path / "b.csv", RESULTS))[0].cure
    ragged = write(tmp_path / "c.csv", RESULTS, ["380/2901", "x"])
    assert "has 2 cells and the header 8" in str(refused(results, ragged))


def test_every_scale_is_of_a_known_subject() -> None:
    """The codes agree with each other, and each fits its column."""
    for (stage, subject, component), scale in SCALES.items():
        assert subject in SUBJECTS[stage]
        assert component in COMPONENTS
        assert component in components_of(stage, subject)
        assert scale.in_words()
        assert all(scale.read(symbol.lower()) == symbol for symbol in scale.symbols)
    for stage, subjects in SUBJECTS.items():
        assert all(components_of(stage, subject) for subject in subjects)


def test_the_guidance_names_every_code() -> None:
    """R37: what the guidance for data teams lists is what is read."""
    text = (settings.BASE_DIR / "docs" / "formats" / "results.md").read_text()
    for stage, subjects in SUBJECTS.items():
        (part,) = re.findall(rf"### {stage}: .*?(?=###|##|$)", text, flags=re.DOTALL)
        for subject, name in subjects.items():
            assert f"`{subject}` {name}" in part
            assert all(f"`{component}` " in part for component in components_of(stage, subject) if component)
    assert all(f"`{status}`" in text for status in STATUSES)


@given(st.sampled_from(sorted(SCALES)), st.text(max_size=6) | st.integers(-200, 200).map(str))
def test_what_a_scale_reads_it_reads_again(key: tuple[str, str, str], text: str) -> None:
    """R22: what is kept is a result of the scale itself, and is short."""
    result = SCALES[key].read(text)
    if result is not None:
        assert SCALES[key].read(result) == result
        assert len(result) <= 20


def test_classes_are_filled(tmp_path: Path, robin: Pupil) -> None:
    """R22: a class, none any more, and who is not in the file stays."""
    kim, lee = factories.pupil(BECKSIDE, class_name="4A"), factories.pupil(BECKSIDE, class_name="4A")
    rows = [["380/2901", robin.upn, " 5  Oak "], ["3802901", kim.upn, ""]]
    path = write(
        tmp_path / "a.csv", ("Class Name", "upn", "DFE NUMBER", "Teacher"), *[[*reversed(r), "x"] for r in rows]
    )
    outcome = bring(classes, path, urn=BECKSIDE)
    assert outcome.changes == [("Pupil records changed", 2)]
    assert [class_of(pupil) for pupil in (robin, kim, lee)] == ["5 Oak", "", "4A"]
    assert bring(classes, path).changes_nothing
    with as_batch():
        assert Pupil.objects.get(pk=robin.pk).as_of == robin.as_of, "a class list says nothing of the rest"


def test_a_class_list_leaves_out_who_is_unknown(tmp_path: Path, robin: Pupil) -> None:
    """R22: a new child is a query, until a census brings the record."""
    path = write(
        tmp_path / "a.csv", CLASSES, ["380/2901", make_upn(381, 1, 2020, 1), "5A"], ["380/2901", robin.upn, "5A"]
    )
    outcome = bring(classes, path)
    assert [(problem.row, problem.fatal) for problem in outcome.queries] == [(2, False)]
    assert class_of(robin) == "5A"


def test_what_a_spreadsheet_has_made_of_a_class_is_asked_about(tmp_path: Path, robin: Pupil) -> None:
    """R23: class 1/2 was kept as 01-Feb, and nobody was told."""
    (query,) = bring(classes, write(tmp_path / "a.csv", CLASSES, ["380/2901", robin.upn, "01-Feb"])).queries
    assert (query.row, query.field, query.fatal) == (2, "Class", False)
    assert "turned this class into a date" in query.cure
    assert class_of(robin) == "01-Feb"
    assert not bring(classes, write(tmp_path / "b.csv", CLASSES, ["380/2901", robin.upn, "1/2"])).queries


def test_a_class_list_with_errors_is_refused(tmp_path: Path, robin: Pupil) -> None:
    long = write(tmp_path / "a.csv", CLASSES, ["380/2901", robin.upn, "x" * 21])
    assert "Shorten" in refused(classes, long)[0].cure
    twice = write(tmp_path / "b.csv", CLASSES, *[["380/2901", robin.upn, name] for name in ("5A", "5B")])
    assert [problem.row for problem in refused(classes, twice)] == [3]
    without = write(tmp_path / "c.csv", CLASSES[:2], ["380/2901", robin.upn])
    assert refused(classes, without)[0].field == "Class"
    assert class_of(robin) == "4A"


def test_an_older_record_is_not_in_the_way(tmp_path: Path) -> None:
    """R22: a result is of its own time: a child whose record stands as of long ago gets it."""
    gone = factories.pupil(BECKSIDE, as_of=date(2020, 1, 1))
    bring(results, write(tmp_path / "a.csv", RESULTS, row(gone, "K2", "REA", "", "N", year="2018/19")))
    assert kept(gone) == {("K2", "REA", ""): "N"}
