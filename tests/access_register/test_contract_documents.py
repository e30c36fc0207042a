"""The document of a contract: what is taken, how it is kept, and how it comes back (R25)."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access_register.models import Contract
from access_register.third_parties import documents
from sharing.files.safe_files import NotAcceptable
from tests.people import as_batch, client

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
HEAD = "head-beckside"
PAGE = f"/establishments/{BECKSIDE}/register/third-parties/"
PDF = b"%PDF-1.7 signed"


def word(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


def of_a_version_to_come(packed: bytes) -> bytes:
    """The zip says that a newer program is needed to unpack it: one byte of the list at its end is damaged."""
    at = packed.index(b"PK\x01\x02") + 6
    return packed[:at] + b"\xff" + packed[at + 1 :]


def damaged(packed: bytes) -> bytes:
    """One letter of a part is another, as after a bad copy: no program opens it any more."""
    return packed.replace(b".xmlx", b".xmly", 1)


def with_a_password(packed: bytes) -> bytes:
    """The parts say that they are encrypted, as some zip programs do."""
    return packed.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


def named_by_file(part: str | bytes) -> str:
    """The test's name: the content has a clock in it, and each process has to collect the same names."""
    return part if isinstance(part, str) else "content"


class TestTheDocument:
    def typed(self, **more: object) -> dict:
        days = {
            "starts_on": timezone.localdate().strftime("%d/%m/%Y"),
            "ends_on": (timezone.localdate() + timedelta(9)).strftime("%d/%m/%Y"),
        }
        return {"organisation": "Heron Psychology", "reference": "HP-1", "clause": "Clause 7"} | days | more

    def test_it_is_stored_encrypted_and_comes_back_as_an_attachment(self) -> None:
        """R13, R25: whole, to Level 1 only."""
        browser = client(HEAD)
        browser.post(f"{PAGE}add/", self.typed(document=SimpleUploadedFile("Contract é.pdf", PDF)))
        with as_batch():
            stored = Contract.objects.get(reference="HP-1")
            assert PDF not in bytes(stored.document)
        answer = browser.get(f"{PAGE}{stored.pk}/document/")
        assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert client("teacher-beckside").get(f"{PAGE}{stored.pk}/document/").status_code == 403
        assert client("head-ravensgill").get(f"{PAGE}{stored.pk}/document/").status_code == 404

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("contract.exe", b"MZ"),
            ("contract.html", b"<script>"),
            ("contract", PDF),
            ("contract.pdf", b"MZ not a PDF"),
            ("contract.docx", b"PK\x03\x04 not a zip"),
            ("contract.docx", word("xl/workbook.xml")),
            ("contract.docx", of_a_version_to_come(word("[Content_Types].xml", "word/document.xml"))),
            ("contract.docx", word("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
            ("contract.docx", word("[Content_Types].xml", "word/document.xml", "word/VBAPROJECT.BIN")),
            ("contract.docx", damaged(word("[Content_Types].xml", "word/document.xml"))),
            ("contract.docx", with_a_password(word("[Content_Types].xml", "word/document.xml"))),
            ("contract.png", b"GIF89a"),
            ("contract.pdf", PDF + b"x" * documents.LARGEST),
        ],
        ids=named_by_file,
    )
    def test_what_is_not_acceptable_is_refused_in_words(self, name: str, content: bytes) -> None:
        """R25: kind, content and size; nothing is kept."""
        answer = client(HEAD).post(f"{PAGE}add/", self.typed(document=SimpleUploadedFile(name, content)))
        assert answer.status_code == 422
        assert "The document" in answer.content.decode()
        with as_batch():
            assert not Contract.objects.filter(reference="HP-1").exists()

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.PDF", PDF), ("a.docx", word("[Content_Types].xml", "word/document.xml")),
            ("b.docx", word("[Content_Types].xml", "word/document2.xml")),
            ("a.png", b"\x89PNG\r\n\x1a\n1"), ("a.jpg", b"\xff\xd8\xff1"), ("a.jpeg", b"\xff\xd8\xff1"),
        ],
        ids=named_by_file,
    )  # fmt: skip
    def test_what_is_acceptable(self, name: str, content: bytes) -> None:
        assert documents.read(SimpleUploadedFile(name, content)).content == content

    def test_one_with_a_password_says_so(self) -> None:
        """Word keeps it in another kind of file, under the same ending."""
        locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        with pytest.raises(NotAcceptable, match="locked with a password"):
            documents.read(SimpleUploadedFile("contract.docx", locked))

    def test_an_empty_one_is_not(self) -> None:
        with pytest.raises(NotAcceptable, match="empty"):
            documents.read(SimpleUploadedFile("a.pdf", b""))
