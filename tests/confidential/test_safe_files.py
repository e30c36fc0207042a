"""R28: which files are kept with a confidential item, since others will open them, and which are refused."""

import io
import re
import time
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from sharing.files import safe_files


def pdf(body: bytes = b"", *, end: bytes = b"%%EOF\n") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + body + b">>\nendobj\n" + end


def packed(body: bytes, filler: bytes = b"") -> bytes:
    """A PDF whose objects are in an object stream, with `filler` between what it is and where it begins."""
    stream = zlib.compress(b"1 0 << /Type /Action " + body + b" >>")
    return pdf(
        b">>\nendobj\n2 0 obj\n<< /Type /Obj#53tm /Filter /FlateDecode "
        + filler
        + b">>\nstream\r\n"
        + stream
        + b"\nendstream "
    )


def objects(about: bytes, content: bytes, mark: bytes = b"\n") -> bytes:
    """A PDF with a script in an object stream that is described and packed in this way."""
    return pdf(b">>\nendobj\n2 0 obj\n<< " + about + b" >>\nstream" + mark + content + b"\nendstream ")


SCRIPT = b"1 0 << /S /JavaScript /JS (app.alert(1)) >>"
OBJECTS = b"/Type /ObjStm /N 1 /First 4 /Filter "
LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="x.xml"/>'
    "</Relationships>"
)


def workbook(**parts: str | bytes) -> bytes:
    """A workbook as a program writes it, with these parts besides."""
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["Year", 2])
    book.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


