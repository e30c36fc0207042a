"""Documents that people upload: only certain kinds, limited in size, and really what their name says (R25)."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile

from sharing.files.safe_files import DAMAGE, MOST_UNPACKED, NotAcceptable
from sharing.files.visible import file_name

LARGEST = 5 * 1024 * 1024
_TEXT = re.compile(r"word/document\d*\.xml")  # Word on the web numbers it
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Extension -> (how such a file begins, its media type).
KINDS = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".docx": (b"PK\x03\x04", WORD),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}


@dataclass(frozen=True)
class Document:
    """A document as it was uploaded."""

    name: str
    content: bytes

    @property
    def content_type(self) -> str:
        return KINDS[PurePath(self.name).suffix.lower()][1]


def read(upload: UploadedFile) -> Document:
    """The uploaded document, checked before it is read in full. Raises NotAcceptable."""
    name = file_name(upload.name)[-200:]
    begins_with, kind = KINDS.get(PurePath(name).suffix.lower(), (None, ""))
    if begins_with is None:
        raise NotAcceptable("The document must be a PDF, a Word document (docx), a PNG or a JPEG.")
    if not upload.size:
        raise NotAcceptable("The document is empty.")
    if upload.size > LARGEST:
        raise NotAcceptable("The document may have 5 MB at most. Make it smaller.")
    content = upload.read()
    if kind == WORD and content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAcceptable(
            "The document is locked with a password, or is of an old kind. Save it as docx or PDF without a password."
        )
    if not content.startswith(begins_with) or (kind == WORD and not _is_word(content)):
        raise NotAcceptable(
            "The document is not the kind that its name says, or it is damaged. Save it again, and choose it again."
        )
    return Document(name, content)


def _is_word(content: bytes) -> bool:
    """Whether it is a Word document without macros that can be unpacked whole. Nothing of it is kept or read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
            is_small = sum(part.file_size for part in archive.infolist()) <= MOST_UNPACKED
            is_whole = is_small and archive.testzip() is None
    except (*DAMAGE, NotImplementedError, ValueError, OSError, RuntimeError):
        return False
    is_document = "[content_types].xml" in names and any(map(_TEXT.fullmatch, names))
    return is_whole and is_document and "vbaproject" not in " ".join(names)
