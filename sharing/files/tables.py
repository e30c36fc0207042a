"""Tables as files: CSV, and a workbook with a sheet of notes. No cell can be taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment

from sharing.files.nameless import saved
from sharing.files.sheets import BOLD, lay_out, set_day
from sharing.files.xml_text import fit_for_xml
from sharing.measures.writing import decimals_of
from sharing.records.figures import FileOfFigures

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 100  # letters of a note


def csv_file(name: str, header: Iterable[object], rows: Iterable[Iterable[object]]) -> FileOfFigures:
    """A table as CSV. Text that a spreadsheet may take for a formula must go through `cell` first.

    It begins with a byte order mark: without one, Excel reads “St Anne’s” as “St Anneâ€™s”.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return FileOfFigures(f"{name}.csv", CSV, text.getvalue().encode("utf-8-sig"))


def workbook(
    name: str,
    sheet: tuple[str, Sequence[str], Iterable[Sequence[Any]]],
    notes: Iterable[Sequence[str]],
    level: str = "",
) -> FileOfFigures:
    """A sheet (title, header, rows) and a sheet of notes. The first note says what the file is.

    That, after the `level` of its marking, stands on each printed page.
    """
    told = list(notes)
    above = ". ".join(filter(None, (level, ": ".join(filter(None, told[0])))))
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = fit_for_xml(told[0][0]), settings.AUTHORITY_NAME
    for title, header, rows in (sheet, ("Notes", ("What", "Says"), told)):
        page = book.create_sheet(title)
        page.append([_cell(page, text, bold=True) for text in header])
        for row in rows:
            page.append([_cell(page, value) for value in row])
        lay_out(page, widest=_WIDEST, above=above, below=settings.AUTHORITY_NAME)
    for row in book["Notes"]:
        for note in row:
            note.alignment = Alignment(wrap_text=True, vertical="top")
    return FileOfFigures(f"{name}.xlsx", XLSX, saved(book))


def _cell(page: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell of a workbook; text stays text, whatever it begins with, and a number has the decimals of the page."""
    made = WriteOnlyCell(page, fit_for_xml(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        made.data_type = "s"
    elif isinstance(value, date):
        set_day(made, value)
    elif isinstance(value, Decimal):
        made.number_format = f"0.{'0' * decimals_of(value)}".rstrip(".")
    if bold:
        made.font = BOLD
    return made
