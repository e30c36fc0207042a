"""Files of Explore Education Statistics: a row for each place, year and set of filters (formats page 8).

The columns come in any order, `geographical_level` is sometimes used for `geographic_level`, and the names of regions
differ in capitals, so places are matched by their codes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column, Table, open_table
from sharing.imports.problems import ProblemLog
from sharing.published.cells import EES, CellReader, whole_number
from sharing.published.gathering import Gathering
from sharing.published.rows import Row
from sharing.published.told import AUTHORITY, ENGLAND, REGION, TOTAL, By, Place, Published, of_phase
from sharing.published.years import from_time_period

KEYS: Final = {
    "period": Column("time_period", required=True),
    "identifier": Column("time_identifier", required=True),
    "level": Column("geographic_level", required=True, also=("geographical_level",)),
    "region": Column("region_code"),
    "authority": Column("old_la_code"),
    "la_name": Column("la_name"),
    "urn": Column("school_urn"),
    "dfe_number": Column("laestab", also=("school_laestab",)),
}
# Levels that are no place in this portal. Others are reported as a problem: they may be a new word for one that is.
_ELSEWHERE: Final = frozenset((
    "local authority district", "parliamentary constituency", "ward", "mat", "rsc region", "sponsor", "institution",
    "provider", "planning area", "opportunity area", "english devolved area", "local enterprise partnership",
    "local skills improvement plan area",
))  # fmt: skip
_PHASES: Final = {
    "": "",
    "total": "",
    "primary": "primary",
    "state-funded primary": "primary",
    "secondary": "secondary",
    "state-funded secondary": "secondary",
    "special": "special",
    "state-funded special": "special",
}


@dataclass(frozen=True)
class Indicator:
    """A column with figures, and the measure they are for. `of`, `count`: columns with pupils, if the file has them."""

    header: str
    measure: str
    percent: bool = True
    of: str = ""
    count: str = ""


@dataclass(frozen=True)
class EesFile:
    """A kind of file. `phase`: the column with the phase of the schools, "" when there is none. `filters`: other
    columns that say which pupils a row is about, and `group` turns them into a group (or raises `Passed`, with words
    for the count of rows passed over).
    """

    dataset: str
    title: str
    what: str
    indicators: tuple[Indicator, ...]
    phase: str = ""
    filters: tuple[str, ...] = ()
    group: Callable[[Mapping[str, str]], str] = lambda filters: TOTAL
    expects: str | None = None


class Passed(Exception):  # a row of a place or group not used here; its text is the words for the count
    """Raised, by `group` for example, for a row that the portal does not use."""


def read_ees(path: Path, kind: EesFile, ours: int) -> Published:
    """Every figure of the file for schools, our authority, its region and England. Raises ImportRefused."""
    columns = dict(KEYS) | {name: Column(name, required=True) for name in kind.filters}
    if kind.phase:
        columns["phase"] = Column(kind.phase, required=True)
    columns |= {name: Column(name) for entry in kind.indicators for name in (entry.of, entry.count) if name}
    columns |= {entry.header: Column(entry.header, required=True) for entry in kind.indicators}
    with open_table(path, kind.what, columns) as table:
        region = _our_region(table, ours)
    log = ProblemLog()
    gathering = Gathering(Published(kind.dataset, kind.title, expects=kind.expects), log)
    cells = CellReader(EES, log)
    with open_table(path, kind.what, columns) as table:
        for number, texts in table.rows:
            _read_row(Row(number, texts, table, log, ours), kind, region, cells, gathering)
        gathering.look_at_the_end(table)
    return gathering.finish()


def _our_region(table: Table, ours: int) -> str:
    """The code of the region named in our authority's rows; empty when none is."""
    return next(
        (
            table.pick(texts, "region")
            for _, texts in table.rows
            if whole_number(table.pick(texts, "authority")) == ours and table.pick(texts, "region")
        ),
        "",
    )


def _read_row(row: Row, kind: EesFile, region: str, cells: CellReader, gathering: Gathering) -> None:
    if row.is_too_long():
        return
    try:
        group = kind.group({name: row.pick(name) for name in kind.filters})
        place = _place(row, kind, region)
    except Passed as passed:
        gathering.pass_over(str(passed))
        return
    year = _year(row)
    if place is None or year is None:
        return
    gathering.published.rows += 1
    for entry in kind.indicators:
        gathering.cell(
            cells.read(row.number, entry.header, row.pick(entry.header), percent=entry.percent),
            row.number,
            entry.header,
            place,
            year,
            entry.measure,
            group,
            cells.pupils(row.number, entry.count, row.pick(entry.count), estimated=True) if entry.count else None,
            cells.pupils(row.number, entry.of, row.pick(entry.of), estimated=True) if entry.of else None,
        )


def _year(row: Row) -> int | None:
    if row.pick("identifier").casefold() != "academic year":
        cure = "Only figures for an academic year are read. Take out the rows for other periods."
        row.wrong("time_identifier", row.pick("identifier"), cure)
        return None
    year = from_time_period(row.pick("period"))
    if year is None:
        cure = "An academic year is six digits, 202324 for 2023/24, and has begun. Correct it."
        row.wrong("time_period", row.pick("period"), cure)
    return year


def _place(row: Row, kind: EesFile, region: str) -> Place | None:
    """Where the row belongs; None after a problem. Raises Passed for places that are not ours."""
    level = row.pick("level").casefold()
    if level == "school":
        return _school(row)
    if level in _ELSEWHERE:
        raise Passed(f"rows of a {row.pick('level')}")
    area = _area(row, level, region)
    if area is None:
        return None
    phase = _PHASES.get(row.pick("phase").casefold() if kind.phase else "")
    if phase is None:
        raise Passed("rows of other kinds of school")
    return Place(By.AREA, of_phase(area, phase))


def _area(row: Row, level: str, region: str) -> str | None:
    if level == "national":
        return ENGLAND
    if level == "regional":
        if not region or row.pick("region") != region:
            raise Passed("rows of other regions")
        return REGION
    if level == "local authority":
        la_code = whole_number(row.pick("authority"))
        if la_code != row.ours:
            raise Passed("rows of other authorities and their schools")
        return AUTHORITY
    cure = "The levels known are National, Regional, Local authority and School. Ask what this one is."
    row.wrong("geographic_level", row.pick("level"), cure)
    return None


def _school(row: Row) -> Place | None:
    la_code = whole_number(row.pick("authority"))
    if la_code not in (None, row.ours):
        raise Passed("rows of other authorities and their schools")
    if urn := whole_number(row.pick("urn")):
        return Place(By.URN, urn, la_code)
    number = whole_number(row.pick("dfe_number").replace("/", ""))
    if number is None or not 1_000_000 <= number <= 9_999_999:
        cure = "The row of a school has its URN, or its number of seven digits, authority and school. Correct it."
        row.wrong("laestab", row.pick("dfe_number"), cure)
        return None
    return Place(By.DFE_NUMBER, number, la_code)
