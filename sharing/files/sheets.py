"""What makes a sheet easy to read, for everybody: its table is marked as one, fits its words, and prints on A4.

To mark tables is the first thing that the Government Analysis Function asks of spreadsheets that everybody can use: a
screen reader then says the heading of each cell. Each heading also has a button to sort and to filter by.
"""

import re
from copy import copy
from datetime import date
from typing import Any, Final

from openpyxl.styles import Alignment, Font
from openpyxl.styles.fonts import DEFAULT_FONT
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table

from sharing.files.xml_text import fit_for_xml

BOLD: Final[Font] = copy(DEFAULT_FONT)
BOLD.b = True  # a Font(bold=True) has neither name nor size: LibreOffice writes it with serifs, and smaller
_WIDEST: Final = 60  # letters
_BUTTON: Final = 4  # letters that the button beside a heading takes
_ACROSS_A_PAGE: Final = 170  # letters that can still be read on A4, where a sheet is made smaller to fit its width
_NARROWEST: Final = 12  # letters of a column whose words are set in lines to save room
_IN_LINES: Final = {side: Alignment(horizontal=side, vertical="top", wrap_text=True) for side in (None, "left")}


def set_day(cell: Any, day: date) -> None:
    """Write a day that can be sorted, under the beginning of its heading."""
    cell.value, cell.number_format, cell.alignment = day, "d mmm yyyy", Alignment(horizontal="left")


def lay_out(page: Any, header_row: int = 1, *, widest: int = _WIDEST, above: str = "", below: str = "") -> None:
    """Lay out a sheet that has its words, with a table from `header_row` to its end. `widest`: letters of a column.

    `above` and `below` stand on each printed page, with its number.
    """
    headings, *rows = page.iter_rows(min_row=header_row, values_only=True)
    room = [_room(column, widest) for column in zip(headings, *rows, strict=True)]
    widths = _widths(room, most := widest)
    while sum(widths) > _ACROSS_A_PAGE and most > _NARROWEST:
        widths = _widths(room, most := most - 1)
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    if most < widest:
        for row in page.iter_rows(min_row=header_row):
            for cell in row:
                cell.alignment = _IN_LINES[cell.alignment.horizontal]
    _mark_table(page, header_row, headings)
    page.freeze_panes = f"A{header_row + 1}"
    page.print_title_rows = f"1:{header_row}"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", "9", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if above and below:  # openpyxl cannot read an empty one back
        page.oddHeader.center.text, page.oddFooter.left.text = _in_a_margin(above), _in_a_margin(below)
        page.oddFooter.right.text = "&P of &N"


def _room(column: tuple[Any, ...], widest: int) -> tuple[int, int]:
    """The letters that the longest cell of a column takes, or its heading; and those of the longest word."""
    heading, *cells = ("" if value is None else str(value) for value in column)
    words = (word for text in (heading, *cells) for word in text.split())
    longest = max(map(len, cells), default=0)
    return min(widest, max(longest + 2, len(heading) + _BUTTON)), max(map(len, words), default=0) + 2


def _widths(room: list[tuple[int, int]], most: int) -> list[int]:
    """The width of each column: `most` letters, or one word if that is longer, but no more than it needs."""
    return [min(cell, max(most, word)) for cell, word in room]


def _in_a_margin(words: str) -> str:
    """Words for a header or footer, where an ampersand starts a command and only 255 characters fit."""
    return fit_for_xml(words).replace("&", "&&")[:240]


def _mark_table(page: Any, header_row: int, headings: tuple[Any, ...]) -> None:
    """Excel calls a file damaged if a table has no rows, no heading, or one twice: such a sheet stays plain."""
    *_, columns, rows = range_boundaries(page.dimensions)
    if rows > header_row and all(headings) and len({heading.casefold() for heading in headings}) == len(headings):
        name = f"{re.sub(r'[^A-Za-z0-9]+', '_', page.title)}_{len(page.parent.worksheets)}"
        page.add_table(Table(displayName=f"Table_{name}", ref=f"A{header_row}:{get_column_letter(columns)}{rows}"))
