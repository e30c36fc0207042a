"""R14: the files themselves, read by programs that share no code with what wrote them."""

import io
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msoffcrypto
import pikepdf
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from openpyxl import load_workbook

from access_register.register import staff_file
from sharing.ctf.writer import School, write_ctf
from sharing.downloads import keeping, paper, workbook
from sharing.files import tables
from sharing.records.downloads import Gathered, Marking, Sheet, pieces

PASSPHRASE = "kmwx-b2d3-ffgh-9qrt"
MARKING = Marking(
    id=41,
    title="Pupils",
    establishment="Beckside & Moor Primary School",
    person="Ruth Oldroyd",
    at=datetime(2025, 11, 3, 9, 5, tzinfo=UTC),
    purpose="To correct records",
    dispose_by=date(2025, 11, 10),
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def of(*rows: tuple) -> Gathered:
    sheet = Sheet("Pupils", ("Surname", "Born", "Sessions"), rows)
    return Gathered("Pupils", (sheet, Sheet("Also: [here]/there", ("Fact",), (("one",),))), len(rows), {})


def decrypted(content: bytes, passphrase: str = PASSPHRASE) -> zipfile.ZipFile:
    plain = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=passphrase)
    file.decrypt(plain, verify_integrity=True)
    return zipfile.ZipFile(plain)


def text_of(book: zipfile.ZipFile, number: int) -> str:
    return " ".join(etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).itertext())


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return workbook.draw(of(("Ahmed", date(2015, 2, 3), 190), ("Bell", None, None)), MARKING, PASSPHRASE)


def test_it_is_aes_256_in_the_container_of_excel(sealed: bytes) -> None:
    """Agile encryption: AES in 256 bits, the key stretched 100,000 times with SHA-512."""
    assert sealed.startswith(bytes.fromhex("d0cf11e0a1b11ae1"))
    info = msoffcrypto.OfficeFile(io.BytesIO(sealed)).info
    assert (info["encryptedKeyValue"] is not None, info["spinValue"]) == (True, 100000)
    assert b'keyBits="256"' in sealed
    assert b'cipherAlgorithm="AES"' in sealed
    assert b'hashAlgorithm="SHA512"' in sealed
    for word in (b"Ahmed", b"Oldroyd", "Ahmed".encode("utf-16-le"), b"xl/worksheets"):
        assert word not in sealed


def test_each_table_is_marked_for_a_screen_reader_under_its_headings(sealed: bytes) -> None:
    """Excel says that a file is damaged if a table has no rows, or has one heading twice."""
    book = load_workbook(io.BytesIO(workbook.opened(sealed, PASSPHRASE)))
    assert [(table.ref, table.column_names) for sheet in book for table in sheet.tables.values()] == [
        ("A4:C6", ["Surname", "Born", "Sessions"]),
        ("A4:A5", ["Fact"]),
    ]
    assert len({name for sheet in book for name in sheet.tables}) == 2
    assert (book.properties.title, book.properties.language) == ("Pupils, Beckside & Moor Primary School", "en-GB")
    for columns, rows in ((("Fact",), ()), (("Fact", "fact"), (("one", "two"),)), (("Fact", ""), (("one", "two"),))):
        odd = Gathered("Pupils", (Sheet("Pupils", columns, rows),), len(rows), {})
        plain = workbook.opened(workbook.draw(odd, MARKING, PASSPHRASE), PASSPHRASE)
        assert not load_workbook(io.BytesIO(plain))["Pupils"].tables


@pytest.mark.parametrize("wrong", ["", "kmwx-b2d3-ffgh-9qrs", PASSPHRASE.upper(), f"{PASSPHRASE} "])
def test_a_wrong_passphrase_opens_nothing(sealed: bytes, wrong: str) -> None:
    with pytest.raises((InvalidKeyError, DecryptionError)):
        decrypted(sealed, wrong)


def test_a_changed_file_is_noticed(sealed: bytes) -> None:
    """What the service checks before it offers a file."""
    place = len(sealed) // 2
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    with pytest.raises((InvalidKeyError, DecryptionError)):
        workbook.opened(changed, PASSPHRASE)


