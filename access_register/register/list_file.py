"""Reading a list that somebody uploads as a CSV or Excel file: its lines by column, or words about what is wrong.

The bytes of the file decide which kind it is, not its name. A cell that is a formula, or looks like one, is neither
calculated nor kept (OWASP, CSV injection). No database here.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from openpyxl import Workbook, load_workbook

from sharing.files.csv_cells import cell as safe
from sharing.files.nameless import saved
from sharing.files.sheets import lay_out
from sharing.files.spreadsheet_slips import LOST_LETTERS, has_lost_letters, is_a_day_in_digits, is_a_failed_cell
from sharing.files.visible import visible_letters

MAX_BYTES = 1_000_000
MAX_LINES = 500
MAX_UNPACKED = 20_000_000
MAX_TAGS = 300_000  # in the parts of a workbook: each cell is a Python object, and few bytes can hold very many
MOST_OF_A_NAME = 200  # letters
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NEITHER = "This is neither a CSV file nor an Excel workbook (.xlsx). Save the list as one of these."
LOCKED_OR_OLD = (
    "The workbook is locked with a password, or is of the old kind (.xls). Open it in Excel, remove the password, "
    "and save it as an Excel workbook (.xlsx)."
)
DAMAGED = "The Excel workbook is damaged. Open it in Excel, save it again, and try once more."
validate_length = MaxLengthValidator(254)
TOO_WIDE = "The line has more cells than there are columns. Where a text has a comma in it, put it in quotation marks."
MAX_ROWS = 10_000  # from the top of a sheet to its last person, blank rows included
LAST_ROW = 1_048_576  # the last row a sheet can have
MAX_SHEETS = 30
_SHEET = re.compile(rb"<(?:\w+:)?worksheet\s")
_ROWS = re.compile(rb"<(?:\w+:)?row\s(?:[^<>]*\s)?r=[\"']([0-9]+)")
_CELLS = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*\s)?r=[\"'](\w+)")
DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d")


# What to read from a line, and the function that reads it from the cells. Its ValueError says in words what is wrong.
Reads = dict[str, Callable[[dict[str, Any]], Any]]


class CannotRead(Exception):
    """The file is not a list of this kind; the message says what to do."""


@dataclass(frozen=True)
class Columns:
    """What the columns are called, in lower case, and which of them are required."""

    known: tuple[str, ...]
    needed: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of the file that is not blank: its number and its non-empty cells, or the problem with one of them."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def read(content: bytes, columns: Columns) -> list[Line]:
    """The lines of the file that are not blank. Raises CannotRead if the file as a whole is unusable."""
    if len(content) > MAX_BYTES:
        raise CannotRead(
            "The file is larger than 1 MB. A list of people is much smaller than that. Check that it is the right file."
        )
    if not content.strip():
        raise CannotRead("The file is empty.")
    table = iter(_sheet(content, columns) if content.startswith(b"PK") else _csv(content))
    header = _header(next(table, []))
    _check_header(header, columns)
    lines: list[Line] = []
    for number, cells in enumerate(table, start=2):
        if not all(_is_blank(cell) for cell in cells):
            if len(lines) == MAX_LINES:
                raise CannotRead(f"The file has more than {MAX_LINES} lines. Upload it in parts.")
            lines.append(_line(number, header, cells))
    if not lines:
        raise CannotRead("The file has a heading, but no people under it.")
    return lines


def template_csv(columns: Columns, rows: Iterable[Iterable[object]] = ()) -> bytes:
    """The file to fill in, as CSV. The byte-order mark at its start tells Excel that it is UTF-8."""
    content = io.StringIO()
    csv.writer(content).writerows([columns.known, *([safe(value) for value in row] for row in rows)])
    return content.getvalue().encode("utf-8-sig")


def template_xlsx(columns: Columns, title: str, sheet: str) -> bytes:
    """The file to fill in, as an Excel workbook with this title and name of its sheet."""
    book = Workbook()
    book.properties.title, book.properties.creator = title, settings.AUTHORITY_NAME
    page = book.worksheets[0]
    page.title = sheet
    page.append(columns.known)
    lay_out(page)
    return saved(book)


def said(line: Line, reads: Reads) -> tuple[dict[str, Any], str]:
    """(what the line says, everything that is wrong with it in words): nobody uploads a list once for each slip."""
    if line.problem:
        return {}, line.problem
    values, slips = {}, []
    for value, read_cells in reads.items():
        try:
            values[value] = read_cells(line.cells)
        except ValueError as slip:
            slips.append(str(slip))
    return values, " ".join(slips)


def name_of(cells: dict[str, Any], column: str = "name") -> str:
    """The name in the column. Like the other readers, raises ValueError with words for the person uploading."""
    name = text_of(cells.get(column))
    if not name:
        raise ValueError("The name is missing.")
    if len(name) > MOST_OF_A_NAME:
        raise ValueError(f"The name is longer than {MOST_OF_A_NAME} letters.")
    if not any(letter.isalpha() for letter in name):
        raise ValueError("The name has no letters.")
    if has_lost_letters(name):
        raise ValueError(f"{LOST_LETTERS} Type the name again, and save the list as a workbook or as “CSV UTF-8”.")
    return name


def address_of(cells: dict[str, Any]) -> str:
    """The email address in the column "email"."""
    address = text_of(cells.get("email")).removeprefix("mailto:")
    try:
        validate_email(address)
        validate_length(address)
    except ValidationError:
        raise ValueError("The email address is missing, or is not a valid address.") from None
    return address


def day_of(cells: dict[str, Any], column: str) -> str:
    """The day in the column, as 2027-08-31; empty if the cell is empty. Raises ValueError."""
    cell = cells.get(column)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = text_of(cell).removesuffix(" 00:00:00").removesuffix(" 00:00")
    for form in DAYS if text else ():
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    if is_a_day_in_digits(text):
        raise ValueError(f"The {column} is a number, not a date. Format the cell as a date, or write 31/8/2027.")
    if text:
        raise ValueError(f"The {column} is not a date. Write it as day/month/year, for example 31/8/2027.")
    return ""


def text_of(cell: Any) -> str:
    """The cell's text without invisible characters, and with single spaces."""
    return "" if cell is None else visible_letters(str(cell))


