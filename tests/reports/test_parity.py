"""R31, R40: one figure, wherever it is read: page, chart, PDF, CSV and workbook, on Schools Online and on EduNet.

Each place is read back from what was sent: HTML, SVG, PDF, files. 200 scopes (establishment, measure, year, of whom)
are drawn at random, always the same.
"""

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from lxml import html
from openpyxl import load_workbook

from sharing.records.reports import GOVERNORS
from tests.people import EDUNET, SCHOOLS_ONLINE, client
from tests.reports.reading import figures_of, labels_of, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]
PLACES = (999002, 999003, 999005)
SCOPES, SEED = 200, 31
READERS = (("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET))
THIS_SCHOOL = "This school"
SCREEN = {"−": "-", ",": "", "%": ""}


@dataclass
class Read:
    """What one site says of an establishment. Figures by (measure, year, of whom): (as written, release)."""

    page: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    charts: dict[tuple[str, str], str] = field(default_factory=dict)
    pdf: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    pdf_labels: list[str] = field(default_factory=list)
    csv: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    workbook: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _tables(tree: html.HtmlElement) -> Iterator[tuple[str, str, list[str], html.HtmlElement]]:
    for section in tree.xpath("//section[contains(@class, 'app-measures__item')]"):
        heading = section.xpath("./h2")[0]
        header = [_words(cell) for cell in section.xpath(".//thead//th")][1:-1]
        yield heading.get("id").removeprefix("measure-"), _words(heading), header, section


def read_page(read: Read, text: str) -> dict[str, str]:
    """The tables and the charts. Answers the measures' names by code."""
    names = {}
    for code, name, header, section in _tables(html.fromstring(text)):
        names[code] = name
        for row in section.xpath(".//tbody/tr"):
            release = _words(row.xpath("./td")[-1])
            for whom, cell in zip(header, row.xpath("./td")[:-1], strict=True):
                own = [_words(span) for span in cell.xpath("./span")]
                written = _words(cell).removesuffix(own[0]).strip() if own else _words(cell)
                read.page[name, _words(row.xpath("./th")[0]), whom] = (written, own[0] if own else release)
        for panel in section.xpath(".//svg/svg"):
            beside, *labels = [_words(label) for label in panel.xpath("./text")]
            for label in labels:
                whom = THIS_SCHOOL if label.startswith("●") else beside.removeprefix("Beside ")
                if label[:1] in "●□":
                    read.charts[name, whom] = label[2:]
    return names


def read_files(read: Read, browser: Client, urn: int, school: str, names: dict[str, str]) -> None:
    whom = {school: THIS_SCHOOL}
    base = f"/establishments/{urn}/key-data/download"
    for row in csv.DictReader(io.StringIO(browser.get(f"{base}/csv/").content.decode())):
        year = f"{row['time_period'][:4]}/{row['time_period'][4:]}"
        for code, name in names.items():
            if row[code] != "z":
                of = whom.get(row["figure_of"], row["figure_of"])
                read.csv[name, year, of] = (row[code], row["release"])
    book = load_workbook(io.BytesIO(browser.get(f"{base}/xlsx/").content))
    for name, year, of, figure, _, release in book["Key Data"].iter_rows(min_row=2, values_only=True):
        read.workbook[name, year, whom.get(of, of)] = (str(figure), release or "")


def read_all(browser: Client, urn: int) -> Read:
    read = Read()
    text = browser.get(f"/establishments/{urn}/key-data/").content.decode()
    names = read_page(read, text)
    school = re.search(r"<h1[^>]*>Key Data of (.*?)</h1>", text).group(1)
    read_files(read, browser, urn, html.fromstring(f"<p>{school}</p>").text, names)
    content = browser.get(f"/establishments/{urn}/reports/{GOVERNORS}/").content
    columns: dict[str, list[str]] = {}
    for name, _, whom in read.page:
        if whom not in columns.setdefault(name, []):
            columns[name].append(whom)
    for (name, year), cells in figures_of(content).items():
        for whom, cell in zip(columns[name], cells, strict=True):
            read.pdf[name, year, whom] = cell
    read.pdf_labels = labels_of(content)
    return read


def plain(written: str) -> str:
    """A number as files have it."""
    for sign, instead in SCREEN.items():
        written = written.replace(sign, instead)
    return written


def is_number(written: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", plain(written)))


def newest(read: Read, name: str, whom: str) -> str:
    """The newest number of the line, as the page has it."""
    numbers = [(year, cell[0]) for (of, year, who), cell in read.page.items() if (of, who) == (name, whom)]
    return max((pair for pair in numbers if is_number(pair[1])), default=("", ""))[1]


def test_the_same_figure_in_every_place_on_both_sites() -> None:
    """R31, R40."""
    found: dict[int, list[Read]] = {}
    for urn in PLACES:
        make(urn, GOVERNORS)
        found[urn] = [read_all(client(slug, site), urn) for slug, site in READERS]
    cells = [(urn, *scope) for urn in PLACES for scope in found[urn][0].page]
    assert len(cells) > SCOPES
    drawn = random.Random(SEED).sample(sorted(cells), SCOPES)
    seen = set()
    for urn, *scope in drawn:
        key, (name, _, whom) = tuple(scope), scope
        written, release = found[urn][0].page[key]
        for read in found[urn]:
            assert read.page[key] == (written, release), (urn, key)
            in_pdf = read.pdf[key]
            assert in_pdf[0] == written, (urn, key)
            if is_number(written):
                assert in_pdf[1] == release, (urn, key)
                assert read.csv[key] == (plain(written), release), (urn, key)
                number, of_release = read.workbook[key]
                assert (float(number), of_release) == (float(plain(written)), release), (urn, key)
                last = newest(read, name, whom)
                seen.add("number")
                if (name, whom) in read.charts:
                    assert read.charts[name, whom] == last, (urn, key)
                    mark = "●" if whom == THIS_SCHOOL else "□"
                    assert f"{mark} {last}" in read.pdf_labels, (urn, key)
                    seen.add("chart")
            else:
                assert read.workbook[key][0] == written, (urn, key)
                assert not is_number(read.csv.get(key, ("",))[0]), (urn, key)
                seen.add(written)
    assert {"number", "chart", "Withheld", "None out"} <= seen


def test_every_figure_of_the_pdf_is_on_the_page_and_the_other_way_round() -> None:
    """Of one establishment all of them, and no more in one than in the other."""
    make(PLACES[1], GOVERNORS)
    read = read_all(client(*READERS[0]), PLACES[1])
    assert {key: cell[0] for key, cell in read.pdf.items()} == {key: cell[0] for key, cell in read.page.items()}
    assert sorted(read.pdf_labels) == sorted(_labels_on_page(read))


def _labels_on_page(read: Read) -> list[str]:
    """One chart for each of the others; in each the school's own line too."""
    labels = []
    for (name, whom), label in read.charts.items():
        if whom == THIS_SCHOOL:
            others = [other for of, other in read.charts if of == name and other != THIS_SCHOOL]
            labels += [f"● {label}"] * max(1, len(others))
        else:
            labels.append(f"□ {label}")
    return labels
