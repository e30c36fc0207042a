"""R26, R28, R43: officers add, fill and withdraw confidential items; a stranger cannot tell that there is one."""

import io
import re
import time
import zipfile
import zlib
from dataclasses import replace
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.utils import timezone
from openpyxl import Workbook

from access_register.models import RegisterLine
from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.door import AlreadyWithdrawn
from sharing.files import safe_files
from sharing.models import LedgerEntry, RestrictedFile, RestrictedItem
from tests.confidential.items import BECKSIDE, CANARY, CONTENT, RAVENSGILL, consent, item, sees
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.post import posting

pytestmark = pytest.mark.django_db
OFFICER = "officer-school-improvement"
TYPED = {
    "kind": "prioritisation",
    "title": CANARY,
    "academic_year": "2026",
    "owner": "School improvement",
    "words": "Two visits a term.\n\nThen a review.",
    "figures": "Level: 2\nRatio 1:5 of visits: 3",
    "starts_on": "1/9/2025",
    "ends_on": "",
}


def ledger() -> tuple:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").values_list("action", "outcome", "urn")[0]


def add(**typed: object):
    browser = client(OFFICER, EDUNET)
    return browser.post(f"/establishments/{BECKSIDE}/confidential/add/", TYPED | typed)


def test_nobody_is_said_to_be_told_where_there_is_no_head() -> None:
    """R26: as at an establishment that has just come, before its first head has accepted."""
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(withdrawn_at=timezone.now())
    with posting():
        answer = add()
    assert mail.outbox == []
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "The item is added. If there is a head there today, they are told by email."
    ]


@pytest.mark.parametrize("state", ["awaiting_since", "suspended_at"])
def test_no_head_is_written_to_who_cannot_read_it(state: str) -> None:
    """R26: an invitation that nobody has answered may lie at a wrong address; a head who is suspended reads nothing."""
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(**{state: timezone.now()})
    with posting():
        add()
    assert mail.outbox == []


def test_an_officer_adds_an_item() -> None:
    """R28, R43: with a file; the head is told that there is one, and not what."""
    file = SimpleUploadedFile("Visits.csv", CONTENT)
    with posting():
        response = add(file=file)
    assert response.status_code == 302
    with as_batch():
        made = next(one for one in RestrictedItem.objects.all() if one.title == CANARY)
    assert ledger() == ("add_restricted", "changed", BECKSIDE)
    page = client("head-beckside").get(response["location"]).content.decode()
    for words in (
        CANARY,
        'app-break">Two visits a term.</p>',
        "Ratio 1:5 of visits",
        "Visits.csv",
        "OFFICIAL-SENSITIVE",
    ):
        assert words in page
    assert ledger() == ("show_restricted", "shown", BECKSIDE)
    [letter] = mail.outbox
    assert letter.to == ["ruth.oldroyd@beckside.example"]
    everything = letter.subject + letter.body + str(letter.alternatives)
    assert CANARY not in everything
    assert str(made.pk) not in everything
    assert "/establishments/999002/confidential/" in everything


def test_a_file_comes_back_as_a_download() -> None:
    """R43: the same bytes, marked, never shown in the browser; in the ledger."""
    found = item(BECKSIDE)
    file = door.show_restricted(asker("governor-beckside"), found.pk).files[0]
    response = client("governor-beckside").get(f"/confidential/{found.pk}/files/{file.id}/")
    assert response.content == CONTENT
    assert response["content-disposition"].startswith("attachment; ")
    assert "CONFIDENTIAL" in response["content-disposition"]
    assert response["x-content-type-options"] == "nosniff"
    assert "no-store" in response["cache-control"]
    assert ledger() == ("download_restricted", "shown", BECKSIDE)
    with as_batch():
        stored = bytes(RestrictedFile.objects.get(pk=file.id).content)
    assert CONTENT not in stored


def test_a_file_of_another_item_is_not_there() -> None:
    """R6: the address of a file counts under its own item alone."""
    mine, other = item(BECKSIDE), item(RAVENSGILL)
    with as_batch():
        hidden = other.files.get().pk
    with pytest.raises(NoSuchRecord):
        door.download_restricted(asker("head-beckside"), mine.pk, hidden)


