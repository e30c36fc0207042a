"""Releases and figures for tests, made as imports make them. Call them as portal_batch (`as_batch()`)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sharing.measures import preparing
from sharing.models import Establishment
from sharing.models.releases import Figure, Measure, Release
from tests.locks.switches import run_as_owner

OFFICE = "The office"


def without_the_demonstrations() -> None:
    """Delete the demonstration's releases, as if nothing had been released yet (until the test's rollback)."""
    parts = ("cell", "dimension", "request", "rules", "table", "verdict")
    statistics = ", ".join(f"sharing_statistics{part}" for part in parts)
    run_as_owner(f"TRUNCATE sharing_figure, {statistics}, sharing_release")


def figure(where: int | str, code: str, what: Any) -> Figure:
    """A figure. `where`: a URN or an area. `what`: a number, a symbol, or a dict with more of the figure's fields."""
    fields = what if isinstance(what, dict) else {"symbol": what} if isinstance(what, str) else {"value": what}
    if "value" in fields:
        fields = fields | {"value": Decimal(fields["value"])}
    if isinstance(where, int):
        fields = fields | {"establishment": Establishment.objects.get(urn=where)}
    else:
        fields = fields | {"area": where}
    return Figure(measure=Measure.objects.get(code=code), **fields)


def release(
    dataset: str, year: int, cells: Mapping[tuple[int | str, str], Any], *, by_id: int | None = None, because: str = ""
) -> Release:
    """A prepared release with these figures: {(URN or area, measure): number, symbol or fields}."""
    prepared = preparing.prepare(
        dataset,
        year,
        status=Release.Status.VALIDATED,
        as_of=date(year + 1, 9, 1),
        by=OFFICE,
        by_id=by_id,
        because=because or "A correction",
    )
    put(prepared, [figure(where, code, what) for (where, code), what in cells.items()])
    return prepared


def put(prepared: Release, figures: Sequence[Figure]) -> None:
    """Add these figures to a release that is being prepared."""
    for one in figures:
        one.release = prepared
    Figure.objects.bulk_create(figures)


def out(dataset: str, year: int, cells: Mapping[tuple[int | str, str], Any], *, at: datetime | None = None) -> Release:
    """The same, but out: since a day ago, or since `at`."""
    prepared = release(dataset, year, cells)
    preparing.bring_out(prepared, by="Another officer", at=at or timezone.now() - timedelta(days=1))
    return prepared