def _header(cells: Iterable[Any]) -> list[str]:
    """The names of the columns in the form they are compared in, without nameless columns at the end."""
    header = [text_of(cell).lower() for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def _check_header(header: list[str], columns: Columns) -> None:
    unknown = [f"“{name[:30]}”" for name in header if name not in columns.known]
    missing = [name for name in columns.needed if name not in header]
    if unknown and missing:
        raise CannotRead(f"The first line must name the columns: {', '.join(columns.known)}. Use the template.")
    if missing:
        raise CannotRead(f"The file has no column {' and no column '.join(missing)}. Use the template.")
    if "" in header:
        raise CannotRead(f"Column {header.index('') + 1} has no heading. Give it its name, or take the column out.")
    if unknown or len(set(header)) < len(header):
        twice = [name for name in header if header.count(name) > 1]
        wrong = f"The column {unknown[0]} is not known" if unknown else f"There is more than one column “{twice[0]}”"
        raise CannotRead(f"{wrong}. The columns are: {', '.join(columns.known)}.")


def _csv(content: bytes) -> Iterator[list[str]]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise CannotRead(LOCKED_OR_OLD)
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if (b"\0" in content and not is_utf_16) or content.startswith(b"%PDF"):
        raise CannotRead(NEITHER)
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
        if "\0" in text:
            raise CannotRead(NEITHER)
    except UnicodeDecodeError:
        raise CannotRead(
            "The letters of this CSV file cannot be read. In Excel choose “CSV UTF-8” when you save it, or upload the "
            "workbook itself (.xlsx)."
        ) from None
    first = text.splitlines()[0] if text else ""
    delimiter = max(",;\t", key=first.count)
    header: list[str] = []
    cells: list[str] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            header = header or _header(cells)
            yield cells
    except csv.Error:
        raise CannotRead("The CSV file is damaged: a quotation mark is opened and not closed.") from None
    if len(cells) < len(header) and text_of("".join(cells)) and not text.endswith(("\n", "\r")):
        raise CannotRead(
            "The file is cut off in its last line. Save the list again, and upload that. If nothing is missing there, "
            "end the line with the Enter key."
        )


def _sheet(content: bytes, columns: Columns) -> list[Sequence[Any]]:
    """The sheet with the list. It is checked before it is unpacked, because a small file can unpack to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            is_workbook = any(part.filename == "xl/workbook.xml" for part in parts)
            is_too_large = sum(part.file_size for part in parts) > MAX_UNPACKED
            # Without NULs, text in UTF-16 looks like ASCII.
            texts = [] if is_too_large else [package.read(part).replace(b"\0", b"") for part in parts]
            is_too_large = is_too_large or sum(text.count(b"<") for text in texts) > MAX_TAGS
            is_safe = not is_too_large and not any(b"<!DOCTYPE" in text for text in texts)
        if is_workbook and is_safe:
            if not all(_is_in_order(text) for text in texts):
                raise CannotRead(DAMAGED)
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if len(book.worksheets) > MAX_SHEETS:
                raise CannotRead(f"The workbook has more than {MAX_SHEETS} sheets. Copy the list into the template.")
            sheet = _the_one_with_the_list(book.worksheets, columns)
            _check_the_others(sheet, book.worksheets, columns)
            return _rows_of(sheet, columns)
    except CannotRead:
        raise
    except Exception:  # a stranger's file can raise any error in zipfile, the XML parser or openpyxl
        raise CannotRead(DAMAGED) from None
    if is_too_large:
        raise CannotRead("The workbook is too large when it is unpacked. Copy the list into the template.")
    raise CannotRead(NEITHER)


def _is_in_order(part: bytes) -> bool:
    """Whether each row and cell comes once and in its place, if this part of a workbook is a sheet. openpyxl passes
    over a row that comes too late, and nobody would miss the person in it.
    """
    if not _SHEET.search(part):
        return True
    rows, cells = [int(row) for row in _ROWS.findall(part)], _CELLS.findall(part)
    in_order = all(before < after for before, after in zip([0, *rows], [*rows, LAST_ROW + 1], strict=True))
    return in_order and len(set(cells)) == len(cells)


def _the_one_with_the_list(sheets: Sequence[Any], columns: Columns) -> Any:
    """The only sheet with people under the columns. If none has people, the first with the columns, else the first
    sheet.

    Raises CannotRead if two have people, so that nobody is left out.
    """
    found = [sheet for sheet in sheets if set(columns.needed) <= set(_header(_first_row(sheet, columns)))]
    lists = [sheet for sheet in found if _has_people(sheet, columns)] if len(found) > 1 else found
    if len(lists) > 1:
        names = " and ".join(f"“{sheet.title[:30]}”" for sheet in lists)
        raise CannotRead(f"Several sheets of the workbook hold a list: {names}. Put everybody on one sheet.")
    return (lists or found or sheets)[0]


def _check_the_others(chosen: Any, sheets: Sequence[Any], columns: Columns) -> None:
    """Refuse a workbook where another sheet continues the list without headings. Raises CannotRead, so that nobody is
    left out silently.

    A sheet continues the list if it has email addresses in the list's own email column; an address in a note elsewhere
    does not count.
    """
    header = _header(_first_row(chosen, columns))
    if "email" not in header:
        return
    at = header.index("email") + 1
    others = [sheet for sheet in sheets if sheet is not chosen and _has_addresses(sheet, at)]
    if others:
        names = " and ".join(f"“{sheet.title[:30]}”" for sheet in others)
        raise CannotRead(
            f"There are people without a heading on another sheet too: {names}. Put everybody on one sheet, under its "
            "heading, or take the other sheet out."
        )


def _has_addresses(sheet: Any, column: int) -> bool:
    rows = sheet.iter_rows(max_row=MAX_ROWS, min_col=column, max_col=column, values_only=True)
    return any(isinstance(cell, str) and _is_an_address(cell.strip()) for row in rows for cell in row)


def _is_an_address(text: str) -> bool:
    before, _, after = text.partition("@")
    return bool(before) and "." in after and len(text.split()) == 1


def _rows_of(sheet: Any, columns: Columns) -> list[Sequence[Any]]:
    table: list[Sequence[Any]] = []
    for row in sheet.iter_rows(max_row=LAST_ROW, max_col=_widest(columns), values_only=True):
        is_blank = row.count(None) == len(row) or all(_is_blank(cell) for cell in row)
        if len(table) < MAX_ROWS:
            table.append(() if is_blank else row)
        elif not is_blank:
            raise CannotRead(f"The list goes on below row {MAX_ROWS:,}. Copy it into the template.")
    return table


def _first_row(sheet: Any, columns: Columns) -> Iterable[Any]:
    return next(sheet.iter_rows(max_row=1, max_col=_widest(columns), values_only=True), ())


def _has_people(sheet: Any, columns: Columns) -> bool:
    rows = sheet.iter_rows(min_row=2, max_row=MAX_ROWS, max_col=_widest(columns), values_only=True)
    return any(not _is_blank(cell) for row in rows for cell in row)


def _widest(columns: Columns) -> int:
    """How many columns to look at: those that are known, and as many again for what may be beside them."""
    return len(columns.known) * 2


def _line(number: int, header: Sequence[str], cells: Sequence[Any]) -> Line:
    if not all(_is_blank(cell) for cell in cells[len(header) :]):
        return Line(number, problem=TOO_WIDE)
    known = {name: cell for name, cell in zip(header, cells, strict=False) if not _is_blank(cell)}
    for name, cell in known.items():
        if isinstance(cell, str) and is_a_failed_cell(cell):
            return Line(number, problem=f"The cell “{name}” has “{cell.strip()[:8]}” instead of its value. Type it.")
        if not isinstance(cell, str | int | float | date) or (isinstance(cell, str) and _is_formula(cell)):
            return Line(number, problem=f"The cell “{name}” is a formula, or begins like one. Write it as plain text.")
    return Line(number, known)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_STARTS) or cell.strip().startswith(FORMULA_STARTS)
