"""Writes a release as a folder; docs/formats/statistics.md says what is in it, and `reading.py` reads it back."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sharing.statistics.catalogue import Catalogue
from sharing.statistics.dimensions import TOTAL, CellId, Dimension
from sharing.statistics.population import SPECIAL
from sharing.statistics.records import PublishedTable, Release

Row = tuple[object, ...]
FORMAT: Final = 1
FIXED_COLUMNS: Final = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "new_la_code", "old_la_code",
    "la_name",
)  # fmt: skip
BRADFORD: Final = ("E92000001", "England", "E08000032", "380", "Bradford")
"""Codes and names of country and authority, as the conventions want them in every row."""

_INDICATOR: Final = {
    "pupils": ("Pupils", ""),
    "attained_pupils": ("Pupils who attained", ""),
    "attained_percent": ("Attained", "%"),
    "persistently_absent_base_pupils": ("Pupils whose attendance is measured", ""),
    "persistently_absent_pupils": ("Persistently absent pupils", ""),
    "persistently_absent_percent": ("Persistently absent", "%"),
    "attendance_mean": ("Mean attendance", "%"),
    "attendance_step": ("Step of the mean attendance", "%"),
}


def write(release: Release, folder: Path, authority: tuple[str, ...] = BRADFORD) -> None:
    """Write all files of a release into a folder, which is created if necessary."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(description(release), ensure_ascii=False, indent=1)
    (folder / "release.json").write_text(text + "\n", encoding="utf-8")
    for table in release.tables:
        _write_rows(folder / f"{table.table.name}.csv", table_rows(release.academic_year, table, authority))
        _write_rows(folder / f"{table.table.name}.meta.csv", meta_rows(release.catalogue, table))
    rows = (
        (_written(group), count) for group, count in sorted(release.public.items(), key=lambda one: _written(one[0]))
    )
    _write_rows(folder / "public.csv", [("group", "pupils"), *rows])


def description(release: Release) -> dict[str, Any]:
    """The contents of release.json."""
    order = list(release.catalogue.dimensions)
    impossible = [dict(sorted(pair, key=lambda one: order.index(one[0]))) for pair in release.catalogue.impossible]
    return {
        "format": FORMAT,
        "release": release.id,
        "academic_year": release.academic_year,
        "version": release.version,
        "as_of": release.as_of.isoformat(),
        "base": release.rules.base,
        "farthest": release.rules.farthest,
        "rate_from": release.rules.rate_from,
        "dimensions": {
            name: {
                "label": dimension.label,
                "members": [
                    {"code": member.code, "label": member.label, "parent": member.parent}
                    for member in dimension.members
                ],
            }
            for name, dimension in release.catalogue.dimensions.items()
        },
        "impossible": sorted(impossible, key=lambda pair: [*pair.items()]),
        "tables": [
            {
                "name": table.table.name,
                "title": table.table.title,
                "dimensions": list(table.table.dimensions),
                "where": dict(table.table.where),
                "members": {name: list(codes) for name, codes in sorted(table.table.members.items())},
                "indicators": list(table.indicators),
                "audience": table.table.audience,
            }
            for table in release.tables
        ],
        "held": list(release.held),
        "information_lost": {
            "cells": release.loss.cells,
            "mean": round(release.loss.mean, 2),
            "largest": release.loss.largest,
            "farther_than_4": round(release.loss.far, 4),
            "low": round(release.loss.low, 4),
            "rates_withheld": round(release.loss.rates_withheld, 4),
        },
    }


def table_rows(academic_year: int, published: PublishedTable, authority: tuple[str, ...] = BRADFORD) -> Iterator[Row]:
    """The rows of a table's file, beginning with the names of its columns."""
    table = published.table
    yield (*FIXED_COLUMNS, *table.dimensions, *published.indicators)
    period = f"{academic_year}{(academic_year + 1) % 100:02}"
    for row in published.rows:
        place = dict(zip(table.dimensions, row.members, strict=True)).get("place", TOTAL)
        fixed = (period, "Academic year", _level(place), *authority)
        yield (*fixed, *row.members, *(row.figures[name] for name in published.indicators))


def _level(place: str) -> str:
    if place == TOTAL:
        return "Local authority"
    if place.startswith("urn:"):
        return "School"
    return "Local authority" if place == SPECIAL else "Locality"


def meta_rows(catalogue: Catalogue, published: PublishedTable) -> Iterator[Row]:
    """What the columns of a table mean, beginning with the names of the meta file's own columns."""
    yield (
        "col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint",
        "filter_grouping_column",
    )  # fmt: skip
    for name in published.table.dimensions:
        dimension = catalogue.dimensions[name]
        yield (name, "Filter", dimension.label, "", "", "", _codes(dimension), "")
    for name in published.indicators:
        label, unit = indicator_words(name)
        yield (name, "Indicator", label, "", unit, "1" if unit and "attendance" in name else "0", "", "")


def _codes(dimension: Dimension) -> str:
    """What the codes of a dimension mean. An establishment is not named: not everybody may read of each of them."""
    return "; ".join(f"{one.code}: {one.label}" for one in dimension.members if not one.code.startswith("urn:"))


def indicator_words(name: str) -> tuple[str, str]:
    """An indicator's name for readers, and its unit."""
    return _INDICATOR.get(name, (name, ""))


def _write_rows(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _written(group: CellId) -> str:
    return "|".join(f"{name}={code}" for name, code in sorted(group))