def test_a_file_with_other_cells_than_were_put_in_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_set", lambda cell, value: None)
    with pytest.raises(workbook.NotWhatWasWritten):
        workbook.draw(of(("Ahmed", date(2015, 2, 3), 190)), MARKING, PASSPHRASE)


def test_each_sheet_says_whose_it_is_and_until_when(sealed: bytes) -> None:
    """The marking stands in the cells, and in the header and footer of each printed page; the id is a property too."""
    book = decrypted(sealed)
    shared = text_of(book, 1)
    for words in ("OFFICIAL-SENSITIVE", "Ruth Oldroyd", "3 November 2025 at 09:05", "To correct records", "D-41"):
        assert words in shared
    assert "Destroy by 10 November 2025" in shared
    for number in (1, 2):
        page = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        header, footer = page.findtext(f".//{MAIN}oddHeader"), page.findtext(f".//{MAIN}oddFooter")
        assert "OFFICIAL-SENSITIVE" in (header or "")
        assert "D-41" in (footer or "")
    assert b"D-41" in book.read("docProps/custom.xml")
    assert b"D-41" in book.read("docProps/core.xml")


def test_each_form_says_what_the_list_was_narrowed_to(pango: None) -> None:
    """R14: a workbook of one year group is not taken for the whole school."""
    notes = ("Year group: Year 5", "What to do is a sentence.", "Narrowed: only Year 5")
    what = Gathered("Pupils", of(("Ahmed", None, 1)).sheets, 1, {}, notes)
    book = decrypted(workbook.draw(what, MARKING, PASSPHRASE))
    reader = pypdf.PdfReader(io.BytesIO(paper.draw(what, MARKING, PASSPHRASE)), password=PASSPHRASE)
    for told in (text_of(book, 1), text_of(book, 2), reader.pages[0].extract_text()):
        assert all(note in told for note in notes)
        assert ".." not in told


@pytest.mark.parametrize("mark", ["\ufffe", "\uffff"])
def test_what_xml_cannot_hold_stops_no_list(mark: str) -> None:
    """R14: of one child in 3,500 a name may have come in so. Also in files of figures, and in a transfer file."""
    book = decrypted(workbook.draw(of((f"Ah{mark}med", None, 1)), MARKING, PASSPHRASE))
    assert "Ahmed" in text_of(book, 1)
    figures = tables.workbook("figures", ("Figures", ("Name",), [(f"Ah{mark}med",)]), [(f"Ah{mark}med", "")])
    assert "Ahmed" in text_of(zipfile.ZipFile(io.BytesIO(figures.content)), 1)
    school = School("3802001", f"Ah{mark}med Primary School")
    at = datetime(2025, 11, 3, tzinfo=UTC)
    assert b"Ahmed Primary School" in write_ctf([], source=school, destination=school, at=at, year=2025)


def test_the_cells_are_what_was_put_in(sealed: bytes) -> None:
    text = text_of(decrypted(sealed), 1)
    assert all(word in text for word in ("Ahmed", "Bell", "Surname"))


def test_a_sheet_without_rows_says_so() -> None:
    """R14: as the PDF does. Headings alone leave it open whether something is missing."""
    what = Gathered("Staff record", (Sheet("Absences", ("School year", "Category"), ()),), 0, {})
    sheet = load_workbook(io.BytesIO(workbook.opened(workbook.draw(what, MARKING, PASSPHRASE), PASSPHRASE)))["Absences"]
    assert [*sheet.iter_rows(min_row=4, values_only=True)] == [("School year", "Category"), ("None", None)]
    assert not sheet.tables


def test_a_column_of_days_or_of_shares_can_be_sorted() -> None:
    """R14: as text, 9.5% came after 100.0%. What only looks like a share stays text: 00.5% would be read again as 0.5%,
    and no file be made at all."""
    what = of(("9.5%", date(2015, 2, 3), 190), ("100.0%", None, "7.5% less"), ("00.5%", None, "0.0%"))
    content = workbook.draw(what, MARKING, PASSPHRASE)
    first, second, third = load_workbook(io.BytesIO(workbook.opened(content, PASSPHRASE)))["Pupils"].iter_rows(
        min_row=5
    )
    assert [cell.value for cell in third] == ["00.5%", None, 0]
    assert [(cell.value, cell.number_format) for cell in (first[0], second[0])] == [(0.095, "0.0%"), (1, "0.0%")]
    assert (first[1].number_format, first[1].alignment.horizontal) == ("d mmm yyyy", "left")
    assert second[2].value == "7.5% less"


