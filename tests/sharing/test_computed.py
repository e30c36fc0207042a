"""Measures counted from the pupil store, against the same counted child by child in plain Python."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sharing.measures import catalogue
from sharing.measures.computed import MEASURES, CannotPrepare, days_of, prepare
from sharing.models.releases import Figure, Release
from sharing.school_year import academic_year
from tests.people import as_batch
from tests.sharing import plain_measures

pytestmark = pytest.mark.django_db
LAST_YEAR = academic_year(timezone.localdate()) - 1
DATASETS = list(MEASURES)


def codes_of(dataset: str) -> list[str]:
    return [measure.code for measure in MEASURES[dataset]]


def expected(dataset: str, year: int, today: date) -> dict:
    return plain_measures.figures(codes_of(dataset), year, days_of(dataset, year, today).counted_on, today)


def test_every_measure_that_is_counted_is_in_the_catalogue_under_its_dataset() -> None:
    for dataset in DATASETS:
        assert {catalogue.MEASURE[code].dataset for code in codes_of(dataset)} == {dataset}


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_demonstrations_children_counted_one_by_one(dataset: str) -> None:
    """R22, R31: value, numerator, denominator and who is few, for each establishment, area and group."""
    today = timezone.localdate()
    with as_batch():
        Figure.objects.all().delete()
        Release.objects.all().delete()
        for year in (LAST_YEAR, LAST_YEAR - 1):
            release = prepare(dataset, year, today)
            assert release
            found, wanted = plain_measures.stored(release), expected(dataset, year, today)
            assert found == wanted
            assert {cell[3].split(":")[0] for cell in found} >= {"total", "sex", "fsm", "ethnicity"}
