"""The closed list of measures: complete, consistent, and of one meaning for each code (R22, R29)."""

import dataclasses
import re

import pytest
from django.core.management import call_command
from django.db import Error, transaction

from sharing.measures import catalogue
from sharing.measures.shape import defined, phases_of
from sharing.models.releases import Dataset, Figure, Measure, Release
from tests import figures
from tests.locks.switches import rows
from tests.people import as_batch

OUTCOME_DATASETS = {
    "eyfsp", "phonics", "ks2", "ks2_counts", "ks4", "ks4_counts", "absence", "attendance", "exclusions", "suspensions",
}  # fmt: skip


def test_every_code_is_there_once_and_belongs_to_a_dataset() -> None:
    codes = [measure.code for measure in catalogue.MEASURES]
    assert len(codes) == len(set(codes))
    assert {measure.dataset for measure in catalogue.MEASURES} | {"comparators", catalogue.OPEN_STATISTICS} == set(
        catalogue.DATASET
    )


def test_each_share_says_of_whom_and_a_count_of_nobody() -> None:
    assert [one.code for one in catalogue.MEASURES if "None" in defined(one)] == []
    assert [
        one.code for one in catalogue.MEASURES if one.unit == Measure.Unit.PERCENT and "Out of:" not in defined(one)
    ] == []


def test_what_pupils_achieve_attend_or_are_excluded_from_is_an_outcome() -> None:
    """R29: context is who the pupils are and where they live; it alone may order a list. Who stayed is context that
    comes in a table of results.
    """
    assert {measure.dataset for measure in catalogue.MEASURES if measure.is_outcome} == OUTCOME_DATASETS
    context = [measure for measure in catalogue.MEASURES if not measure.is_outcome]
    assert [one.code for one in context if one.dataset in OUTCOME_DATASETS] == ["ks2_stayed", "ks4_stayed"]


def test_bounds_are_measures_of_the_same_dataset_unit_and_denominator() -> None:
    bounds = [measure for measure in catalogue.MEASURES if measure.code.endswith(("_lower", "_upper"))]
    assert {bound.code.rpartition("_")[0] for bound in bounds} == {
        "ks2_reading_progress", "ks2_writing_progress", "ks2_maths_progress", "ks4_progress8",
    }  # fmt: skip
    for bound in bounds:
        measure = catalogue.MEASURE[bound.code.rpartition("_")[0]]
        assert (bound.dataset, bound.unit, bound.decimals, bound.denominator) == (
            measure.dataset, measure.unit, measure.decimals, measure.denominator,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("ks2_reading_progress", "2023/24 and 2024/25"), ("ks2_writing_progress", "2023/24 and 2024/25"),
        ("ks2_maths_progress", "2023/24 and 2024/25"), ("ks4_progress8", "2024/25 and 2025/26"),
    ],
)  # fmt: skip
def test_progress_says_in_which_years_there_can_be_none(code: str, years: str) -> None:
    """R22: the tests and assessments of 2020 and 2021 were cancelled. “None out” looks like a file that is late."""
    assert f"There is none for {years}, as those pupils" in catalogue.MEASURE[code].definition


@pytest.mark.parametrize(("code", "says"), [("roll_fsm", "do not compare"), ("roll_fsm6", "no pupil premium")])
def test_free_school_meals_say_what_they_include_since_september_2026(code: str, says: str) -> None:
    """R22: all families with Universal Credit are eligible since then, and the Department counts only "targeted" meals
    for pupil premium. How it publishes its own figures is not ours to say.
    """
    assert re.search(rf"Since September 2026 it includes .*{says}", catalogue.MEASURE[code].definition)
    assert "2026" not in catalogue.MEASURE[code.replace("roll", "census")].definition


@pytest.mark.parametrize(
    ("ages", "phases"),
    [
        ((4, 11), ("early", "primary")),
        ((7, 11), ("primary",)),
        ((11, 18), ("secondary",)),
        ((2, 19), ("early", "primary", "secondary")),
        ((3, 5), ()),
        ((4, 7), ("early",)),
        ((16, 19), ()),
        ((None, 11), ()),
    ],
)
def test_stages_of_an_establishment(ages: tuple[int | None, int | None], phases: tuple[str, ...]) -> None:
    assert phases_of(*ages) == phases


@pytest.mark.django_db
class TestSync:
    def test_twice_changes_nothing(self) -> None:
        assert catalogue.sync() == 0
        call_command("sync_measures")
        assert Measure.objects.count() >= len(catalogue.MEASURES)
        assert Dataset.objects.count() >= len(catalogue.DATASETS)

    def test_words_may_change_and_a_new_measure_may_come(self) -> None:
        first, *others = catalogue.MEASURES
        renamed = dataclasses.replace(first, name="Another name")
        new = dataclasses.replace(first, code="tested_measure")
        assert catalogue.sync((renamed, *others, new)) == 2
        assert Measure.objects.get(code=first.code).name == "Another name"
        assert Measure.objects.get(code="tested_measure").place == len(catalogue.MEASURES)

    @pytest.mark.parametrize("change", [{"denominator": "Other pupils"}, {"unit": Measure.Unit.NUMBER}])
    def test_a_measure_with_two_denominators(self, change: dict[str, object]) -> None:
        """A measure that has figures keeps its unit and its denominator, by the catalogue and by the database."""
        code = "ks2_gps_expected"  # the demonstration has no figure of it
        changed = tuple(
            dataclasses.replace(measure, **change) if measure.code == code else measure
            for measure in catalogue.MEASURES
        )
        assert catalogue.sync(changed) == 1  # nobody has used it yet
        assert catalogue.sync() == 1
        with as_batch():
            figures.release("ks2", 1999, {(999002, code): 61})
        with pytest.raises(catalogue.MeasureInUse, match=f"A measure with two {next(iter(change))}s: {code}"):
            catalogue.sync(changed)
        for fields in (change, {"code": "another_code"}):
            with pytest.raises(Error, match="keeps its unit and its denominator"), transaction.atomic(), as_batch():
                Measure.objects.filter(code=code).update(**fields)
        assert Measure.objects.get(code=code).denominator == catalogue.MEASURE[code].denominator


@pytest.mark.django_db
def test_the_web_application_changes_no_measure() -> None:
    for model in (Dataset, Measure, Release, Figure):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            rows(f"DELETE FROM {model._meta.db_table}")