def test_a_figure_has_the_decimals_of_the_page() -> None:
    """R31: 9.0 on the page was 9 in the file."""
    rows = [[Decimal("9.0")], [Decimal("-0.16")], [Decimal(7)], [190]]
    book = load_workbook(
        io.BytesIO(tables.workbook("figures", ("Figures", ["Figure"], rows), [("Figures", "")]).content)
    )
    assert [cell.number_format for (cell,) in book["Figures"].iter_rows(min_row=2)] == ["0.0", "0.00", "0", "General"]
    assert [cell.value for (cell,) in book["Figures"].iter_rows(min_row=2)] == [9, -0.16, 7, 190]


@pytest.mark.parametrize(("columns", "are_set_in_lines"), [(3, False), (9, True)])
def test_a_sheet_of_many_words_prints_in_letters_that_can_be_read(columns: int, are_set_in_lines: bool) -> None:
    """R34: the Access Register was 300 letters wide, on one page of A4. Its days and addresses stay whole."""
    row = (
        *["Has direct responsibility for children here"] * (columns - 2),
        "ruth.oldroyd@beckside.example",
        date(2025, 9, 3),
    )
    sheet = Sheet("Access Register", tuple("abcdefghij"[:columns]), (row,))
    content = workbook.opened(
        workbook.draw(Gathered("Access Register", (sheet,), 1, {}), MARKING, PASSPHRASE), PASSPHRASE
    )
    (page,) = load_workbook(io.BytesIO(content)).worksheets
    widths = [page.column_dimensions[letter].width for letter in "abcdefghij"[:columns].upper()]
    assert sum(widths) <= 170
    assert widths[-2:] == [31, 12]
    assert {bool(cell.alignment.wrap_text) for cell in page[workbook.HEADER_ROW + 1]} == {are_set_in_lines}


def test_a_share_takes_as_many_letters_as_are_read() -> None:
    """R34: 0.9470000000000001 made a column of shares the widest of the sheet."""
    shares = Sheet("Pupils", ("Attended",), tuple((f"{place / 10:.1f}%",) for place in range(1001)))
    content = workbook.opened(workbook.draw(Gathered("Pupils", (shares,), 1, {}), MARKING, PASSPHRASE), PASSPHRASE)
    (page,) = load_workbook(io.BytesIO(content)).worksheets
    assert page.column_dimensions["A"].width == len("Attended") + 4


def test_all_words_of_a_workbook_are_in_one_type(sealed: bytes) -> None:
    """R30: the marking and the headings had neither name nor size: LibreOffice wrote them smaller, with serifs."""
    figures = tables.workbook("figures", ("Figures", ["Figure"], [[1]]), [("Figures", "")]).content
    for content in (workbook.opened(sealed, PASSPHRASE), figures):
        fonts = [cell.font for sheet in load_workbook(io.BytesIO(content)) for row in sheet for cell in row]
        assert {(font.name, font.sz) for font in fonts} == {("Calibri", 11)}
        assert {font.b for font in fonts} == {True, False}


