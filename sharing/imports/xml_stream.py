"""Opening an XML file that came from elsewhere, without trusting it.

A census file needs no document type and no entities, so a file that brings any is refused
before the parser sees it: that is where external files and exploding entities hide. The
parser itself resolves none and reaches no network. Elements are freed as soon as they have
been read, so memory does not grow with the file.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from lxml import etree

from sharing.imports.problems import ImportRefused, refused

_CHUNK: Final = 1 << 20
_MOST_BETWEEN: Final = 2 << 20  # bytes; as empty elements they take some 100 MB of memory
_TELL_EVERY: Final = 200  # elements
_DOCTYPE: Final = b"<!DOCTYPE"
_ENCODINGS: Final = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252")
_ONE_BYTE_BOM: Final = codecs.BOM_UTF8
# Ways in which a file may be damaged, by the parser's error numbers, and their cures.
_ERROR: Final = etree.ErrorTypes
_DAMAGE: Final = (
    (
        {_ERROR.ERR_INVALID_ENCODING},
        "A letter is not written in the encoding that the file names. Export the file as UTF-8, and do not save it "
        "in another program before you send it.",
    ),
    (
        {_ERROR.ERR_INVALID_CHAR},
        "Some text has a character that cannot be seen. Type that text again in your MIS, and export the file again.",
    ),
    (
        {
            _ERROR.ERR_NAME_REQUIRED, _ERROR.ERR_ENTITYREF_SEMICOL_MISSING, _ERROR.ERR_UNDECLARED_ENTITY,
            _ERROR.ERR_GT_REQUIRED, _ERROR.ERR_LT_IN_ATTRIBUTE,
        },
        "Some text has “&” or “<” in it, which the export should have written as “&amp;” or “&lt;”. Take that "
        "character out of the text in your MIS, export the file again, and tell the makers of your MIS.",
    ),
    (
        {_ERROR.ERR_TAG_NAME_MISMATCH},
        "An element is not closed, as happens when a file is changed by hand. Export the file again and send it "
        "unchanged.",
    ),
    (
        {_ERROR.ERR_RESERVED_XML_NAME, _ERROR.ERR_DOCUMENT_END},
        "There is something before the return or after its end, as happens when files are put together. Export the "
        "file again and send it unchanged.",
    ),
    (
        {_ERROR.ERR_XMLDECL_NOT_FINISHED},
        "It is not written in the encoding that its first line names. Export the file as UTF-8, and do not save it "
        "in another program before you send it.",
    ),
)  # fmt: skip
_TWO_BYTE_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def refuse_unsafe(path: Path) -> None:
    """Raises ImportRefused when the file is empty, is not XML, or has a document type.

    NUL bytes are dropped for the search, which makes UTF-16 and UTF-32 look like ASCII. Encodings in which `<` is
    another byte, or which can spell it in other ways (UTF-7, EBCDIC), are not accepted at all.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    for bom in (_ONE_BYTE_BOM, *_TWO_BYTE_BOMS):
        start = start.removeprefix(bom)
    start = start.replace(b"\0", b"").lstrip()
    if not start:
        raise refused("", "The file is empty. Export the return again.")
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise refused("", "This is a compressed file (ZIP or GZ). Unpack it and send the XML file inside.")
    if not start.startswith(b"<"):
        raise refused("", "This is not an XML file. Export the return as XML from your MIS.")
    if start.startswith(b"<?xml") and b"?>" not in start:
        raise refused("", "This is not an XML file we can read: its first line does not end. Export it again.")
    named = re.match(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", start)
    if named and named[1].decode("ascii", "replace").lower() not in _ENCODINGS:
        raise refused("", "The file's encoding is not one we read. Export it as UTF-8.")
    if _has_doctype(path):
        cure = (
            "The file has a document type (DOCTYPE), which a return never needs and which can do harm. Export the "
            "return again straight from your MIS."
        )
        raise refused("", cure)


def _has_doctype(path: Path) -> bool:
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = tail + chunk.replace(b"\0", b"").upper()
            if _DOCTYPE in text:
                return True
            tail = text[-len(_DOCTYPE) :]
    return False


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    # QName is not used, as it raises for a damaged name such as ":Message".
    return str(element.tag).rpartition("}")[2]


def stream(
    path: Path,
    names: tuple[str, ...],
    starts: bool = False,
    progress: Callable[[int], None] = lambda percent: None,
    *,
    are_rows: bool = False,
) -> Iterator[etree._Element]:
    """The elements of these names in file order, each complete, and freed after its turn.

    With `starts` an element is yielded when its tag opens, without content: for finding out what the file is.
    `progress` is called with per cent, now and then. `are_rows`: these are the file's rows, so that the damaged one can
    be named. Raises ImportRefused when the file is unsafe, cut short or not well-formed, or has 2 MB without such an
    element; what the parser says is not repeated, because it may quote the file.
    """
    refuse_unsafe(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        source = _Patient(file)
        events = etree.iterparse(
            source,
            events=("start",) if starts else ("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        count = 0
        try:
            for count, (_, element) in enumerate(events, start=1):
                yield element
                source.since_an_element = 0
                if count % _TELL_EVERY == 0:
                    progress(file.tell() * 100 // size)
                if not starts:
                    _free(element, names if are_rows else ())
            if are_rows and count:  # a file without any row is refused in other words
                _refuse_rows_of_another_name(events.root, names)
        except etree.XMLSyntaxError as error:
            noted = list(events.error_log)
            line = error.lineno or max((entry.line for entry in noted), default=1)
            kinds = {entry.type for entry in noted}
            raise _broken(path, line, kinds, count + 1 if are_rows else None) from None


class _Patient:
    """The file for the parser, which gives up if no wanted element comes for 2 MB: the rest stays in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.since_an_element = 0

    def read(self, size: int) -> bytes:
        self.since_an_element += size
        if self.since_an_element > _MOST_BETWEEN:
            raise refused("", "The file contains too much that is not part of a return. Export it again from your MIS.")
        return self._file.read(size)


def _free(element: etree._Element, rows: tuple[str, ...]) -> None:
    """Free an element that has been read, and what is before it. `rows`: see `_refuse_rows_of_another_name`."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        if rows:
            _refuse_rows_of_another_name(parent[0], rows)
        del parent[0]


def _refuse_rows_of_another_name(element: etree._Element, names: tuple[str, ...]) -> None:
    """Raises ImportRefused if a row was passed over because its name has other capitals: nobody would miss it."""
    of_rows = {name.lower(): name for name in names}
    for one in element.iter():
        name = local_name(one)
        if name not in names and (right := of_rows.get(name.lower())):
            raise refused(right, f"The name of one element is not written as “{right}”. Export the file again.")


def _broken(path: Path, line: int, kinds: set[int], row: int | None) -> ImportRefused:
    """The refusal of a damaged file. `kinds` are the parser's error numbers, which quote nothing of the file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 512))
        end = file.read().replace(b"\0", b"")
    if not re.search(rb"</(\w+:)?(Message|CTfile)\s*>\s*$", end):
        return refused("", f"The file is cut short at line {line}. Export it again and send the whole file.")
    cure = next((words for numbers, words in _DAMAGE if kinds & numbers), "Export it again and send it unchanged.")
    return refused("", f"The XML is damaged at line {line}. {cure}", row=row)
