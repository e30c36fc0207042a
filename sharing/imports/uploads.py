"""Files as they arrive from the browser: checked for the kind chosen, for size, and against what their names say."""

import logging
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import IO, Final, Protocol

from django.conf import settings
from django.db import OperationalError

from sharing.files.safe_files import NotAcceptable
from sharing.files.visible import file_name
from sharing.imports.csv_text import AS_CSV
from sharing.imports.pieces import PIECE
from sharing.imports.room import NO_ROOM, is_full
from sharing.records.imports import KindChoice

log = logging.getLogger(__name__)
_LONGEST_NAME: Final = 150
_MOST_BYTES_OF_A_NAME: Final = 200  # a file system allows 255
_ZIP: Final = b"PK\x03\x04"
_PACKED: Final = (_ZIP, b"\x1f\x8b")
_WORKBOOKS: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_ARCHIVES: Final = (".zip", ".gz", ".7z", ".rar")
_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0"
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # so that the same files always make the same zip


class Sent(Protocol):
    """The part of Django's uploaded file that is used here."""

    name: str | None
    size: int | None

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...


@dataclass(frozen=True)
class Upload:
    """One file to be brought in. `hash` is its SHA-256, `size` is in bytes."""

    name: str
    size: int
    hash: str
    content: IO[bytes] | Sent

    def pieces(self) -> Iterator[bytes]:
        return _pieces(self.content)


@contextmanager
def received(sent: Sequence[Sent], kind: KindChoice, others: Sequence[KindChoice] = ()) -> Iterator[Upload]:
    """The file, or several packed into one zip, open for as long as the caller stores it. Raises NotAcceptable, also if
    it could not be stored because a disk is full. `others` are the other kinds that could have been chosen.
    """
    try:
        with _as_one(sent, kind, others) as upload:
            yield upload
    except (OSError, OperationalError) as problem:
        if not is_full(problem):
            raise
        log.error("an upload found no room on the disk")
        raise NotAcceptable(NO_ROOM) from problem


@contextmanager
def _as_one(sent: Sequence[Sent], kind: KindChoice, others: Sequence[KindChoice]) -> Iterator[Upload]:
    names = [_name_of(file) for file in sent]
    if sum(file.size or 0 for file in sent) > settings.LARGEST_IMPORT:
        megabytes = settings.LARGEST_IMPORT // PIECE
        raise NotAcceptable(f"At most {megabytes} MB can be brought in at once. Export fewer pupils, or ask for help.")
    endings = [*kind.endings, ".zip"] if len(sent) == 1 and ".zip" in kind.endings else kind.endings
    for name, file in zip(names, sent, strict=True):
        _look(name, file, tuple(ending.lower() for ending in endings), others)
    if len(sent) == 1:
        yield _upload(names[0], sent[0])
        return
    if ".zip" not in kind.endings:
        raise NotAcceptable(f"{kind.name} comes as one file. Bring in one at a time.")
    with tempfile.TemporaryFile() as packed:
        _pack(names, sent, packed)
        yield _upload(f"{len(sent)} files.zip", packed)


def _name_of(file: Sent) -> str:
    """The file's name without characters that a page or a log cannot show, and no longer than a file system allows."""
    name = file_name(file.name).strip()
    return name[-_LONGEST_NAME:].encode()[-_MOST_BYTES_OF_A_NAME:].decode(errors="ignore")


def _look(name: str, file: Sent, endings: Sequence[str], others: Sequence[KindChoice]) -> None:
    ending = PurePath(name).suffix.lower()
    if ending not in endings:
        raise NotAcceptable(_another_kind(name, ending, endings) + _another_choice(ending, others))
    if not file.size:
        raise NotAcceptable(f"“{name}” is empty. Export it again.")
    begin = file.read(1024)
    file.seek(0)
    if ending == ".csv" and begin.startswith((_ZIP, _OLD_OR_LOCKED)):
        raise NotAcceptable(f"“{name}” is a workbook, whatever its name says. {AS_CSV}")
    if ending == ".xml" and begin.startswith(_PACKED):
        raise NotAcceptable(f"“{name}” is packed, whatever its name says. Unpack it, and choose the XML file inside.")
    if not _is_what_it_says(ending, begin):
        article = "an" if ending == ".xml" else "a"
        raise NotAcceptable(
            f"“{name}” does not look like {article} {ending[1:].upper()} file. Export it again and choose that."
        )


def _another_kind(name: str, ending: str, endings: Sequence[str]) -> str:
    if ending in _WORKBOOKS and ".csv" in endings:
        return f"“{name}” is a workbook. {AS_CSV}"
    if ending in _ARCHIVES and ".zip" not in endings:
        return f"“{name}” is packed. Unpack it, and choose the file inside: it ends in {' or '.join(endings)}."
    return f"“{name}” is the wrong kind of file. This comes as {' or '.join(dict.fromkeys(endings))}."


def _another_choice(ending: str, others: Sequence[KindChoice]) -> str:
    """A hint that the choice of kind may be wrong, and not the file."""
    fitting = [kind.name for kind in others if ending in kind.endings]
    if len(fitting) == 1:
        return f" If it is “{fitting[0]}”, choose that kind."
    return " If it is a file of another kind, choose that kind." if fitting else ""


def _is_what_it_says(ending: str, begin: bytes) -> bool:
    is_zip = begin.startswith(_ZIP)
    if ending == ".zip":
        return is_zip
    if begin.startswith(_BYTE_ORDER_MARKS):
        return True
    if ending == ".xml":
        return begin.lstrip().startswith(b"<")
    return not is_zip and b"\0" not in begin


def _pack(names: Sequence[str], sent: Sequence[Sent], into: IO[bytes]) -> None:
    """Pack all of them into one zip, in the order of their names."""
    if len({name.lower() for name in names}) < len(names):
        raise NotAcceptable("Two of the files have the same name. Choose each once.")
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(zip(names, sent, strict=True), key=lambda pair: pair[0]):
            entry = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as inside:
                for piece in _pieces(file):
                    inside.write(piece)


def _upload(name: str, content: IO[bytes] | Sent) -> Upload:
    seen, size = sha256(), 0
    for piece in _pieces(content):
        seen.update(piece)
        size += len(piece)
    return Upload(name, size, seen.hexdigest(), content)


def _pieces(content: IO[bytes] | Sent) -> Iterator[bytes]:
    content.seek(0)
    while piece := content.read(PIECE):
        yield piece
