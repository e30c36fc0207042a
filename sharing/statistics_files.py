"""Tables of open statistics as files: CSV as Explore Education Statistics has it, with its meta file, and a workbook
with labels and a sheet of notes. The numbers are those on the page (R31)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sharing.authority import authority_in_statistics
from sharing.files.csv_cells import cell
from sharing.files.files import FAIR_USE
from sharing.files.tables import csv_file, workbook
from sharing.records.figures import FileOfFigures
from sharing.records.statistics import TableToTakeAway
from sharing.statistics.files import FIXED_COLUMNS, Row, indicator_words, meta_rows, table_rows
from sharing.statistics.records import Figure

PROTECTED = (
    "Counts are rounded to multiples of {base} so that no child can be recognised. Each group is rounded once: it has "
    "the same number in every table, page and file of this release."
)


def of_statistics(found: TableToTakeAway, form: str) -> FileOfFigures:
    name = f"{found.published.table.name}_{found.academic_year}_{found.release.label}"
    if form == "xlsx":
        return workbook(name, ("Statistics", *_sheet(found)), _notes(found))
    if form == "meta":
        header, *rows = meta_rows(found.catalogue, found.published)
        marks = " ".join(f"{symbol}: {words}." for symbol, words in found.symbols)
        told = [
            (column, kind, f"{label}. {marks}" if marks and kind == "Indicator" else label, *others)
            for column, kind, label, *others in rows
        ]
        return csv_file(f"{name}.meta", header, told)
    header, *rows = table_rows(found.academic_year, found.published, authority_in_statistics())
    if found.order is not None:
        header, rows = _with_names(found, header, rows)
    return csv_file(name, header, [[cell(value) for value in row] for row in rows])


def _sheet(found: TableToTakeAway) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    dimensions = [found.catalogue.dimensions[name] for name in found.published.table.dimensions]
    indicators = [indicator_words(name) for name in found.published.indicators]
    names_them = found.order is not None
    header = ["Establishment" if names_them and one.name == "place" else one.label for one in dimensions]
    header += [f"{label} ({unit})" if unit else label for label, unit in indicators]
    rows = (
        [
            *(dimension.label_of[code] for dimension, code in zip(dimensions, row.members, strict=True)),
            *(_number(row.figures[name]) for name in found.published.indicators),
        ]
        for row in found.published.rows
    )
    return header, rows


def _with_names(found: TableToTakeAway, header: Row, rows: Sequence[Row]) -> tuple[Row, list[Row]]:
    """The same with the name of each establishment, after the columns that the conventions want in every row."""
    fixed, place, label_of = len(FIXED_COLUMNS), header.index("place"), found.catalogue.dimensions["place"].label_of
    named = [(*row[:fixed], label_of[str(row[place])], *row[fixed:]) for row in rows]
    return (*header[:fixed], "school_name", *header[fixed:]), named


def _number(figure: Figure) -> int | Decimal | str:
    return figure if isinstance(figure, int | Decimal) else str(figure)


def _notes(found: TableToTakeAway) -> list[Sequence[str]]:
    release = found.release
    order = [("Order", found.order.words), ("Use", FAIR_USE)] if found.order else []
    return [
        (found.published.table.title, ""),
        (
            "Release",
            f"{release.label}: {release.dataset} {release.year}, version {release.version}, {release.status.lower()}. "
            f"Pupils on roll on {release.as_of:%d/%m/%Y}. Source: {release.source}. Owner: {release.owner}.",
        ),
        ("Protected numbers", PROTECTED.format(base=release.base)),
        *(("Only", words) for words in found.narrowed_to),
        *order,
        *(("Stopped", one.words) for one in found.stopped),
        *found.symbols,
        *(("What it means", definition) for definition in found.definitions),
    ]