def _without_tokens(page: str) -> str:
    """The page without what differs at every look: tokens and nonces."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce|data-limit)="[^"]+"', "", page)


@pytest.mark.parametrize(
    ("slug", "through"), [("governor-ravensgill", SCHOOLS_ONLINE), ("officer-data", EDUNET), (OFFICER, EDUNET)]
)
def test_a_stranger_cannot_tell_that_there_is_one(slug: str, through) -> None:
    """R26: out of the circle, over, and never been: all are answered alike, word for word."""
    hidden = item(RAVENSGILL if slug == OFFICER else BECKSIDE)
    over = item(RAVENSGILL, until=-1) if through == SCHOOLS_ONLINE else hidden
    browser = client(slug, through)
    with as_batch():
        file = hidden.files.get().pk
    paths = [f"/confidential/{pk}/" for pk in (uuid4(), hidden.pk, over.pk)]
    paths += [f"/confidential/{pk}/files/{file}/" for pk in (uuid4(), hidden.pk)]
    if through == SCHOOLS_ONLINE:
        paths += [f"/confidential/{pk}/consent/" for pk in (uuid4(), hidden.pk)]
    else:
        paths += [f"/confidential/{pk}/files/add/" for pk in (uuid4(), hidden.pk)]
    answers = [browser.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_tokens(answer.content.decode()) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    with as_batch():
        rows = LedgerEntry.objects.filter(action="show_restricted").order_by("-id").values_list("urn", "about")[:3]
        assert {(urn, str(about)) for urn, about in rows} == {(None, "{'why': 'NoSuchRecord'}")}


def test_numbers_tell_nothing() -> None:
    """R26: ids are random, and nobody's list says how many there are that they do not see."""
    before = client("governor-ravensgill").get(f"/establishments/{RAVENSGILL}/confidential/").content.decode()
    first, second = item(BECKSIDE), item(BECKSIDE)
    after = client("governor-ravensgill").get(f"/establishments/{RAVENSGILL}/confidential/").content.decode()
    assert _without_tokens(before) == _without_tokens(after)
    assert first.pk.version == second.pk.version == 4


def test_the_lists() -> None:
    """R26, R29: one's own, and apart from them what is shared, by the name of the establishment."""
    item(RAVENSGILL, title="Of Ravensgill")
    shared = item(RAVENSGILL, title="With consent")
    consent(shared, BECKSIDE)
    item(999005, title="Of Oxenby")
    found = door.list_restricted(asker("teacher-beckside"), BECKSIDE)
    assert [one.title for one in found.own] == [
        "Early reading in Years 1 to 3",
        "Prioritisation level for this school year",
    ]
    assert [one.title for one in found.shared] == ["Of Oxenby", "With consent"]
    page = client("teacher-beckside").get(f"/establishments/{BECKSIDE}/confidential/").content.decode()
    assert "This is not a ranking" in page
    officers = door.list_restricted(asker(OFFICER, EDUNET), BECKSIDE)
    assert officers.shared is None
    assert officers.may_add


def test_withdrawing() -> None:
    """R28, R44: at once for all schools; on record for officers; not twice, and not back."""
    found = item(BECKSIDE)
    browser = client(OFFICER, EDUNET)
    assert browser.get(f"/confidential/{found.pk}/withdraw/").status_code == 405
    assert browser.post(f"/confidential/{found.pk}/withdraw/").status_code == 302
    assert ledger() == ("withdraw_restricted", "changed", BECKSIDE)
    assert not sees("head-beckside", found)
    assert "Withdrawn" in browser.get(f"/confidential/{found.pk}/").content.decode()
    with pytest.raises(AlreadyWithdrawn):
        door.withdraw_restricted(asker(OFFICER, EDUNET), found.pk)
    with pytest.raises(AlreadyWithdrawn):
        door.add_restricted_file(asker(OFFICER, EDUNET), found.pk, file=safe_files.SafeFile("a.csv", "csv", CONTENT))
    with pytest.raises(Error, match="stays so"), transaction.atomic(), as_batch():
        RestrictedItem.objects.filter(pk=found.pk).update(withdrawn_at=None)


def test_the_same_of_another_year_is_another_item() -> None:
    """R26: only what is sent twice is one item."""
    told = [door.NewItem("bespoke", "T", year, "Test", timezone.localdate()) for year in (2025, 2025, 2024)]
    first, again, other = [door.add_restricted(asker(OFFICER, EDUNET), BECKSIDE, told=one) for one in told]
    assert first == again != other


