"""A PDF of many rows is drawn in parts, so that no part needs much memory, and reads as one document (R14)."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name

from sharing.downloads import paper, parts
from sharing.records.downloads import Gathered, Sheet
from sharing.reports import pdf
from tests.downloads.test_files import MARKING, PASSPHRASE

pytestmark = pytest.mark.usefixtures("pango")
ROWS = 150
CHILDREN = Sheet("Pupils", ("Surname", "Year"), tuple((f"Child{n}", n) for n in range(ROWS)))
SHORT = Sheet("Who looked", ("When", "Who"), (("Monday", "Ruth"),))
WHAT = Gathered("Pupils", (SHORT, CHILDREN, replace(SHORT, title="Requests")), ROWS, {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Parts of sixty rows, on three pages each, and the pages that WeasyPrint is asked to draw."""
    monkeypatch.setattr(parts, "MOST_ROWS", 60)
    pages: list[str] = []
    draw_page = pdf.draw_page
    monkeypatch.setattr(pdf, "draw_page", lambda page, **how: (pages.append(page), draw_page(page, **how))[1])
    return pages


@pytest.fixture
def drawn(asked: list[str]) -> bytes:
    return paper.draw(WHAT, MARKING, PASSPHRASE)


def test_no_part_has_more_rows_than_memory_is_for(drawn: bytes, asked: list[str]) -> None:
    """R14: 2,500 pupils at once took almost a gigabyte. A child's answer has a row for each time somebody looked."""
    rows = [page.count('<th scope="row">') for page in asked]
    assert sum(rows) == ROWS + 2
    assert max(rows) == 60


def test_it_reads_as_one_document(drawn: bytes) -> None:
    """R14: each page has the marking and its number of all; the headings are repeated, and no row is lost."""
    reader = pypdf.PdfReader(io.BytesIO(drawn), password=PASSPHRASE)
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 6
    for number, text in enumerate(texts, 1):
        assert re.findall(r"\d+ of \d+", text) == [f"{number} of {len(texts)}"]
        assert "Destroy by" in text
        assert ("Surname" in text) is ("Child" in text)
    assert re.findall(r"Child\d+", " ".join(texts)) == [f"Child{n}" for n in range(ROWS)]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata is not None
    assert reader.metadata.title == "Download D-41"


def test_its_bookmarks_lead_to_each_table_once(drawn: bytes) -> None:
    """R30."""
    reader = pypdf.PdfReader(io.BytesIO(drawn), password=PASSPHRASE)
    (heading, tables) = reader.outline
    assert heading.title == "Pupils, Beckside & Moor Primary School"
    places = {table.title: reader.get_destination_page_number(table) for table in tables}
    assert list(places) == ["Who looked", "Pupils", "Requests"]
    assert len(tables) == 3
    assert (places["Who looked"], places["Pupils"]) == (0, 1)
    assert "Requests" in reader.pages[places["Requests"]].extract_text()
    assert [table.typ for table in tables] == ["/XYZ"] * 3  # to the table, as large as the reader has set its pages
    assert tables[2].top < tables[1].top


def test_its_tags_are_those_of_one_document(drawn: bytes) -> None:
    """R30: who has it read aloud hears every cell, and beside each the headings of its own row and column."""
    with pikepdf.open(io.BytesIO(drawn), password=PASSPHRASE) as document:
        root = document.Root.StructTreeRoot
        (whole,) = root.K
        elements = list(_elements(whole))
        assert all(child.P.objgen == parent.objgen for parent, child in elements)
        kinds = Counter(str(child.S) for _, child in elements)
        assert kinds["/TD"] == ROWS + 2
        (heading,) = (child for _, child in elements if child.S == Name.H1)
        assert heading
        pages = {page.obj.objgen: page for page in document.pages}
        names = dict(zip(map(int, root.ParentTree.Nums[::2]), root.ParentTree.Nums[1::2], strict=True))
        assert sorted(names) == sorted(int(page.StructParents) for page in pages.values())
        for objgen, page in pages.items():
            assert all(element.Pg.objgen == objgen for element in names[int(page.StructParents)])
        beside = [
            str(child.ID) for parent, child in elements if child.S == Name.TH and parent.K[0].objgen == child.objgen
        ]
        of_rows = [one for one, times in Counter(beside).items() if times == 1]
        cells = [child for _, child in elements if child.S == Name.TD]
        assert len(of_rows) >= ROWS + 2
        assert all(str(cell.A.Headers[0]) in of_rows for cell in cells)
        roots = [one for one in document.objects if isinstance(one, Dictionary) and one.get(Name.S) == Name.Document]
        assert len(roots) == 1  # also above the words in the margins, which are in no list of elements


def _elements(parent: Any) -> Iterator[tuple[Any, Any]]:
    kids = parent.get(Name.K, Array())
    for kid in kids:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield parent, kid
            yield from _elements(kid)
