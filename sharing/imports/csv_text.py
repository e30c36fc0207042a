"""Opening a CSV that came from elsewhere: its encoding, its columns, its rows.

The Department's files are Windows-1252 with CRLF; copies saved by a spreadsheet are UTF-8,
often with a byte-order mark. The whole file is decoded once before a row is read, because
the first wrong byte can be in the last row. Source: formats pages 2 and 13.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Final, Self, TextIO

from sharing.imports.problems import Problem, ProblemLog, refused

AS_CSV: Final = "Open it in Excel, choose “Save as” and “CSV UTF-8 (Comma delimited)”, and send that file."
MAY_BE_CUT: Final = (
    "The file ends in this row without the end of a line, so letters of its last cell may be missing. Compare this row "
    "with your list."
)
END_MAY_BE_CUT: Final = (
    "The file ends without the end of a line, so letters or digits of its last cell may be missing. Compare its last "
    "row with the source."
)
_ENDS_A_LINE: Final = (b"\n", b"\r")
_ENDS_A_CELL: Final = (b'"', b"%")  # nothing comes after them
_CHUNK: Final = 1 << 20
_LONGEST_ROW: Final = 1 << 18  # characters: a row is held in memory whole, each cell in some 50 bytes
_LOOKED_THROUGH: Final = 20  # rows searched for a header further down
_UNPACK: Final = "Unpack it, and send the CSV inside."
_NOT_CSV: Final = (
    (b"PK\x03\x04", f"This is an Excel workbook (.xlsx) or a ZIP archive, not a CSV. {AS_CSV}"),
    (b"\xd0\xcf\x11\xe0", f"This is an Excel workbook of the old kind, or with a password, and not a CSV. {AS_CSV}"),
    (b"\x1f\x8b", f"This is a compressed file (.gz), not a CSV. {_UNPACK}"),
    (b"%PDF", "This is a PDF, not a CSV. Export the table as CSV."),
    (b"\xff\xfe", f"This is text in UTF-16, as “Unicode Text” is, not a CSV. {AS_CSV}"),
    (b"\xfe\xff", f"This is text in UTF-16, as “Unicode Text” is, not a CSV. {AS_CSV}"),
    (b"<", "This is a web page or an XML file, not a CSV. Download or export it again as CSV."),
)
_MARKS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Column:
    """A column by the header the official file gives it, and other headers seen for it."""

    header: str
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Where each wanted column is, and the rows: (row number, cells); the header is row 1.

    A wanted column that the file lacks has no position. `width` is the number of cells in the header, `header` the
    header as written. `may_be_cut`: neither the last line nor its last cell has an end, so letters may be missing.
    """

    positions: Mapping[str, int]
    width: int
    rows: Iterator[tuple[int, list[str]]]
    header: Sequence[str] = ()
    may_be_cut: bool = False

    @property
    def lacks_letters(self) -> bool:
        """Whether letters may be missing at the end of a column that is wanted."""
        return self.may_be_cut and self.width - 1 in self.positions.values()

    def pick(self, cells: list[str], name: str) -> str:
        """A trimmed cell; empty when the file lacks the column or the row is too short."""
        place = self.positions.get(name, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""


def text_encoding(path: Path) -> str:
    """`utf-8-sig` when all bytes are UTF-8, else `cp1252` when all are Windows-1252.

    Raises ImportRefused for an empty file, a file that is not text, and bytes that are neither.
    """
    with path.open("rb") as file:
        start = file.read(512)
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if not bare:
        raise refused("", "The file is empty. Download or export it again.")
    for signature, cure in _NOT_CSV:
        if bare.startswith(signature):
            raise refused("", cure)
    if (line := _first_bad_line(path, "utf-8")) is None:
        return "utf-8-sig"
    if not start.startswith(codecs.BOM_UTF8):
        line = _first_bad_line(path, "cp1252")
        if line is None:
            return "cp1252"
    raise refused(
        "",
        f"Line {line} has bytes that are neither UTF-8 nor Windows-1252: the file is damaged "
        "or not a CSV. Download it again.",
    )


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """The line where decoding fails (a NUL byte counts as invalid), or None if it never does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            nul = chunk.find(b"\0")
            good = chunk if nul < 0 else chunk[:nul]
            begun = len(decoder.getstate()[0])  # bytes of a character begun in the last chunk
            try:
                decoder.decode(good)
            except UnicodeDecodeError as error:
                return lines + chunk.count(b"\n", 0, max(0, error.start - begun)) + 1
            lines += good.count(b"\n")
            if nul >= 0:
                return lines + 1
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return lines + 1
    return None


@contextmanager
def open_table(path: Path, what: str, columns: Mapping[str, Column]) -> Iterator[Table]:
    """The file as a table. `what` names the expected file and where to get it, for the cure.

    Headers are matched without regard to case, spaces and punctuation. Raises ImportRefused with one problem for each
    required column that is missing or repeated. Reading the rows also raises it, at the end of a file that was cut off.
    """
    with path.open(encoding=text_encoding(path), newline="") as file:
        end = _last_byte(path)
        may_be_cut = end not in _ENDS_A_LINE
        rows = _rows(Lines(file), may_be_cut=may_be_cut)
        try:
            _, header = next(rows)
        except StopIteration:
            raise refused("", f"The file has no rows. It should be {what}.") from None
        _refuse_another_table(header, rows, what, columns)
        is_in_doubt = may_be_cut and end not in _ENDS_A_CELL
        yield Table(_positions(header, what, columns), len(header), rows, header, is_in_doubt)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, SEEK_END)
        return file.read()


class Lines:
    """The lines of a file for csv.reader, which gives up at a row that is longer than any of a real file."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.row, self.since_a_row = 1, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_ROW)
        self.since_a_row += len(line)
        if self.since_a_row >= _LONGEST_ROW:
            cure = f"This row is longer than {_LONGEST_ROW:,} characters. Download or export the file again."
            raise refused("", cure, row=self.row)
        if not line:
            raise StopIteration
        return line


def _rows(lines: Lines, *, may_be_cut: bool) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank. `may_be_cut` says that the file's last line may have been cut short.

    Raises ImportRefused at such a last line, and where the quoting breaks.
    """
    reader = csv.reader(lines, strict=True)
    number, width, ends_early = 0, 0, False
    while True:
        number += 1
        lines.row, lines.since_a_row = number, 0
        try:
            cells = next(reader)
        except StopIteration:
            if may_be_cut and ends_early:
                cure = "The file is cut off in this row. Download or export it again."
                raise refused("", cure, row=number - 1) from None
            return
        except csv.Error:
            cure = (
                "The quotation marks do not match here, so this row and those after it cannot be told apart. "
                "Download the file again and do not edit it."
            )
            raise refused("", cure, row=number) from None
        width = width or len(cells)
        is_blank = not any(cell.strip() for cell in cells)
        ends_early = len(cells) < width and not is_blank
        if not is_blank:
            yield number, cells


def _refuse_another_table(
    header: list[str], rows: Iterator[tuple[int, list[str]]], what: str, columns: Mapping[str, Column]
) -> None:
    """Raises ImportRefused if the first row names none of the needed columns: the cells are separated by something
    else, the header is further down, or it is another file.
    """
    needed = [column for column in columns.values() if column.required]
    if not needed or any(_stands_in(header, column) for column in needed):
        return
    line = ",".join(header)
    for mark, name in _MARKS.items():
        if mark in line and any(_stands_in(line.split(mark), column) for column in needed):
            raise refused("", f"The columns are separated by {name}, and not by commas. {AS_CSV}", row=1)
    for (number, cells), _ in zip(rows, range(_LOOKED_THROUGH), strict=False):
        if all(_stands_in(cells, column) for column in needed):
            cure = f"The header is in row {number}. Take out what is above it, and send the file again."
            raise refused("", cure, row=1)
    raise refused("", f"This is a different file, or there is a line above its header. It should be {what}.", row=1)


def _stands_in(cells: Sequence[str], column: Column) -> bool:
    known = {_plain(text) for text in (column.header, *column.also)}
    return any(_plain(cell) in known for cell in cells)


def _positions(header: list[str], what: str, columns: Mapping[str, Column]) -> dict[str, int]:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(header):
        places.setdefault(_plain(text), []).append(place)
    log = ProblemLog()
    found: dict[str, int] = {}
    for name, column in columns.items():
        known = (column.header, *column.also)
        hits = [place for text in known for place in places.get(_plain(text), [])]
        if len(hits) > 1:
            log.add(Problem(1, column.header, "", _there_twice(column, [header[place].strip() for place in hits])))
        elif hits:
            found[name] = hits[0]
        elif column.required:
            cure = f"The column '{column.header}' is missing. The file should be {what}."
            log.add(Problem(1, column.header, "", cure))
    log.refuse_if_fatal()
    return found


def _there_twice(column: Column, headers: Sequence[str]) -> str:
    if len(different := {_plain(text): text for text in headers}) > 1:
        named = "' and '".join(different.values())
        return f"The columns '{named}' say the same thing. Keep one."
    return f"The column '{column.header}' is there more than once. Keep one."


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())
