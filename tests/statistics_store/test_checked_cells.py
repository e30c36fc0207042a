"""What was checked of open statistics is what comes out, whoever writes (R11, R22)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, models, transaction
from django.utils import timezone

from sharing.measures import preparing
from sharing.models import (
    Release,
    StatisticsCell,
    StatisticsDimension,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
)
from tests import figures
from tests.people import as_batch, as_owner
from tests.statistics_store.planted import DATASET, prepared

PARTS = [StatisticsCell, StatisticsDimension, StatisticsRules, StatisticsTable, StatisticsVerdict]


def bare() -> Release:
    """A release that is being prepared, without any part."""
    said = {"status": Release.Status.PROVISIONAL, "as_of": timezone.localdate(), "by": figures.OFFICE}
    return preparing.prepare(DATASET, 1999, because="A correction", **said)


def check(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(state=Release.State.CHECKED, checked_at=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("writer", [as_batch, as_owner])
@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_added_changed_or_taken_away(part: type[models.Model], writer: Callable[[], Any]) -> None:
    """R11, R22: the cells that the attacker tried, with the verdict and all that a table is made of."""
    with as_batch():
        checked, empty, waiting, elsewhere = prepared(1999), bare(), prepared(1999), bare()
        check(checked)
        check(empty)
        (another,) = part._default_manager.filter(release=waiting)
    another.pk, another.release = None, empty
    mine, others = (part._default_manager.filter(release=release) for release in (checked, waiting))
    for change in (
        mine.delete,
        lambda: mine.update(release=elsewhere),
        lambda: others.update(release=empty),
        lambda: another.save(force_insert=True),
    ):
        with pytest.raises(Error, match="while their release is being prepared"), transaction.atomic(), writer():
            change()
