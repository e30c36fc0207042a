"""An encrypted workbook: AES-256 as Excel itself does it, so Excel and LibreOffice open it without extras (R14).

What was written is decrypted and read again before it is offered.
"""

import io
import re
from collections.abc import Sequence
from typing import Any, Final

from msoffcrypto import OfficeFile
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import StringProperty

from sharing.files.nameless import saved
from sharing.files.sheets import BOLD, lay_out, set_day
from sharing.files.xml_text import fit_for_xml
from sharing.records.downloads import Gathered, Marking, Sheet, Value

LEVEL: Final = "OFFICIAL-SENSITIVE"
ID: Final = "Download id"  # the name of the document property
HEADER_ROW: Final = 4
_SHARE: Final = "0.0%"
_NOTHING: Final = "None"  # as paper says it
_IS_SHARE: Final = re.compile(r"(0|[1-9][0-9]{0,2})\.[0-9]%")  # as every page writes it, and as it is read again
_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class NotWhatWasWritten(Exception):
    """The decrypted file is not what was put into it, so it is not offered."""


def draw(what: Gathered, marking: Marking, passphrase: str) -> bytes:
    """The encrypted file. Raises NotWhatWasWritten."""
    plain = _written(what, marking)
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(passphrase, sealed)
    if opened(sealed.getvalue(), passphrase) != plain or _cells_in(plain) != _cells_of(what):
        raise NotWhatWasWritten
    return sealed.getvalue()


def opened(content: bytes, passphrase: str) -> bytes:
    """The decrypted workbook. Raises msoffcrypto's errors for a wrong passphrase or a changed file."""
    plain = io.BytesIO()
    file = OfficeFile(io.BytesIO(content))
    file.load_key(password=passphrase, verify_password=True)
    file.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def _written(what: Gathered, marking: Marking) -> bytes:
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = marking.person
    book.properties.title = f"{marking.title}, {marking.establishment}"
    book.properties.identifier = marking.number
    book.custom_doc_props.append(StringProperty(name=ID, value=marking.number))
    for sheet in what.sheets:
        _put(book, sheet, marking, what.notes)
    return saved(book)


def _put(book: Workbook, sheet: Sheet, marking: Marking, notes: Sequence[str]) -> None:
    page = book.create_sheet(sheet.title.translate(_NOT_IN_A_TITLE)[:31])
    of_what = f"{LEVEL}. {marking.title}, {marking.establishment}"
    told = " ".join(f"{note.removesuffix('.')}." for note in notes)
    for row, words in enumerate((of_what, marking.words, *([told] if told else [])), 1):
        _text(page.cell(row, 1), words)
    page.cell(1, 1).font = BOLD
    for place, heading in enumerate(sheet.columns, 1):
        _text(page.cell(HEADER_ROW, place), heading).font = BOLD
    for number, values in enumerate(sheet.rows, HEADER_ROW + 1):
        for place, value in enumerate(values, 1):
            _set(page.cell(number, place), value)
    lay_out(page, HEADER_ROW, above=LEVEL, below=marking.words)
    if not sheet.rows:  # not before: a line that says so is no row of a table
        _text(page.cell(HEADER_ROW + 1, 1), _NOTHING)


def _set(cell: Any, value: Value) -> None:
    if isinstance(value, str) and _IS_SHARE.fullmatch(value):
        cell.value, cell.number_format = round(float(value[:-1]) / 100, 3), _SHARE  # to be sorted: 96.3% before 100.0%
    elif isinstance(value, str):
        _text(cell, value)
    elif isinstance(value, int):
        cell.value = value
    elif value is not None:
        set_day(cell, value)


def _text(cell: Any, words: str) -> Any:
    """Write text that stays text, whatever it begins with: no cell becomes a formula."""
    cell.value = _clean(words)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _clean(words: str) -> str:
    return fit_for_xml(words).replace("\r\n", "\n").replace("\r", "\n")


def _shown(value: Value) -> str:
    return "" if value is None else str(value)


def _cells_of(what: Gathered) -> list[list[list[str]]]:
    return [
        [[_clean(_shown(value)) for value in row] for row in sheet.rows]
        or [[_NOTHING, *[""] * (len(sheet.columns) - 1)]]
        for sheet in what.sheets
    ]


def _cells_in(plain: bytes) -> list[list[list[str]]]:
    """What a reader finds below the headings, as text. A formula would be found as such, and noticed."""
    book = load_workbook(io.BytesIO(plain))
    return [
        [[_read(cell) for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)] for sheet in book.worksheets
    ]


def _read(cell: Any) -> str:
    if cell.data_type == "f":
        raise NotWhatWasWritten
    if cell.number_format == _SHARE:
        return f"{cell.value:.1%}"
    value = cell.value.date() if cell.is_date and cell.value is not None else cell.value
    return _shown(value)
