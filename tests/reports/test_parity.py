"""R31, R40: one figure, wherever it is read: page, chart, PDF, CSV and workbook, on Schools Online and on EduNet.

Each place is read back from what was sent: HTML, SVG, PDF, files. 200 scopes (establishment, measure, year, of whom)
are drawn at random, always the same.
"""

import random
from dataclasses import dataclass

import pytest
from django.test import Client

from portal.parity import key_data
from portal.parity.key_data import THIS_SCHOOL, Cell, Scope, is_number, newest, plain
from sharing.records.reports import GOVERNORS
from tests.people import EDUNET, SCHOOLS_ONLINE, client
from tests.reports.reading import figures_of, labels_of, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]
PLACES = (999002, 999003, 999005)
SCOPES, SEED = 200, 31
READERS = (("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET))


@dataclass
class Read:
    """What one site says of an establishment, its PDF too."""

    on: key_data.Read
    pdf: dict[Scope, Cell]
    pdf_labels: list[str]


def read_all(browser: Client, urn: int) -> Read:
    base = f"/establishments/{urn}/key-data/"
    on = key_data.read(*(browser.get(f"{base}{file}").content for file in ("", "download/csv/", "download/xlsx/")))
    assert not list(key_data.disagreements(on))
    content = browser.get(f"/establishments/{urn}/reports/{GOVERNORS}/").content
    columns: dict[str, list[str]] = {}
    for name, _, whom in on.page:
        if whom not in columns.setdefault(name, []):
            columns[name].append(whom)
    pdf = {
        (name, year, whom): cell
        for (name, year), cells in figures_of(content).items()
        for whom, cell in zip(columns[name], cells, strict=True)
    }
    return Read(on, pdf, labels_of(content))


def test_the_same_figure_in_every_place_on_both_sites() -> None:
    """R31, R40."""
    found: dict[int, list[Read]] = {}
    for urn in PLACES:
        make(urn, GOVERNORS)
        found[urn] = [read_all(client(slug, site), urn) for slug, site in READERS]
    cells = [(urn, *scope) for urn in PLACES for scope in found[urn][0].on.page]
    assert len(cells) > SCOPES
    drawn = random.Random(SEED).sample(sorted(cells), SCOPES)
    seen = set()
    for urn, *scope in drawn:
        key, (name, _, whom) = tuple(scope), scope
        written, release = found[urn][0].on.page[key]
        for read in found[urn]:
            assert read.on.page[key] == (written, release), (urn, key)
            in_pdf = read.pdf[key]
            assert in_pdf[0] == written, (urn, key)
            if is_number(written):
                assert in_pdf[1] == release, (urn, key)
                assert read.on.csv[key] == (plain(written), release), (urn, key)
                number, of_release = read.on.workbook[key]
                assert (float(number), of_release) == (float(plain(written)), release), (urn, key)
                last = newest(read.on, name, whom)
                seen.add("number")
                if (name, whom) in read.on.charts:
                    assert read.on.charts[name, whom] == last, (urn, key)
                    mark = "●" if whom == THIS_SCHOOL else "□"
                    assert f"{mark} {last}" in read.pdf_labels, (urn, key)
                    seen.add("chart")
            else:
                assert read.on.workbook[key][0] == written, (urn, key)
                assert not is_number(read.on.csv.get(key, ("",))[0]), (urn, key)
                seen.add(written)
    assert {"number", "chart", "Withheld", "None out"} <= seen


def test_every_figure_of_the_pdf_is_on_the_page_and_the_other_way_round() -> None:
    """Of one establishment all of them, and no more in one than in the other."""
    make(PLACES[1], GOVERNORS)
    read = read_all(client(*READERS[0]), PLACES[1])
    assert {key: cell[0] for key, cell in read.pdf.items()} == {key: cell[0] for key, cell in read.on.page.items()}
    assert sorted(read.pdf_labels) == sorted(_labels_on_page(read))


def _labels_on_page(read: Read) -> list[str]:
    """One chart for each of the others; in each the school's own line too."""
    labels = []
    for (name, whom), label in read.on.charts.items():
        if whom == THIS_SCHOOL:
            others = [other for of, other in read.on.charts if of == name and other != THIS_SCHOOL]
            labels += [f"● {label}"] * max(1, len(others))
        else:
            labels.append(f"□ {label}")
    return labels
