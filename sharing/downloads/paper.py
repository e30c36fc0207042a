"""An encrypted PDF (AES-256), drawn by WeasyPrint like reports, and opened again before it is offered (R14).

Its metadata can be read without the passphrase. They give the download's number and nothing else: somebody who finds a
stray file can report the number to those who keep the register, who can tell whose it was.
"""

import io
import secrets
from collections.abc import Iterator

import pikepdf
from django.template.loader import render_to_string

from sharing.downloads import parts
from sharing.downloads.workbook import LEVEL, NotWhatWasWritten
from sharing.records.downloads import Gathered, Marking, Paper
from sharing.reports import pdf


def draw(what: Gathered, marking: Marking, passphrase: str) -> bytes:
    """The encrypted file. Raises NotWhatWasWritten, and CannotDraw where the machine lacks what PDFs need."""
    first, *others = pages_of(what, marking)
    sealed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf.draw_page(first).content)) as document:
        for number, page in enumerate(others, 2):
            parts.join(document, pdf.draw_page(page).content, number)
        parts.number_pages(document)
        pages = len(document.pages)
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:identifier"] = marking.number
        rights = pikepdf.Permissions(extract=False, modify_other=False)
        lock = pikepdf.Encryption(
            user=passphrase, owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=False, allow=rights
        )
        document.save(sealed, encryption=lock, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    if opened(sealed.getvalue(), passphrase) != pages:
        raise NotWhatWasWritten
    return sealed.getvalue()


def pages_of(what: Gathered, marking: Marking) -> Iterator[str]:
    """The HTML of each part of the file."""
    facts = facts_of(what, marking)
    for number, pieces in enumerate(parts.cut(what.sheets)):
        yield render_to_string("downloads/document.html", {**facts, "pieces": pieces, "is_first": not number})


def opened(content: bytes, passphrase: str) -> int:
    """How many pages are inside. Raises pikepdf.PasswordError for a wrong passphrase."""
    with pikepdf.open(io.BytesIO(content), password=passphrase) as document:
        if document.encryption.R != 6 or document.check_pdf_syntax():
            raise NotWhatWasWritten
        return len(document.pages)


def facts_of(what: Gathered | Paper, marking: Marking) -> dict[str, object]:
    """What the page's template is given, for paper as for the PDF."""
    return {"marking": marking, "sheets": what.sheets, "notes": what.notes, "level": LEVEL}
