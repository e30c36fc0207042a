"""Reading a list of staff from a CSV or Excel file. No database here: rows, or words about what is wrong.

What the file is, is seen from its bytes and not from its name. A cell that is a formula, or looks like one, is not
worked out and not kept (OWASP, CSV injection).
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from openpyxl import Workbook, load_workbook

from access_register.levels import Level
from access_register.models import RegisterLine

MAX_BYTES = 1_000_000
MAX_LINES = 500
MAX_UNPACKED = 20_000_000
COLUMNS = ("name", "email", "role", "level", "basis", "reason", "last day")
NEEDED = ("name", "email", "role")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NEITHER = "This is neither a CSV nor an Excel workbook (.xlsx). Save the list as one of them."
DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d")
_ROLES = {"third party": RegisterLine.Role.THIRD_PARTY, "head": RegisterLine.Role.HEAD} | {
    word: role for role in RegisterLine.Role for word in (role.value, role.label.lower())
}
_BASES = {"another reason": RegisterLine.Basis.HEADS_REASON, "other": RegisterLine.Basis.HEADS_REASON} | {
    word: basis for basis in RegisterLine.Basis for word in (basis.value, basis.label.lower())
}


class CannotRead(Exception):
    """The file is no list of staff; the message says what to do."""


@dataclass(frozen=True)
class StaffRow:
    """One line of the file, as plain values. `problem` says why it cannot be used. Empty: not said in the file."""

    number: int
    name: str = ""
    email: str = ""
    role: str = ""
    level: int | None = None
    basis: str = ""
    reason: str = ""
    last_day: str = ""
    problem: str = ""


def read(content: bytes) -> list[StaffRow]:
    """The rows of the file. Raises CannotRead where the file as a whole is of no use."""
    if len(content) > MAX_BYTES:
        raise CannotRead("The file is larger than 1 MB. A list of staff is much smaller: is it the right file?")
    if not content.strip():
        raise CannotRead("The file is empty.")
    table = iter(_sheet(content) if content.startswith(b"PK") else _csv(content))
    header = [str(cell or "").strip().lower() for cell in next(table, [])]
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    rows: list[StaffRow] = []
    for number, cells in enumerate(table, start=2):
        if any(cell not in (None, "") for cell in cells):
            if len(rows) == MAX_LINES:
                raise CannotRead(f"The file has more than {MAX_LINES} lines of staff. Upload it in parts.")
            rows.append(_row(number, dict(zip(header, cells, strict=False))))
    if not rows:
        raise CannotRead("The file has a heading, and no people under it.")
    return rows


def template_csv() -> bytes:
    """The file to fill in, as CSV. The mark at its start tells Excel that it is UTF-8."""
    return (",".join(COLUMNS) + "\r\n").encode("utf-8-sig")


def template_xlsx() -> bytes:
    """The file to fill in, as an Excel workbook."""
    book, content = Workbook(), io.BytesIO()
    book.worksheets[0].append(COLUMNS)
    book.save(content)
    return content.getvalue()


def _check_header(header: list[str]) -> None:
    unknown = [f"“{name[:30]}”" for name in header if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in header]
    if unknown and missing:
        raise CannotRead(f"The first line must name the columns: {', '.join(COLUMNS)}. Use the template.")
    if missing:
        raise CannotRead(f"The file has no column {' and no column '.join(missing)}. Use the template.")
    if unknown or len(set(header)) < len(header):
        twice = [name for name in header if header.count(name) > 1]
        wrong = f"The column {unknown[0]} is not known" if unknown else f"The column “{twice[0]}” is there twice"
        raise CannotRead(f"{wrong}. The columns are: {', '.join(COLUMNS)}.")


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


def _sheet(content: bytes) -> list[list[Any]]:
    """The first sheet. Looked at before it is unpacked: a small file can hold gigabytes of nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            is_workbook = any(part.filename == "xl/workbook.xml" for part in parts)
            is_too_large = sum(part.file_size for part in parts) > MAX_UNPACKED
            is_safe = not is_too_large and not any(b"<!DOCTYPE" in package.read(part) for part in parts)
        if is_workbook and is_safe:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            rows = book.worksheets[0].iter_rows(max_row=MAX_LINES * 4, max_col=len(COLUMNS) * 2, values_only=True)
            return [list(row) for row in rows]
    except Exception:  # what a stranger's file makes of zipfile, the XML parser and openpyxl is any error at all
        raise CannotRead("The Excel workbook is damaged. Open it in Excel, save it again, and try once more.") from None
    if is_too_large:
        raise CannotRead("The workbook is too large when it is unpacked. Copy the list into the template.")
    raise CannotRead(NEITHER)


def _row(number: int, cells: dict[str, Any]) -> StaffRow:
    known = {name: cell for name, cell in cells.items() if cell not in (None, "")}
    for name, cell in known.items():
        if not isinstance(cell, str | int | float | date) or (isinstance(cell, str) and _is_formula(cell)):
            problem = f"The cell “{name}” is a formula, or begins like one. Write it as plain text."
            return StaffRow(number, problem=problem)
    name = _text(known.get("name"))[:200]
    email = _text(known.get("email"))
    try:
        said = _said(known)
    except ValueError as problem:
        return StaffRow(number, name, email[:254], problem=str(problem))
    return StaffRow(number, name, email, **said)


def _said(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells' values. Raises ValueError with words for the head."""
    if not _text(cells.get("name")):
        raise ValueError("The name is missing.")
    try:
        validate_email(_text(cells.get("email")))
    except ValidationError:
        raise ValueError("The e-mail address is missing, or is none.") from None
    role, basis = _text(cells.get("role")).lower(), _text(cells.get("basis")).lower()
    if role and role not in _ROLES:
        raise ValueError("The role is not known. Roles are: teacher, support, office, governor.")
    if basis and basis not in _BASES:
        raise ValueError("The basis is not known. It is: teaches, responsible, or another reason.")
    reason = _text(cells.get("reason"))
    if len(reason) > 300:
        raise ValueError("The reason is longer than 300 letters.")
    return {
        "role": _ROLES[role].value if role else "",
        "level": _level(cells.get("level")),
        "basis": _BASES[basis].value if basis else "",
        "reason": reason,
        "last_day": _day(cells.get("last day")),
    }


def _level(cell: Any) -> int | None:
    text = _text(cell).lower().removeprefix("level").strip().removesuffix(".0")
    if not text:
        return None
    if text not in {str(level.value) for level in Level}:
        raise ValueError("The level is not known. Levels are 1, 2 and 3.")
    return int(text)


def _day(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = _text(cell)
    for form in DAYS if text else ():
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    if text:
        raise ValueError("The last day is no date. Write it as day/month/year, for example 31/8/2027.")
    return ""


def _text(cell: Any) -> str:
    """Without letters that cannot be seen, and with single spaces."""
    text = "" if cell is None else str(cell)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_STARTS) or cell.strip().startswith(FORMULA_STARTS)
