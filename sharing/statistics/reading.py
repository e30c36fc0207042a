"""Reads a release's folder back (docs/formats/statistics.md), with every symbol and number as printed."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sharing.statistics.catalogue import Catalogue, Table, group_of
from sharing.statistics.dimensions import CellId, Dimension, Member, cell_id
from sharing.statistics.records import Figure, Loss, PublishedTable, Release, Row
from sharing.statistics.rules import CannotPublish, Rules
from sharing.statistics.symbols import Symbol, number_of

_SYMBOLS = frozenset(Symbol)


def read(folder: Path) -> Release:
    """The release in a folder. Raises CannotPublish if one group has two numbers."""
    about = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    catalogue = catalogue_of(about)
    tables = tuple(_published(folder, table) for table in catalogue.tables)
    return Release(
        id=about["release"],
        academic_year=about["academic_year"],
        version=about["version"],
        as_of=date.fromisoformat(about["as_of"]),
        rules=Rules(base=about["base"], rate_from=about["rate_from"]),
        catalogue=catalogue,
        numbers=_numbers(catalogue, tables),
        tables=tables,
        public=_public(folder),
        held=tuple(about["held"]),
        loss=loss_of(about["information_lost"]),
    )


def written_right(release: Release, folder: Path) -> None:
    """Check that the files say what the release says and nothing else: the last look before a folder goes out.

    Raises CannotPublish if they do not.
    """
    found = read(folder)
    if found.numbers != release.numbers:
        raise CannotPublish("This cannot be published, because a file has another number for a group.")
    for mine, theirs in zip(release.tables, found.tables, strict=True):
        if mine.rows != theirs.rows:
            raise CannotPublish(
                f"This cannot be published, because the file of “{mine.table.title}” has another figure."
            )


def loss_of(lost: Mapping[str, Any]) -> Loss:
    """What protection cost, as given in release.json."""
    return Loss(
        cells=lost["cells"],
        mean=lost["mean"],
        largest=lost["largest"],
        far=lost["farther_than_4"],
        low=lost["low"],
        rates_withheld=lost["rates_withheld"],
        moved=None,
    )


def catalogue_of(about: Mapping[str, Any]) -> Catalogue:
    """The catalogue that release.json describes."""
    dimensions = {
        name: Dimension(name, said["label"], tuple(Member(**member) for member in said["members"]))
        for name, said in about["dimensions"].items()
    }
    tables = tuple(_table(entry) for entry in about["tables"])
    return Catalogue(dimensions, tables, frozenset(frozenset(pair.items()) for pair in about["impossible"]))


def _table(entry: Mapping[str, Any]) -> Table:
    def outcome(ending: str) -> str:
        return next((name.removesuffix(ending) for name in entry["indicators"] if name.endswith(ending)), "")

    members = {name: tuple(codes) for name, codes in entry["members"].items()}
    shape = tuple(entry["dimensions"])
    return Table(
        entry["name"],
        entry["title"],
        shape,
        entry["where"],
        members,
        outcome("_percent"),
        outcome("_mean"),
        entry["audience"],
    )


def _published(folder: Path, table: Table) -> PublishedTable:
    with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        names = list(lines.fieldnames or ())
        indicators = tuple(names[names.index(table.dimensions[-1]) + 1 :])
        rows = tuple(
            Row(
                tuple(line[name] for name in table.dimensions),
                {name: _figure(name, line[name]) for name in indicators},
            )
            for line in lines
        )
    return PublishedTable(table, indicators, rows)


def _figure(name: str, printed: str) -> Figure:
    if printed in _SYMBOLS:
        return Symbol(printed)
    return Decimal(printed) if name.endswith(("_mean", "_step")) else int(printed)


def _numbers(catalogue: Catalogue, tables: Iterable[PublishedTable]) -> dict[CellId, int]:
    """Every count by its id; impossible groups have none."""
    found: dict[CellId, int] = {}
    printed: dict[CellId, Figure] = {}
    for published in tables:
        for group, figure in _counts(catalogue, published):
            if printed.setdefault(group, figure) != figure:
                raise CannotPublish(
                    f"This cannot be published, because “{published.table.title}” has another number for "
                    f"{catalogue.words(group)}."
                )
            if figure != Symbol.IMPOSSIBLE and not isinstance(figure, Decimal):
                found[group] = number_of(figure)
    return found


def _counts(catalogue: Catalogue, published: PublishedTable) -> Iterator[tuple[CellId, Figure]]:
    table = published.table
    for row in published.rows:
        group = group_of(table, zip(table.dimensions, row.members, strict=True))
        for name, figure in row.figures.items():
            if name == "pupils":
                yield group, figure
            elif name.endswith("_base_pupils"):
                yield catalogue.base(table, group), figure
            elif name.endswith("_pupils"):
                yield group | {(table.rate, "Y")}, figure


def _public(folder: Path) -> dict[CellId, int]:
    with (folder / "public.csv").open(encoding="utf-8", newline="") as file:
        return {_group(line["group"]): int(line["pupils"]) for line in csv.DictReader(file)}


def _group(written: str) -> CellId:
    pairs = (pair.partition("=") for pair in written.split("|") if pair)
    return cell_id((name, code) for name, _, code in pairs)
