"""Key Data wherever one site shows it: page, charts, CSV and workbook, each read back from what was sent (R31)."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import html
from openpyxl import load_workbook

from portal.parity.reading import words

THIS_SCHOOL = "This school"
_SCREEN = {"−": "-", ",": "", "%": ""}
_RELEASE = "release "

Scope = tuple[str, str, str]  # measure, school year, whom it is about
Cell = tuple[str, str]  # as written, its release


@dataclass
class Read:
    """What one site says about an establishment. `charts`: (measure, whom it is about) -> the newest figure.

    `marks` and `workbook_marks`: what stands beside a figure, such as “protected”, if anything.
    """

    page: dict[Scope, Cell] = field(default_factory=dict)
    charts: dict[tuple[str, str], str] = field(default_factory=dict)
    csv: dict[Scope, Cell] = field(default_factory=dict)
    workbook: dict[Scope, Cell] = field(default_factory=dict)
    marks: dict[Scope, str] = field(default_factory=dict)
    workbook_marks: dict[Scope, str] = field(default_factory=dict)


def read(page: bytes, csv_file: bytes, workbook: bytes) -> Read:
    """Read the page and the two files of one establishment, as one site sends them."""
    found = Read()
    tree: Any = html.fromstring(page.decode())
    names = _read_page(found, tree)
    school = words(tree.xpath("//main//h1")[0]).removeprefix("Key Data for ")
    for row in csv.DictReader(io.StringIO(csv_file.decode("utf-8-sig"))):
        year = f"{row['time_period'][:4]}/{row['time_period'][4:]}"
        of = THIS_SCHOOL if row["figure_of"] == school else row["figure_of"]
        for code, name in names.items():
            if row[code] != "z":
                found.csv[name, year, of] = (row[code], row["release"])
    sheet = load_workbook(io.BytesIO(workbook))["Key Data"]
    for name, year, whom, figure, _, release, mark in sheet.iter_rows(min_row=2, values_only=True):
        scope = (name, year, THIS_SCHOOL if whom == school else whom)
        found.workbook[scope], found.workbook_marks[scope] = (str(figure), release or ""), mark or ""
    return found


def disagreements(found: Read) -> Iterator[tuple[Scope, str, str]]:
    """Where a file or a chart differs from the page: (scope, on the page, where else and what it says)."""
    for scope, (written, release) in found.page.items():
        name, _, whom = scope
        mark, instead = found.marks.get(scope, ""), found.workbook_marks.get(scope, "")
        if mark != instead:
            yield scope, f"{written} {mark}", f"workbook {instead}"
        in_csv, in_workbook = found.csv.get(scope, ("", "")), found.workbook.get(scope, ("", ""))
        if not is_number(written):
            if is_number(in_csv[0]) or in_workbook[0] != written:
                yield scope, written, f"CSV {in_csv[0]}, workbook {in_workbook[0]}"
            continue
        if in_csv != (plain(written), release):
            yield scope, f"{written} {release}", f"CSV {' '.join(in_csv)}"
        if not is_number(in_workbook[0]) or _pair(in_workbook) != _pair((plain(written), release)):
            yield scope, f"{written} {release}", f"workbook {' '.join(in_workbook)}"
        last = newest(found, name, whom)
        if found.charts.get((name, whom), last) != last:
            yield scope, last, f"chart {found.charts[name, whom]}"


def plain(written: str) -> str:
    """A number in the form that files use."""
    for sign, instead in _SCREEN.items():
        written = written.replace(sign, instead)
    return written


def is_number(written: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", plain(written)))


def newest(found: Read, name: str, whom: str) -> str:
    """The newest number of the line, as the page shows it."""
    numbers = [(year, cell[0]) for (of, year, who), cell in found.page.items() if (of, who) == (name, whom)]
    return max((pair for pair in numbers if is_number(pair[1])), default=("", ""))[1]


def _pair(cell: Cell) -> tuple[float, str]:
    return float(cell[0]), cell[1]


def _read_page(found: Read, tree: Any) -> dict[str, str]:
    """Read the tables and the charts. Returns the measures' names by code."""
    names = {}
    for code, name, header, section in _measures(tree):
        names[code] = name
        for row in section.xpath(".//tbody/tr"):
            release = words(row.xpath("./td")[-1])
            for whom, cell in zip(header, row.xpath("./td")[:-1], strict=True):
                scope, written = (name, words(row.xpath("./th")[0]), whom), words(cell)
                next_to = [words(one) for one in cell.xpath("./em | ./span")]
                releases = [one for one in next_to if one.startswith(_RELEASE)]
                found.marks[scope] = ", ".join(one for one in next_to if one not in releases)
                for one in reversed(next_to):
                    written = written.removesuffix(one).strip()
                found.page[scope] = (written, releases[0].removeprefix(_RELEASE) if releases else release)
        for panel in section.xpath(".//svg/svg"):
            beside, *labels = [words(label) for label in panel.xpath("./text")]
            for label in labels:
                whom = THIS_SCHOOL if label.startswith("●") else beside.removeprefix("Beside ")
                if label[:1] in "●□":
                    found.charts[name, whom] = label[2:]
    return names


def _measures(tree: Any) -> Iterator[tuple[str, str, list[str], Any]]:
    for section in tree.xpath("//section[contains(@class, 'app-measures__item')]"):
        heading = section.xpath("./h2")[0]
        header = [words(cell) for cell in section.xpath(".//thead//th")][1:-1]
        yield heading.get("id").removeprefix("measure-"), words(heading), header, section