def test_only_officers_with_the_duty_keep_items() -> None:
    """R28: not the head of the establishment, and no officer without the duty."""
    found = item(BECKSIDE)
    told = door.NewItem("bespoke", "T", 2025, "Test", found.starts_on)
    for slug, through, refusal in (
        ("head-beckside", SCHOOLS_ONLINE, NoSuchRecord),
        ("officer-data", EDUNET, NotAtYourLevel),
    ):
        with pytest.raises(refusal):
            door.add_restricted(asker(slug, through), BECKSIDE, told=told)
        with pytest.raises(NoSuchRecord):
            door.withdraw_restricted(asker(slug, through), found.pk)
    assert client("head-beckside").post(f"/confidential/{found.pk}/withdraw/").status_code == 404
    assert sees("head-beckside", found)


def test_a_password_alone_opens_nothing() -> None:
    """R13."""
    found = item(BECKSIDE)
    alone = replace(asker("head-beckside"), second_factor=False)
    for look in (lambda: door.show_restricted(alone, found.pk), lambda: door.list_restricted(alone, BECKSIDE)):
        with pytest.raises(NeedsSecondFactor):
            look()


def test_what_is_typed_wrongly_stays() -> None:
    response = add(figures="no colon", starts_on="1/9/2026", ends_on="1/9/2025", title="")
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("needs a colon", "must not be before the first", "Write what it is called", "Two visits a term."):
        assert words in page


def test_nothing_of_an_item_lies_in_clear() -> None:
    """R13, R26: title, words, figures and the file's name and content are encrypted at rest."""
    add(file=SimpleUploadedFile("Quillfeather.csv", CONTENT))
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(i::text || f::text, '') FROM sharing_restricteditem i, sharing_restrictedfile f"
        )
        (text,) = cursor.fetchone()
    for words in ("Quillfeather", "Two visits", "Ratio"):
        assert words not in text
        assert words.encode().hex() not in text


# --- files ----------------------------------------------------------------------------------------------------------


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
    "too large": ("report.csv", b"1,2\n" * 1_400_000, "smaller than 5 MB"),
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
    "a formula behind a mark of its own": ("report.csv", b"sep=;\r\nName;Says\r\nA;=HYPERLINK(1)\r\n", "first line"),
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
        ("Report.PDF", pdf()),
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
    assert "/" not in found.name


def test_a_workbook_that_grows_when_unpacked() -> None:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big.xml", b"0" * (safe_files.MOST_UNPACKED + 1))
    with pytest.raises(safe_files.NotAcceptable, match="too large when it is unpacked"):
        read("report.xlsx", out.getvalue())


def test_a_pdf_of_many_small_streams_is_soon_checked() -> None:
    """Each looked at all that followed: 5 MB of them kept a process busy for minutes."""
    one = b"/ObjStm/FlateDecode stream\n" + zlib.compress(b"")
    began = time.process_time()
    assert read("report.pdf", pdf(one * (safe_files.LARGEST // len(one) - 10)))
    assert time.process_time() - began < 15


def test_a_refused_file_keeps_nothing() -> None:
    """The form says why, and no item and no file is made."""
    with as_batch():
        before = RestrictedItem.objects.count(), RestrictedFile.objects.count()
    response = add(file=SimpleUploadedFile("report.xlsx", BAD["a macro in the workbook"][1]))
    assert response.status_code == 422
    assert "macros" in response.content.decode()
    found = item(BECKSIDE)
    page = client(OFFICER, EDUNET).post(
        f"/confidential/{found.pk}/files/add/", {"file": SimpleUploadedFile("a.exe", b"x")}
    )
    assert page.status_code == 422
    assert "must be a PDF" in page.content.decode()
    with as_batch():
        assert (RestrictedItem.objects.count(), RestrictedFile.objects.count()) == (before[0] + 1, before[1] + 1)


def test_another_file() -> None:
    found = item(BECKSIDE)
    browser = client(OFFICER, EDUNET)
    response = browser.post(f"/confidential/{found.pk}/files/add/", {"file": SimpleUploadedFile("More.pdf", pdf())})
    assert response.status_code == 302
    assert ledger() == ("add_restricted_file", "changed", BECKSIDE)
    assert [file.kind for file in door.show_restricted(asker("head-beckside"), found.pk).files] == ["CSV", "PDF"]
