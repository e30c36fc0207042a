"""Reading a list that somebody uploads, from a CSV or Excel file: its lines by column, or words about what is wrong.

What the file is, is seen from its bytes and not from its name. A cell that is a formula, or looks like one, is not
worked out and not kept (OWASP, CSV injection). No database here.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from openpyxl import Workbook, load_workbook

from sharing.files.csv_cells import cell as safe

MAX_BYTES = 1_000_000
MAX_LINES = 500
MAX_UNPACKED = 20_000_000
MOST_OF_A_NAME = 200  # letters
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NEITHER = "This is neither a CSV nor an Excel workbook (.xlsx). Save the list as one of them."
validate_length = MaxLengthValidator(254)
DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d")


# What a line says, and how it is read from its cells: ValueError has the words for what is wrong.
Reads = dict[str, Callable[[dict[str, Any]], Any]]


class CannotRead(Exception):
    """The file is no such list; the message says what to do."""


@dataclass(frozen=True)
class Columns:
    """What the columns are called, in small letters, and which of them there must be."""

    known: tuple[str, ...]
    needed: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of the file that says something: its number, and its cells that are not empty. Or it is a formula."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def read(content: bytes, columns: Columns) -> list[Line]:
    """The lines of the file. Raises CannotRead where the file as a whole is of no use."""
    if len(content) > MAX_BYTES:
        raise CannotRead("The file is larger than 1 MB. Such a list is much smaller: is it the right file?")
    if not content.strip():
        raise CannotRead("The file is empty.")
    table = iter(_sheet(content, columns) if content.startswith(b"PK") else _csv(content))
    header = [str(cell or "").strip().lower() for cell in next(table, [])]
    while header and not header[-1]:
        header.pop()
    _check_header(header, columns)
    lines: list[Line] = []
    for number, cells in enumerate(table, start=2):
        if any(cell not in (None, "") for cell in cells):
            if len(lines) == MAX_LINES:
                raise CannotRead(f"The file has more than {MAX_LINES} lines. Upload it in parts.")
            lines.append(_line(number, dict(zip(header, cells, strict=False))))
    if not lines:
        raise CannotRead("The file has a heading, and no people under it.")
    return lines


def template_csv(columns: Columns, rows: Iterable[Iterable[object]] = ()) -> bytes:
    """The file to fill in, as CSV. The mark at its start tells Excel that it is UTF-8."""
    content = io.StringIO()
    csv.writer(content).writerows([columns.known, *([safe(value) for value in row] for row in rows)])
    return content.getvalue().encode("utf-8-sig")


def template_xlsx(columns: Columns) -> bytes:
    """The file to fill in, as an Excel workbook."""
    book, content = Workbook(), io.BytesIO()
    book.worksheets[0].append(columns.known)
    book.save(content)
    return content.getvalue()


def said(line: Line, reads: Reads) -> tuple[dict[str, Any], str]:
    """(what the line says, all that is wrong with it in words): nobody uploads a list once for each slip."""
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
    """Who is named in the column. Raises ValueError with words for who uploads, as the others do."""
    name = text_of(cells.get(column))
    if not name:
        raise ValueError("The name is missing.")
    return name[:MOST_OF_A_NAME]


def address_of(cells: dict[str, Any]) -> str:
    """The e-mail address in the column "email"."""
    address = text_of(cells.get("email"))
    try:
        validate_email(address)
        validate_length(address)
    except ValidationError:
        raise ValueError("The e-mail address is missing, or is none.") from None
    return address


def day_of(cells: dict[str, Any], column: str) -> str:
    """The day in the column, as 2027-08-31; nothing where it is empty."""
    cell = cells.get(column)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = text_of(cell)
    for form in DAYS if text else ():
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    if text:
        raise ValueError(f"The {column} is no date. Write it as day/month/year, for example 31/8/2027.")
    return ""


def text_of(cell: Any) -> str:
    """Without letters that cannot be seen, and with single spaces."""
    text = "" if cell is None else str(cell)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _check_header(header: list[str], columns: Columns) -> None:
    unknown = [f"“{name[:30]}”" for name in header if name not in columns.known]
    missing = [name for name in columns.needed if name not in header]
    if unknown and missing:
        raise CannotRead(f"The first line must name the columns: {', '.join(columns.known)}. Use the template.")
    if missing:
        raise CannotRead(f"The file has no column {' and no column '.join(missing)}. Use the template.")
    if unknown or len(set(header)) < len(header):
        twice = [name for name in header if header.count(name) > 1]
        wrong = f"The column {unknown[0]} is not known" if unknown else f"The column “{twice[0]}” is there twice"
        raise CannotRead(f"{wrong}. The columns are: {', '.join(columns.known)}.")


def _csv(content: bytes) -> Iterator[list[Any]]:
    if b"\0" in content or content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise CannotRead(NEITHER)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead(
            "The letters of this CSV file cannot be read. In Excel choose “CSV UTF-8” when you save it, or upload the "
            "workbook itself (.xlsx)."
        ) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise CannotRead("The CSV file is damaged: a quotation mark is opened and not closed.") from None


def _sheet(content: bytes, columns: Columns) -> list[list[Any]]:
    """The first sheet. Looked at before it is unpacked: a small file can hold gigabytes of nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            is_workbook = any(part.filename == "xl/workbook.xml" for part in parts)
            is_too_large = sum(part.file_size for part in parts) > MAX_UNPACKED
            is_safe = not is_too_large and not any(b"<!DOCTYPE" in package.read(part) for part in parts)
        if is_workbook and is_safe:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            rows = book.worksheets[0].iter_rows(max_row=MAX_LINES * 4, max_col=len(columns.known) * 2, values_only=True)
            return [list(row) for row in rows]
    except Exception:  # what a stranger's file makes of zipfile, the XML parser and openpyxl is any error at all
        raise CannotRead("The Excel workbook is damaged. Open it in Excel, save it again, and try once more.") from None
    if is_too_large:
        raise CannotRead("The workbook is too large when it is unpacked. Copy the list into the template.")
    raise CannotRead(NEITHER)


def _line(number: int, cells: dict[str, Any]) -> Line:
    known = {name: cell for name, cell in cells.items() if cell not in (None, "")}
    for name, cell in known.items():
        if not isinstance(cell, str | int | float | date) or (isinstance(cell, str) and _is_formula(cell)):
            return Line(number, problem=f"The cell “{name}” is a formula, or begins like one. Write it as plain text.")
    return Line(number, known)


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_STARTS) or cell.strip().startswith(FORMULA_STARTS)
