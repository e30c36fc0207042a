"""Tables with a row for each school and a column for each measure: the performance tables (formats page 6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column, Table, open_table
from sharing.imports.problems import ProblemLog, refused
from sharing.published.cells import PERFORMANCE, CellReader, whole_number
from sharing.published.gathering import Gathering
from sharing.published.rows import Row
from sharing.published.told import AUTHORITY, ENGLAND, TOTAL, By, Place, Published

SCHOOL: Final = "school"


@dataclass(frozen=True)
class Reads:
    """A column and the measure in it. `of`: the column with the number of pupils that it is a share or mean of.
    `count`: the column with the number of pupils counted in the share.
    """

    header: str
    measure: str
    group: str = TOTAL
    percent: bool = False
    of: str = ""
    count: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A kind of table. `place` finds where a row belongs: a place, words under which it is skipped, or None after a
    problem. `year` finds the academic year from the file name and header.
    """

    dataset: str
    title: str
    what: str
    reads: Sequence[Reads]
    place: Callable[[Row], Place | str | None]
    year: Callable[[Path, Sequence[str]], int]
    expects: str | None
    keys: dict[str, Column] = field(
        default_factory=lambda: {
            "URN": Column("URN", required=True),
            "LA": Column("LEA", also=("LA",)),
            "ESTAB": Column("ESTAB"),
            "RECTYPE": Column("RECTYPE"),
        }
    )


def read_wide(path: Path, layout: Layout, ours: int) -> Published:
    """Every figure of the table. `ours`: the code of our authority, whose row counts as the authority's.

    Raises ImportRefused with each problem by row and column.
    """
    columns = dict(layout.keys)
    for reads in layout.reads:
        columns[reads.header] = Column(reads.header, also=reads.also)
        columns |= {name: Column(name) for name in (reads.of, reads.count) if name}
    log = ProblemLog()
    with open_table(path, layout.what, columns) as table:
        found = [reads for reads in layout.reads if reads.header in table.positions]
        if not found:
            raise refused(
                "", f"The file has none of the columns that are read here. It should be {layout.what}.", row=1
            )
        year = layout.year(path, table.header)
        gathering = Gathering(Published(layout.dataset, layout.title, expects=layout.expects), log)
        gathering.lacks(reads.header for reads in layout.reads if reads.header not in table.positions)
        authorities = _read_rows(table, layout, found, year, ours, gathering)
        gathering.look_at_the_end(table)
    if len(authorities) == 1 and (only := authorities.pop()) not in (None, ours):
        raise refused(
            "LA", f"Every school of this file is of authority {only}, none of {ours}. Take the file of {ours}."
        )
    if "prov" in path.stem.casefold():
        gathering.published.provisional.add(year)
    gathering.look_at_shares({reads.header for reads in found if reads.percent})
    return gathering.finish()


def _read_rows(
    table: Table, layout: Layout, found: list[Reads], year: int, ours: int, gathering: Gathering
) -> set[int | None]:
    """Read the rows, and return the authorities of the schools in the table, with None for a row that names none."""
    cells = CellReader(PERFORMANCE, gathering.log)
    authorities: set[int | None] = set()
    for number, texts in table.rows:
        row = Row(number, texts, table, gathering.log, ours)
        if row.is_too_long():
            continue
        if whole_number(row.pick("URN")) is not None:
            authorities.add(whole_number(row.pick("LA")))
        place = layout.place(row)
        if isinstance(place, str):
            gathering.pass_over(place)
        elif place is not None:
            gathering.published.rows += 1
            _read_row(row, place, found, year, cells, gathering)
    return authorities


def _read_row(row: Row, place: Place, found: list[Reads], year: int, cells: CellReader, gathering: Gathering) -> None:
    pupils = {
        name: cells.pupils(row.number, name, row.pick(name))
        for name in dict.fromkeys(name for reads in found for name in (reads.of, reads.count) if name)
    }
    for reads in found:
        gathering.cell(
            cells.read(row.number, reads.header, row.pick(reads.header), percent=reads.percent),
            row.number,
            reads.header,
            place,
            year,
            reads.measure,
            reads.group,
            pupils.get(reads.count),
            pupils.get(reads.of),
        )


def school(row: Row) -> Place | str | None:
    """The school of a row, by its URN; None after a problem. Schools of other authorities, by the file, are skipped."""
    la_code = whole_number(row.pick("LA"))
    if la_code not in (None, row.ours):
        return "rows of other authorities and their schools"
    urn = whole_number(row.pick("URN"))
    if urn is None or not 100_000 <= urn <= 999_999:
        row.wrong("URN", row.pick("URN"), "A URN has six digits. Correct it, or take the row out.")
        return None
    return Place(By.URN, urn, la_code)


def authority(row: Row) -> Place | str | None:
    """Our authority's own row; those of others are skipped."""
    la_code = whole_number(row.pick("LA"))
    if la_code is None:
        row.wrong("LA", row.pick("LA"), "The row of an authority has its number of three digits. Correct it.")
        return None
    return Place(By.AREA, AUTHORITY) if la_code == row.ours else "rows of other authorities and their schools"


def by_record_type(kinds: dict[str, str]) -> Callable[[Row], Place | str | None]:
    """Where a row belongs by its RECTYPE: SCHOOL, AUTHORITY, ENGLAND, or words under which it is skipped.

    A file without such a column has only schools.
    """

    def place(row: Row) -> Place | str | None:
        text = row.pick("RECTYPE")
        kind = kinds.get(text) if text else SCHOOL
        if kind == SCHOOL:
            return school(row)
        if kind == AUTHORITY:
            return authority(row)
        if kind == ENGLAND:
            return Place(By.AREA, ENGLAND)
        if kind is None:
            row.wrong("RECTYPE", text, f"The kinds of row known here are {', '.join(kinds)}. Ask what this one is.")
        return kind

    return place
