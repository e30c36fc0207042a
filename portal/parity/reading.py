"""What a page or a file says, as places and the words there. It is read back from what was sent, whatever the page.

From a page it takes the cells of tables, the text of charts, lists of facts, the list of releases, sources and notes.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from typing import Any

from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader

Place = tuple[str, ...]
Facts = dict[Place, str]

# What says nothing about figures: forms, links elsewhere, and why this person may read the page.
_ASIDE = (
    "//form | //nav | //*[contains(@class, 'app-why') or contains(@class, 'app-no-print')]"
    " | //*[contains(@class, 'govuk-visually-hidden') and not(self::caption) and not(ancestor::thead)]"
)
_NOTES = "//p[contains(@class, 'app-source') or contains(@class, 'govuk-body-s')]"


def of_page(content: bytes) -> Facts:
    (main,) = _tree(content).xpath("//main")
    for aside in main.xpath(_ASIDE):
        aside.drop_tree()
    found: Facts = {}
    for place, says in [*_tables(main), *_charts(main), *_lists(main), *_origins(main), *_notes(main)]:
        number = 1
        while (*place, str(number)) in found:
            number += 1
        found[*place, str(number)] = says
    return found


def of_csv(content: bytes) -> Facts:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    return {
        (f"row {number}", column): cell
        for number, row in enumerate(rows, 2)
        for column, cell in zip(header, row, strict=True)
    }


def of_rows(content: bytes) -> Facts:
    """A CSV file of statistics, in which each row is known by what it is about: the columns before the counts."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    first = header.index("pupils")
    return {
        (*row[:first], column): cell for row in rows for column, cell in zip(header[first:], row[first:], strict=True)
    }


def of_workbook(content: bytes) -> Facts:
    with closing(load_workbook(io.BytesIO(content), read_only=True)) as book:
        return {
            (sheet.title, f"row {row}", f"column {column}"): str(cell)
            for sheet in book
            for row, cells in enumerate(sheet.iter_rows(values_only=True), 1)
            for column, cell in enumerate(cells, 1)
            if cell is not None
        }


@lru_cache(maxsize=2)
def of_pdf(content: bytes) -> Facts:
    """The text of each line of each page. Reading the same file again costs nothing."""
    pages = PdfReader(io.BytesIO(content)).pages
    return {
        (f"page {page}", f"line {line}"): " ".join(says.split())
        for page, text in enumerate((page.extract_text() for page in pages), 1)
        for line, says in enumerate(text.splitlines(), 1)
    }


def choices(content: bytes, name: str) -> list[str]:
    """The values that a page's form offers under this name."""
    return list(_tree(content).xpath(f"//select[@name='{name}']//option/@value"))


def _tree(content: bytes) -> Any:
    return html.fromstring(content.decode())


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _tables(main: Any) -> Iterator[tuple[Place, str]]:
    for table in main.xpath(".//table"):
        name = " ".join(words(caption) for caption in table.xpath("./caption"))
        columns = [words(cell) for cell in table.xpath("./thead//th")]
        for number, row in enumerate(table.xpath("./tbody/tr"), 1):
            first = " ".join(words(cell) for cell in row.xpath("./th")) or f"row {number}"
            for column, cell in zip(columns[-len(row.xpath("./td")) :], row.xpath("./td"), strict=True):
                yield ("table", name, first, column), words(cell)


def _charts(main: Any) -> Iterator[tuple[Place, str]]:
    for chart in main.xpath(".//svg[not(ancestor::svg)]"):
        name = " ".join(words(title) for title in chart.xpath("./title"))
        yield ("chart", f"{_part(chart)} {name}".strip()), " | ".join(words(text) for text in chart.xpath(".//text"))


def _lists(main: Any) -> Iterator[tuple[Place, str]]:
    for term in main.xpath(".//dl//dt"):
        says = term.xpath("./following-sibling::dd")
        yield ("facts", _part(term), words(term)), " ".join(words(one) for one in says)


def _origins(main: Any) -> Iterator[tuple[Place, str]]:
    """Each release with its dataset and its source, which the releases of a dataset share."""
    for item in main.xpath(".//li[@id and contains(@class, 'app-list__meta')]"):
        yield ("release", item.get("id")), words(item.xpath("ancestor::li[1]")[0])


def _notes(main: Any) -> Iterator[tuple[Place, str]]:
    for note in main.xpath(f".{_NOTES}"):
        yield ("note", _part(note)), words(note)


def _part(element: Any) -> str:
    """The heading of the section of the page that the element is in."""
    headings = element.xpath("(./ancestor::section[1]//*[self::h2 or self::h3])[1]")
    return words(headings[0]) if headings else ""
