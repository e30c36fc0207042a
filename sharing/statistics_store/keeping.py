"""Stores what is published in a release: each number once, by COPY, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from django.db import connection

from sharing.models import Release, StatisticsDimension, StatisticsRules, StatisticsTable
from sharing.statistics import files
from sharing.statistics.catalogue import Catalogue, group_of, urn_code
from sharing.statistics.dimensions import CellId
from sharing.statistics.records import Figure, PublishedTable
from sharing.statistics.records import Release as Built
from sharing.statistics.stored import key_of, where_kept
from sharing.statistics.symbols import Symbol

_NOTHING: Final = r"\N"
_COLUMNS: Final = "establishment_id, key, indicator, value, symbol, step"
# COPY does not work on tables with row-level security.
_SHEET: Final = f"""
    CREATE TEMPORARY TABLE statistics_sheet ON COMMIT DROP AS SELECT {_COLUMNS} FROM sharing_statisticscell WITH NO DATA
"""  # noqa: S608 - our own names
_PUT: Final = f"""
    INSERT INTO sharing_statisticscell (release_id, {_COLUMNS}) SELECT %s, {_COLUMNS} FROM statistics_sheet
"""  # noqa: S608

Cell = tuple[str, str]
"""A key and an indicator."""


def keep(built: Built, release: Release, establishments: Mapping[str, int]) -> int:
    """Store tables, dimensions, rules and cells of a release that is being prepared, and return the number of cells.

    `establishments`: the id of each by its URN. Called as portal_batch.
    """
    said = files.description(built)
    _dimensions(release, said, built.catalogue)
    StatisticsTable.objects.bulk_create(
        StatisticsTable(release=release, place=place, **table) for place, table in enumerate(said["tables"])
    )
    StatisticsRules.objects.create(
        release=release,
        base=said["base"],
        rate_from=said["rate_from"],
        held=said["held"],
        public=[[key_of(group), pupils] for group, pupils in built.public.items()],
        lost=said["information_lost"],
    )
    return _cells(built, release, {urn_code(urn): pk for urn, pk in establishments.items()})


def figures_of(catalogue: Catalogue, published: PublishedTable) -> Iterator[tuple[CellId, str, Figure, Figure | None]]:
    """(group, indicator, figure, step) of a table. A count is stored under the group it counts, whatever its row."""
    for row in published.rows:
        group = group_of(published.table, zip(published.table.dimensions, row.members, strict=True))
        for name, figure in row.figures.items():
            where = where_kept(catalogue, published.table, group, name)
            if where:
                step = row.figures.get(f"{name.removesuffix('_mean')}_step") if name.endswith("_mean") else None
                yield *where, figure, step


def _dimensions(release: Release, said: Mapping[str, Any], catalogue: Catalogue) -> None:
    order = list(catalogue.dimensions)
    apart: dict[str, list[list[str]]] = {name: [] for name in order}
    for pair in said["impossible"]:
        (first, member), (second, other) = sorted(pair.items(), key=lambda one: order.index(one[0]))
        apart[first].append([member, second, other])
    StatisticsDimension.objects.bulk_create(
        StatisticsDimension(
            release=release, name=name, label=told["label"], members=told["members"], impossible=apart[name],
            place=place,
        )
        for place, (name, told) in enumerate(said["dimensions"].items())
    )  # fmt: skip


def _cells(built: Built, release: Release, by_code: Mapping[str, int]) -> int:
    lines: dict[Cell, str] = {}
    for published in built.tables:
        for group, indicator, figure, step in figures_of(built.catalogue, published):
            key = key_of(group)
            line = _line(key, indicator, by_code.get(dict(group).get("place", "")), figure, step)
            if lines.setdefault((key, indicator), line) != line:
                raise ValueError(f"{key} has two figures under {indicator}")
    return _copy(release, lines.values())


def _line(key: str, indicator: str, establishment: int | None, figure: Figure, step: Figure | None) -> str:
    is_symbol = isinstance(figure, Symbol)
    cells = (
        establishment if establishment is not None else _NOTHING,
        key,
        indicator,
        _NOTHING if is_symbol else figure,
        figure if is_symbol else "",
        step if isinstance(step, Decimal) else _NOTHING,
    )
    return "\t".join(str(cell) for cell in cells)


def _copy(release: Release, lines: Iterable[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS statistics_sheet")
        cursor.execute(_SHEET)
        cursor.copy_expert(
            f"COPY statistics_sheet ({_COLUMNS}) FROM STDIN", StringIO("".join(f"{line}\n" for line in lines))
        )
        cursor.execute(_PUT, [release.pk])
        return int(cursor.rowcount)
