"""Figures that were out and that nobody is shown now (R11, R22; docs/adr/0042).

Nothing here checks the reader: anybody with a place may know that a release came out, and why its figures are stopped.
"""

from collections.abc import Collection

from sharing.measures.catalogue import COMPARATORS, MEASURE, OPEN_STATISTICS
from sharing.measures.release_records import StoppedRelease
from sharing.measures.shares import SHARES
from sharing.models import Release
from sharing.models.releases import ReleaseQuerySet
from sharing.records.stopped import StoppedFigures
from sharing.school_year import in_words


def stopped_figures(*datasets: str) -> tuple[StoppedFigures, ...]:
    """The stopped figures of these datasets that have not been replaced since, each year once. One query."""
    return tuple(told_of(row) for row in _newest_stopped().filter(dataset__slug__in=datasets))


def stopped_of(measures: Collection[str]) -> tuple[StoppedFigures, ...]:
    """The stopped figures of these measures' datasets, of their areas, and of the open statistics that replace them."""
    return stopped_figures(*{MEASURE[code].dataset for code in measures}, COMPARATORS, OPEN_STATISTICS)


def stopped_of_context(measures: Collection[str]) -> tuple[StoppedFigures, ...]:
    """The same without areas: of the measures' datasets, and of open statistics that have a number for one of them."""
    protected = {OPEN_STATISTICS} if SHARES.keys() & set(measures) else set()
    return stopped_figures(*{MEASURE[code].dataset for code in measures}, *protected)


def stopped_releases() -> tuple[StoppedRelease, ...]:
    """The newest version for each dataset and year that is stopped and not replaced since. One query."""
    return tuple(
        StoppedRelease(
            dataset=row.dataset.name,
            dataset_slug=row.dataset.slug,
            owner=row.dataset.owner,
            academic_year=row.academic_year,
            version=row.version,
            id=row.pk,
            stopped_at=told_of(row).at,
        )
        for row in _newest_stopped()
    )


def _newest_stopped() -> ReleaseQuerySet:
    """Of each dataset and year one version: an earlier one may have been stopped before, for a reason of its own."""
    found = Release.objects.stopped().unreplaced().select_related("dataset")
    return found.order_by("dataset__name", "-academic_year", "-version").distinct("dataset__name", "academic_year")


def told_of(row: Release) -> StoppedFigures:
    assert row.stopped_at is not None, "asked of a release that is stopped"
    return StoppedFigures(row.dataset.name, in_words(row.academic_year), row.stopped_at, row.stopped_because)
