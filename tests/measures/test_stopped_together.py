"""Which stopped figures are named where several are stopped (R11, R22)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.measures.catalogue import DATASET
from sharing.measures.stopped import stopped_of, stopped_releases
from sharing.models import Release
from tests import figures
from tests.measures.releases import CODE, YEAR
from tests.people import as_batch
from tests.statistics_store import planted

pytestmark = pytest.mark.django_db
STOPPED = (("ks2", YEAR - 1), ("ks2", YEAR), ("ks2", YEAR), ("comparators", YEAR), ("ks4", YEAR))


@pytest.fixture(autouse=True)
def all_stopped(nothing_released: None) -> None:
    """Two versions of one year, a year before, the comparators, another dataset, open statistics: all at once."""
    with as_batch():
        for dataset, year in STOPPED:
            figures.out(dataset, year, {("england", CODE): 61})
        out = planted.prepared(YEAR)
        Release.objects.filter(pk=out.pk).update(
            state="scheduled", checked_at=timezone.now(), goes_out_at=timezone.now() - timedelta(days=1)
        )
        Release.objects.update(state="stopped", stopped_at=timezone.now(), stopped_because="A fault")


def test_a_page_names_each_year_once_with_all_that_stands_beside_its_measures() -> None:
    """The newest year first; those of areas and open statistics too, and none of another dataset."""
    with as_batch():
        told = [(one.dataset, one.year) for one in stopped_of([CODE])]
    name = {slug: kind.name for slug, kind in DATASET.items()}
    of_ks2 = [(name["ks2"], "1999/00"), (name["ks2"], "1998/99")]
    assert sorted(told) == sorted([*of_ks2, (name["comparators"], "1999/00"), (name[planted.DATASET], "1999/00")])
    assert [one for one in told if one in of_ks2] == of_ks2


def test_who_shows_them_again_is_led_to_the_newest_version_of_each_year() -> None:
    with as_batch():
        found = {(one.dataset_slug, one.academic_year): one.version for one in stopped_releases()}
    assert found == {
        ("ks2", YEAR - 1): 1, ("ks2", YEAR): 2, ("comparators", YEAR): 1, ("ks4", YEAR): 1, (planted.DATASET, YEAR): 1
    }  # fmt: skip


def test_a_page_names_only_the_newest_stop_of_a_year() -> None:
    """R22: the version before was stopped a week earlier, for a reason that its correction put right."""
    with as_batch():
        versions = Release.objects.filter(dataset__slug="ks2", academic_year=YEAR).order_by("version")
        first, _ = versions.values_list("pk", flat=True)
        Release.objects.filter(pk=first).update(state="scheduled")
        Release.objects.filter(pk=first).update(
            state="stopped", stopped_at=timezone.now() - timedelta(days=7), stopped_because="Put right since"
        )
        of_ks2 = [one for one in stopped_of([CODE]) if (one.dataset, one.year) == (DATASET["ks2"].name, "1999/00")]
    assert [one.because for one in of_ks2] == ["A fault"]