BAD = {
    "another kind": ("report.docx", b"PK\x03\x04", "must be a PDF"),
    "macro-enabled by its name": ("report.xlsm", workbook(), "must be a PDF"),
    "a web page": ("page.html", b"<html>", "must be a PDF"),
    "two endings": ("report.pdf.exe", pdf(), "must be a PDF"),
    "empty": ("report.csv", b"", "empty"),
    "too large": ("report.csv", b"1,2\n" * 1_400_000, "may have 5 MB at most"),
    "no PDF": ("report.pdf", b"<html>", "PDF is not complete"),
    "half a PDF": ("report.pdf", pdf(end=b""), "PDF is not complete"),
    "a script": ("report.pdf", pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> "), "script"),
    "a script, written otherwise": ("report.pdf", pdf(b"/S /J#61vaScr#69pt "), "script"),
    "a script behind a sham stream": ("report.pdf", pdf(b"%>>stream\n/S /JavaScript\n%endstream\n"), "script"),
    "a launch": ("report.pdf", pdf(b"/S /Launch /F (cmd.exe) "), "script"),
    "an attachment": ("report.pdf", pdf(b"/Names << /EmbeddedFiles 2 0 R >> "), "script"),
    "a script in an object stream": ("report.pdf", packed(b"/S /JavaScript"), "script"),
    "a script far behind what the stream is": ("report.pdf", packed(b"/S /JavaScript", b" " * 5000), "script"),
    "a broken object stream": (
        "report.pdf",
        pdf(b">>\nendobj\n2 0 obj\n<< /Type /ObjStm >>\nstream\nnothing\nendstream "),
        "PDF cannot be checked",
    ),
    "a script in an object stream without its type": (
        "report.pdf",
        objects(b"/N 1 /First 4 /Filter /FlateDecode", zlib.compress(SCRIPT)),
        "script",
    ),
    "a script in an object stream after a return alone": (
        "report.pdf",
        objects(OBJECTS + b"/FlateDecode", zlib.compress(SCRIPT), mark=b"\r"),
        "script",
    ),
    "a script packed twice": (
        "report.pdf",
        objects(OBJECTS + b"[/FlateDecode /FlateDecode]", zlib.compress(zlib.compress(SCRIPT))),
        "PDF cannot be checked",
    ),
    "a script as differences of its letters": (
        "report.pdf",
        objects(
            OBJECTS + b"/FlateDecode /DP << /Predictor 11 /Columns 1 >>",
            zlib.compress(b"\0" + b"\0".join(bytes([letter]) for letter in SCRIPT)),
        ),
        "PDF cannot be checked",
    ),
    "objects that grow when unpacked": (
        "report.pdf",
        objects(OBJECTS + b"/FlateDecode", zlib.compress(b" " * (safe_files.MOST_UNPACKED // 5))),
        "PDF is too large when it is unpacked",
    ),
    "an encrypted PDF": ("report.pdf", pdf(b">>\ntrailer << /Encrypt 5 0 R "), "encrypted"),
    "an old workbook": ("report.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not an Excel workbook"),
    "a macro in the workbook": ("report.xlsx", workbook(xl__vbaProject="x" * 40), "macros"),
    "a macro under another name": ("report.xlsx", workbook(xl__vbaProject_1="x"), "macros"),
    "an old macro sheet": ("report.xlsx", workbook(xl__macrosheets__sheet1="x"), "macros"),
    "an embedded object": ("report.xlsx", workbook(xl__embeddings__oleObject1="x"), "macros"),
    "an ActiveX control": ("report.xlsx", workbook(xl__activeX__activeX1="x"), "macros"),
    "a link": ("report.xlsx", workbook(xl__externalLinks__externalLink1="x"), "macros"),
    "a link behind a megabyte of nothing": (
        "report.xlsx",
        workbook(**{"xl___rels__more.rels": " " * 1024 * 1024 + "oleObject"}),
        "macros",
    ),
    "a list larger than any workbook's": ("report.xlsx", workbook(**{"xl___rels__more.rels": "x" * 1048577}), "macros"),
    "a link in another encoding": (
        "report.xlsx",
        workbook(**{"xl___rels__more.rels": LINK.encode("utf-16")}),
        "macros",
    ),
    "a link with a letter as its number": (
        "report.xlsx",
        workbook(**{"xl___rels__more.rels": LINK.replace("externalLink", "external&#76;ink")}),
        "macros",
    ),
    "data fetched from elsewhere": ("report.xlsx", workbook(xl__connections="x"), "macros"),
    "a zip that is no workbook": ("report.xlsx", b"PK\x05\x06" + b"\0" * 18, "not an Excel workbook"),
    "a formula": ("report.csv", b"Name,Says\r\nA,=HYPERLINK(1)\r\n", "Cell 2 of row 2 is one that .* a formula"),
    "a formula with a plus": ("report.csv", b"Name\r\n+cmd|' /C calc'!A0\r\n", "formula"),
    "a formula with a minus": ("report.csv", b"Name\r\n -2+cmd|' /C calc'!A0\r\n", "formula"),
    "a formula of an old spreadsheet": ("report.csv", b"Name\r\n @SUM(1+1)\r\n", "formula"),
    "a formula behind a mark of its own": ("report.csv", b"Sep=;\r\nName;Says\r\nA;=HYPERLINK(1)\r\n", "first line"),
    "no text": ("report.csv", b"\0\1\2\3", "not text"),
    "“Unicode Text”": ("report.csv", "Name\tSays\r\n".encode("utf-16"), "In Excel choose “Save as” and “CSV UTF-8"),
    "a workbook called CSV": ("report.csv", workbook(), "In Excel choose “Save as” and “CSV UTF-8"),
}


def read(name: str, content: bytes) -> safe_files.SafeFile:
    return safe_files.read(SimpleUploadedFile(name, content))


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_kept(case: str) -> None:
    """Type, size and what acts: refused with a reason, by the form too."""
    name, content, words = BAD[case]
    with pytest.raises(safe_files.NotAcceptable, match=words):
        read(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Report\u202e\n.PDF", pdf()),
        ("report.pdf", packed(b"/S /GoTo")),
        ("report.xlsx", workbook()),
        ("report.csv", b"\xef\xbb\xbfYear,Change\r\n2025,-3.5\r\n2026,+1\r\n2027,-\r\n"),
        ("../../etc/report.csv", "Name,£\r\nZoë,5\r\n".encode("cp1252")),
    ],
    ids=["PDF", "packed PDF", "workbook", "CSV", "CSV of Windows"],
)
def test_what_is_kept(name: str, content: bytes) -> None:
    found = read(name, content)
    assert found.content == content
    assert re.fullmatch("[Rr]eport[.][A-Za-z]+", found.name)


def test_a_workbook_that_grows_when_unpacked() -> None:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big.xml", b"0" * (safe_files.MOST_UNPACKED + 1))
    with pytest.raises(safe_files.NotAcceptable, match="too large when it is unpacked"):
        read("report.xlsx", out.getvalue())


def test_a_pdf_of_many_small_streams_is_soon_checked() -> None:
    """R28: each looked at all that followed, so that 5 MB of them kept a process busy for minutes."""
    one = b"/ObjStm/FlateDecode stream\n" + zlib.compress(b"")
    began = time.process_time()
    assert read("report.pdf", pdf(one * (safe_files.LARGEST // len(one) - 10)))
    assert time.process_time() - began < 15


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_damaged_inside_is_refused_however_it_is_packed(packing: int) -> None:
    """R28: packed with LZMA, it was an error page."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as book, zipfile.ZipFile(packed, "w", packing) as archive:
        for name in sorted(book.namelist()):
            archive.writestr(name, book.read(name))
    content = bytearray(packed.getvalue())
    start = content.index(b"[Content_Types].xml") + 40
    content[start : start + 8] = b"\xff\x00" * 4
    with pytest.raises(safe_files.NotAcceptable, match="is not an Excel workbook"):
        read("report.xlsx", bytes(content))
