"""Checks files that others will open: one of three kinds, as named, at most 5 MB, and with nothing that acts by itself.

Refused are macros, embedded objects and links of a workbook; scripts, launches and attachments of a PDF; formulas of a
CSV. No file is opened by a program that would run it, and nothing is unpacked beyond the limits here.
"""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Protocol

from sharing.files.visible import file_name
from sharing.models import RestrictedFile

LARGEST = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 2000
LARGEST_LIST = 1024 * 1024  # the lists of a workbook's parts, and of their links
LONGEST_NAME = 150
Kind = RestrictedFile.Kind
CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
}
_ENDINGS = {f".{kind.value}": kind for kind in Kind}
_STREAM = re.compile(rb"stream(?:\r\n|\r|\n)")  # a return alone breaks the rules, but some readers take it
_PIECE = 4096  # bytes of a packed stream that are read at a time
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTS = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Movie|Sound|Rendition)"
    rb"(?![A-Za-z0-9])"
)
_IN_A_WORKBOOK = (
    "vbaproject",
    "macrosheets/",
    "dialogsheets/",
    "activex/",
    "embeddings/",
    "externallinks/",
    "customui/",
    "xl/connections",
    "querytables/",
)
# The last two are letters written in another way than Excel writes them, which hides the words before them.
_SAYS_MACROS = (
    b"macroenabled",
    b"vbaproject",
    b"ms-office.activex",
    b"oleobject",
    b"dialogsheet",
    b"externallink",
    b"&#",
    b"\0",
)
_ACTS_IN_A_WORKBOOK = "The workbook has macros, embedded objects or links in it. Save only the figures as xlsx."
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)
_NUMBER = re.compile(r"[+-]?[£$€]?[\d.,\s]*%?")


class NotAcceptable(ValueError):
    """The upload is not kept; the message tells the person who sent it why."""


class Sent(Protocol):
    """The part of Django's uploaded file that is used here."""

    name: str | None
    size: int | None

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class SafeFile:
    """A file that has been checked. `sha256` is in hexadecimal."""

    name: str
    kind: Kind
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def read(sent: Sent) -> SafeFile:
    """The file, checked. Raises NotAcceptable."""
    name = file_name(sent.name)[-LONGEST_NAME:]
    kind = _ENDINGS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise NotAcceptable("The file must be a PDF, an Excel workbook without macros (xlsx) or a CSV.")
    if not sent.size:
        raise NotAcceptable("The file is empty.")
    if sent.size > LARGEST:
        raise NotAcceptable("The file may have 5 MB at most. Make it smaller.")
    content = sent.read(LARGEST + 1)
    {Kind.PDF: _check_pdf, Kind.XLSX: _check_workbook, Kind.CSV: _check_csv}[kind](content)
    return SafeFile(name, kind, content)


def _check_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise NotAcceptable("The PDF is not complete. Save it again, and choose it once more.")
    plain = _plain(content)
    if b"/Encrypt" in plain:
        raise NotAcceptable("The PDF is encrypted, so nobody can check what is in it. Save it without a password.")
    if any(_ACTS.search(part) for part in (plain, *_objects_packed(content))):
        raise NotAcceptable(
            "The PDF has a script, an action or an attachment in it. Print it to a PDF, and choose that."
        )


def _plain(content: bytes) -> bytes:
    """The content with PDF names decoded, since any letter of a name may be written in hexadecimal."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _objects_packed(content: bytes) -> Iterator[bytes]:
    """A PDF's object streams, decompressed: names may hide in them. Raises NotAcceptable if they cannot be read.

    Some readers find them without their type, by the two numbers that only they have. They are packed once, and their
    bytes are not changed before: otherwise the names could not be found.
    """
    room, before = MOST_UNPACKED // 5, 0
    for found in _STREAM.finditer(content):
        said, before = _plain(content[before : found.start()]), found.end()
        own = said.rpartition(b"obj")[2]
        if b"/ObjStm" not in said and not (b"/First" in own and b"/N" in own):
            continue
        try:
            if own.count(b"Decode") != 1 or b"/Predictor" in own:
                raise zlib.error
            clear = _unpacked(memoryview(content)[found.end() :], room)
        except zlib.error:
            raise NotAcceptable("The PDF cannot be checked. Print it to a PDF, and choose that.") from None
        room -= len(clear)
        if room <= 0:
            raise NotAcceptable("The PDF is too large when it is unpacked.")
        yield _plain(clear)


def _unpacked(packed: memoryview, most: int) -> bytes:
    """What is packed at the beginning, in pieces: otherwise each of many short streams would copy all that follows."""
    clear, unpacking = bytearray(), zlib.decompressobj()
    for start in range(0, len(packed), _PIECE):
        clear += unpacking.decompress(packed[start : start + _PIECE], most)
        if unpacking.eof or len(clear) >= most:
            break
    return bytes(clear)


def _check_workbook(content: bytes) -> None:
    broken = "The file is not an Excel workbook (xlsx). Save it again as one, without a password."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename.lower().replace("\\", "/") for part in parts}
            if not {"[content_types].xml", "xl/workbook.xml"} <= names:
                raise NotAcceptable(broken)
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise NotAcceptable("The workbook is too large when it is unpacked.")
            told = b"".join(
                _part(archive, part)
                for part in parts
                if part.filename.lower().endswith((".rels", "[content_types].xml"))
            ).lower()
    except (*DAMAGE, ValueError, OSError, NotImplementedError, RuntimeError) as problem:
        if isinstance(problem, NotAcceptable):
            raise
        raise NotAcceptable(broken) from None
    if any(sign in name for name in names for sign in _IN_A_WORKBOOK) or any(sign in told for sign in _SAYS_MACROS):
        raise NotAcceptable(_ACTS_IN_A_WORKBOOK)


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A list of a workbook's parts. Raises NotAcceptable for one too large for any workbook."""
    if part.file_size > LARGEST_LIST:
        raise NotAcceptable(_ACTS_IN_A_WORKBOOK)
    with archive.open(part) as inside:
        return inside.read()


def _check_csv(content: bytes) -> None:
    text = _text_of(content)
    if text.lstrip()[:4].lower() == "sep=":
        raise NotAcceptable("The first line tells a spreadsheet to take another mark than a comma. Take that line out.")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise NotAcceptable("The file is not a CSV. Export it again.") from None
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row, 1):
            if cell.lstrip()[:1] in ("=", "@") or (
                cell.lstrip()[:1] in ("+", "-") and not _NUMBER.fullmatch(cell.strip())
            ):
                raise NotAcceptable(
                    f"Cell {place} of row {number} is one that a spreadsheet would read as a formula. Write it as text."
                )


def _text_of(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(letter < " " and letter not in "\t\r\n" for letter in text):
            return text
    raise NotAcceptable(
        "The file is not text in UTF-8 or Windows-1252, so it cannot be read as a CSV. In Excel choose “Save as” and "
        "“CSV UTF-8 (Comma delimited)”."
    )
