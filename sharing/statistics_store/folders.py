"""A stored release as the engine's record and as the folder that people download (docs/formats/statistics.md).

It is read with the asker's rights: row-level security leaves out what the asker may not see, and then there is no
folder. The worker reads as portal_batch.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from sharing.authority import authority_in_statistics
from sharing.models import Release, StatisticsCell
from sharing.statistics import files
from sharing.statistics.catalogue import Catalogue, Table, group_of
from sharing.statistics.dimensions import CellId, cell_id
from sharing.statistics.reading import catalogue_of, loss_of
from sharing.statistics.records import Figure, PublishedTable, Row
from sharing.statistics.records import Release as Built
from sharing.statistics.rules import Rules
from sharing.statistics.stored import PUPILS, Stored, figure_of, key_of
from sharing.statistics.symbols import Symbol, number_of


def folder_of(release: Release, folder: Path) -> None:
    """Write the files of a stored release into a folder. Raises KeyError if the reader may not see all of it."""
    files.write(built_of(release), folder, authority_in_statistics())


def built_of(release: Release) -> Built:
    """The engine's record of a stored release, figure for figure. Raises KeyError like `folder_of`."""
    rules = release.protected_by
    catalogue = _catalogue(release)
    stored = _stored(release)
    indicators = dict(release.tables.values_list("name", "indicators"))
    tables = tuple(
        PublishedTable(table, tuple(indicators[table.name]), tuple(_rows(catalogue, table, indicators, stored)))
        for table in catalogue.tables
    )
    return Built(
        id=f"{release.dataset.slug}-{release.academic_year}-{release.version}",
        academic_year=release.academic_year,
        version=release.version,
        as_of=release.as_of,
        rules=Rules(base=rules.base, rate_from=rules.rate_from),
        catalogue=catalogue,
        numbers=_numbers(stored),
        tables=tables,
        public={_group(key): pupils for key, pupils in rules.public},
        held=tuple(rules.held),
        loss=loss_of(rules.lost),
    )


def _catalogue(release: Release) -> Catalogue:
    dimensions = list(release.dimensions.order_by("place"))
    shape = ("name", "title", "dimensions", "where", "members", "indicators", "audience")
    return catalogue_of(
        {
            "dimensions": {one.name: {"label": one.label, "members": one.members} for one in dimensions},
            "tables": list(release.tables.order_by("place").values(*shape)),
            "impossible": [
                {one.name: member, name: other} for one in dimensions for member, name, other in one.impossible
            ],
        }
    )


def _stored(release: Release) -> Stored:
    cells = StatisticsCell.objects.filter(release=release)
    columns = cells.values_list("key", "indicator", "value", "symbol", "step")
    return {(key, indicator): (value, symbol, step) for key, indicator, value, symbol, step in columns.iterator()}


def _rows(catalogue: Catalogue, table: Table, indicators: Mapping[str, list[str]], stored: Stored) -> Iterator[Row]:
    for codes in product(*(catalogue.members(table, name) for name in table.dimensions)):
        group = group_of(table, zip(table.dimensions, codes, strict=True))
        yield Row(codes, {name: _figure(catalogue, table, group, name, stored) for name in indicators[table.name]})


def _figure(catalogue: Catalogue, table: Table, group: CellId, name: str, stored: Stored) -> Figure:
    figure = figure_of(catalogue, table, group, name, stored)
    if figure is None:
        raise KeyError(f"{name} of {key_of(group)}")
    return figure


def _numbers(stored: Stored) -> dict[CellId, int]:
    return {
        _group(key): number_of(int(value) if value is not None else Symbol(symbol))
        for (key, indicator), (value, symbol, _) in stored.items()
        if indicator == PUPILS and symbol != Symbol.IMPOSSIBLE
    }


def _group(key: str) -> CellId:
    return cell_id((name, code) for name, _, code in (pair.partition("=") for pair in key.split("|") if pair))
