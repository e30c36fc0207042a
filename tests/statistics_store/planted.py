"""Protected statistics for tests, stored by hand: a few cells, without a population behind them."""

from datetime import datetime, timedelta

from django.utils import timezone

from sharing.measures import preparing
from sharing.models import (
    Establishment,
    Release,
    StatisticsCell,
    StatisticsDimension,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
)
from tests import figures

DATASET = "open-statistics"
LOSS = {
    "cells": 5, "mean": 1.2, "largest": 4, "far": 0.0, "low": 0.02, "rates_withheld": 0.1, "moved": None,
    "largest_move": None, "tables": [], "left_out": [], "before": None,
}  # fmt: skip


def prepared(
    year: int, urns: tuple[int, ...] = (), *, passed: bool = True, before: int | None = None, by_id: int | None = None
) -> Release:
    """A release with one open cell and one of each establishment. As portal_batch."""
    release = preparing.prepare(
        DATASET, year, status=Release.Status.PROVISIONAL, as_of=timezone.localdate(), by=figures.OFFICE, by_id=by_id,
        because="A correction",
    )  # fmt: skip
    StatisticsDimension.objects.create(release=release, name="place", label="Place", members=[], place=0)
    StatisticsTable.objects.create(
        release=release, name="pupils", title="Pupils", dimensions=["place"], indicators=["pupils"], audience="named",
        place=0,
    )  # fmt: skip
    StatisticsRules.objects.create(release=release, base=5, rate_from=50, lost={})
    StatisticsCell.objects.create(release=release, key="", indicator="pupils", value=95)
    for urn in urns:
        place = Establishment.objects.get(urn=urn)
        StatisticsCell.objects.create(
            release=release, establishment=place, key=f"place=urn:{urn}", indicator="pupils", value=95
        )
    finding = {"title": "Adding up", "words": "All add up.", "notes": [], "passed": passed, "whole": True}
    StatisticsVerdict.objects.create(
        release=release, passed=passed, findings=[finding], loss=LOSS | {"before": before}, seconds=1.0
    )
    return release


def counted_in(release: Release, locality: str, establishments: int, without_year_6: int) -> None:
    """So many establishments are counted in that Locality ("locality:7") of the release. As portal_batch."""
    codes = [f"urn:{990000 + one}" for one in range(establishments)]
    StatisticsDimension.objects.filter(release=release, name="place").update(
        members=[{"code": code, "label": "Any", "parent": locality} for code in codes],
        impossible=[[code, "year", "6"] for code in codes[:without_year_6]],
    )


def out(year: int, urns: tuple[int, ...], at: datetime | None = None) -> Release:
    """The same, out since yesterday or at `at`."""
    release = prepared(year, urns)
    preparing.bring_out(release, by="Another officer", at=at or timezone.now() - timedelta(days=1))
    return release