@settings(max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
            st.sampled_from(["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_cell_is_a_formula(words: list[str]) -> None:
    """Whatever a name begins with, it is text for the reader of the file; drawing it would fail otherwise."""
    content = workbook.draw(of(*((word, date(2015, 1, 1), 3) for word in words)), MARKING, PASSPHRASE)
    book = decrypted(content)
    for name in book.namelist():
        if name.startswith("xl/worksheets/sheet"):
            page = etree.fromstring(book.read(name))
            assert page.find(f".//{MAIN}f") is None
            assert {cell.get("t") for cell in page.iter(f"{MAIN}c")} <= {"s", "inlineStr", "n", "d", None}
        assert "externalLink" not in name


@pytest.fixture(scope="module")
def drawn(pango: None) -> bytes:
    return paper.draw(of(*[("Ahmed", date(2015, 2, 3), 190)] * 60), MARKING, PASSPHRASE)


def test_no_sheet_lies_on_the_disk_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: a process that was killed left it there in clear. Here no file with a name can be made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    assert workbook.draw(of(("Ahmed", None, 190)), MARKING, PASSPHRASE)
    figures = tables.workbook("figures", ("Figures", ["School", "Pupils"], [["Beckside", 190]]), [["Source", "=1+1"]])
    assert [sheet.title for sheet in load_workbook(io.BytesIO(figures.content))] == ["Figures", "Notes"]
    assert staff_file.template_xlsx()


@pytest.mark.parametrize("size", [10, 3 * 1024 * 1024])
def test_no_upload_lies_on_the_disk_under_a_name(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    """R13: nor does a return that comes in."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sent = rf.post("/", {"file": SimpleUploadedFile("return.xml", b"<" * size)}).FILES["file"]
    assert list(tmp_path.iterdir()) == []
    assert (sent.name, sent.size, sent.read()) == ("return.xml", size, b"<" * size)
    sent.close()


class TestPdf:
    def test_it_is_aes_256_and_every_page_is_marked(self, drawn: bytes) -> None:
        reader = pypdf.PdfReader(io.BytesIO(drawn))
        assert reader.is_encrypted
        assert reader.decrypt(PASSPHRASE) == pypdf.PasswordType.USER_PASSWORD
        assert len(reader.pages) > 1
        for page in reader.pages:
            text = page.extract_text()
            assert "OFFICIAL-SENSITIVE" in text
            assert "D-41" in text
            assert "Ruth Oldroyd" in text
        with pikepdf.open(io.BytesIO(drawn), password=PASSPHRASE) as document:
            assert (document.encryption.R, document.encryption.bits) == (6, 256)
            assert (document.allow.extract, document.allow.modify_other) == (False, False)

    @pytest.mark.parametrize("wrong", ["", "kmwx-b2d3-ffgh-9qrs"])
    def test_a_wrong_passphrase_opens_nothing(self, drawn: bytes, wrong: str) -> None:
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(drawn), password=wrong)
        assert pypdf.PdfReader(io.BytesIO(drawn)).decrypt(wrong) == pypdf.PasswordType.NOT_DECRYPTED

    def test_a_file_of_other_pages_or_with_a_weaker_lock_is_not_offered(
        self, drawn: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        weak = io.BytesIO()
        with pikepdf.open(io.BytesIO(drawn), password=PASSPHRASE) as document:
            document.save(weak, encryption=pikepdf.Encryption(user=PASSPHRASE, owner=PASSPHRASE, R=4))
        with pytest.raises(workbook.NotWhatWasWritten):
            paper.opened(weak.getvalue(), PASSPHRASE)
        monkeypatch.setattr(paper, "opened", lambda content, passphrase: 0)
        with pytest.raises(workbook.NotWhatWasWritten):
            paper.draw(of(("Ahmed", date(2015, 2, 3), 190)), MARKING, PASSPHRASE)

    def test_words_are_broken_anywhere_only_where_they_would_not_fit(self) -> None:
        """R14: 3,500 children, or years of who looked, are drawn in a quarter of the time."""
        plain = of(("Fotheringham-Featherstonehaugh", date(2015, 2, 3), 190))
        wide = of(("W" * 60, date(2015, 2, 3), 1), ("Ahmed", f"{'M' * 60}@example.org", 2))
        empty = of()
        assert [sheet.is_wide for one in (plain, wide, empty) for sheet in one.sheets] == [
            False,
            False,
            True,
            *[False] * 3,
        ]
        pages = ["".join(paper.pages_of(one, MARKING)) for one in (plain, wide)]
        assert [page.count(' class="wide">') for page in pages] == [0, 1]

    def test_in_a_wide_table_only_long_words_are_broken(self, pango: None) -> None:
        """R34: in the Access Register an address is broken, and no name, heading or role is; and nothing is cut off."""
        role, email = "Support staff with direct responsibility", f"{'m' * 60}@beckside.example"
        headings = ("Name", "Work email", "Level", "Role", "Given by", "At this level since", "First day", "Last day",
                    "Narrowed to", "State", "Last used", "Review due")  # fmt: skip
        row = ("Lucy Barraclough", email, 2, role, "Education Department", date(2025, 9, 3), date(2025, 9, 3), None,
               "only Year 1, without attendance", "Suspended", date(2025, 9, 3), date(2025, 9, 3))  # fmt: skip
        what = Gathered("Access Register", (Sheet("Access Register", headings, (row,)),), 1, {})
        assert what.sheets[0].broken == (2,)
        content = paper.draw(what, MARKING, PASSPHRASE)
        text = pypdf.PdfReader(io.BytesIO(content), password=PASSPHRASE).pages[0].extract_text()
        for word in ("Level", "Barraclough", "responsibility", "Department", "Suspended", "attendance"):
            assert word in text.split()
        assert Sheet("Wide", tuple("abcdefghijkl"), (("w" * 15,) * 12,)).broken == tuple(range(1, 13))

    def test_an_address_is_broken_where_a_part_of_it_begins(self, pango: None) -> None:
        """R34: in the Access Register, and not in the middle of a name while there is room."""
        basis = ["Has direct responsibility for children here"] * 7
        rows = tuple((f"{name}@beckside.example", *basis) for name in ("ruth.oldroyd", "<b>priya.nair"))
        what = Gathered("Access Register", (Sheet("Access Register", tuple("abcdefgh"), rows),), 2, {})
        content = paper.draw(what, MARKING, PASSPHRASE)
        text = pypdf.PdfReader(io.BytesIO(content), password=PASSPHRASE).pages[0].extract_text()
        for part in ("ruth", ".oldroyd", "<b>priya", ".nair", "@beckside", ".example"):
            assert part in text

    def test_only_addresses_are_cut_where_they_may_be_broken(self) -> None:
        """R34: a full stop after "@" in a sentence began a line."""
        text = "Ask b.c@d.example, or ring. Meet @ 3.30. Then go."
        assert pieces(text) == ["Ask ", "b", ".c", "@d", ".example,", " or ring. Meet @ 3.30. Then go."]

    def test_no_heading_of_a_table_stands_alone_below_a_page(self, pango: None) -> None:
        """R14: whichever row is the last on the page, what the next table is stands on the page where it begins."""
        second = Sheet("Second table", ("Heading of it",), (("one",), ("two",)))
        for rows in range(18, 26):
            what = Gathered("Pupils", (of(*[("Ahmed", None, 1)] * rows).sheets[0], second), rows, {})
            reader = pypdf.PdfReader(io.BytesIO(paper.draw(what, MARKING, PASSPHRASE)), password=PASSPHRASE)
            texts = [page.extract_text() for page in reader.pages]
            (page,) = (text for text in texts if "Second table" in text)
            assert "Heading of it" in page, rows
        assert len(texts) == 2

    def test_bookmarks_lead_to_each_table(self, pango: None) -> None:
        """R13, R30: an answer to a subject access request has twenty tables, on as many pages."""
        content = paper.draw(of(*[("Ahmed", None, 1)] * 40), MARKING, PASSPHRASE)
        (heading, tables) = pypdf.PdfReader(io.BytesIO(content), password=PASSPHRASE).outline
        assert heading.title == "Pupils, Beckside & Moor Primary School"
        assert [table.title for table in tables] == ["Pupils", "Also: [here]/there"]

    def test_an_address_is_read_line_by_line(self, pango: None) -> None:
        """R13: in an answer to a subject access request it stands as it is held."""
        content = paper.draw(of(("Ahmed", None, "70 Mill Lane\nBeckside\nBD0 1GA")), MARKING, PASSPHRASE)
        text = pypdf.PdfReader(io.BytesIO(content), password=PASSPHRASE).pages[0].extract_text()
        assert "Lane\nBeckside\nBD0" in text

    def test_a_stray_file_says_its_number_and_nothing_else(self, drawn: bytes) -> None:
        assert b"D-41" in drawn
        for word in (b"Ahmed", b"Oldroyd", b"Beckside"):
            assert word not in drawn


def test_a_passphrase_is_long_and_easily_read() -> None:
    """75 bits or more, of letters that nobody takes for another, and no two the same."""
    made = {keeping.new_passphrase() for _ in range(500)}
    assert len(made) == 500
    assert len(set(keeping.ALPHABET)) ** 16 > 2**75
    assert len({group for one in made for group in one.split("-")}) > 1900
    assert not set("01loiau") & set("".join(made))
