"""Reading a list of staff: what is understood, and what is refused in words (R34). No database."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from access_register.register import list_file, staff_file
from access_register.register.list_file import CannotRead
from access_register.register.staff_file import StaffRow

HEAD = "name,email,role,level,basis,reason,last day\n"
LINE = "Ann Lee,ann@beckside.example,teacher,2,teaches,,31/8/2027\n"


def csv(text: str) -> list[StaffRow]:
    return staff_file.read(text.encode())


def xlsx(*rows: list[object]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(content)
    return content.getvalue()


ANN = StaffRow(2, "Ann Lee", "ann@beckside.example", "teacher", 2, "teaches", last_day="2027-08-31")


class TestUnderstood:
    def test_csv(self) -> None:
        assert csv(HEAD + LINE) == [ANN]

    def test_with_a_mark_semicolons_and_capitals(self) -> None:
        text = "\ufeffName;EMAIL;Role\r\nZoë  Ó Brien;zoe@beckside.example;Governor\r\n"
        assert csv(text) == [StaffRow(2, "Zoë Ó Brien", "zoe@beckside.example", "governor")]

    def test_xlsx_with_real_numbers_and_dates(self) -> None:
        content = xlsx(
            list(staff_file.COLUMNS.known),
            ["Ann Lee", "ann@beckside.example", "Teacher", 2, "teaches", None, None, date(2027, 8, 31)],
            [None] * 8,
        )
        assert staff_file.read(content) == [ANN]

    def test_the_name_of_the_file_is_not_asked(self) -> None:
        """What it is, is in its bytes: an .xlsx called .csv is read all the same."""
        assert staff_file.read(xlsx(["name", "email", "role"], ["A", "a@b.example", "office"]))[0].role == "office"

    @pytest.mark.parametrize("typed", ["2", "Level 2", "level2", "2.0"])
    def test_a_level_as_people_write_it(self, typed: str) -> None:
        assert csv(f"name,email,role,level\nA,a@b.example,office,{typed}\n")[0].level == 2

    def test_without_a_level_none_is_said(self) -> None:
        """R34: the register's preset is applied there, not guessed here."""
        assert csv("name,email,role\nA,a@b.example,office\n")[0].level is None

    @pytest.mark.parametrize("template", [staff_file.template_csv, staff_file.template_xlsx])
    def test_the_templates_have_the_right_columns(self, template) -> None:
        with pytest.raises(CannotRead, match="no people under it"):
            staff_file.read(template())

    def test_the_workbook_says_what_it_is(self) -> None:
        """A screen reader and a list of files say the title; "Sheet" and the name of our library say nothing."""
        book = load_workbook(io.BytesIO(staff_file.template_xlsx()))
        assert (book.properties.title, book.sheetnames) == ("List of staff to fill in", ["Staff"])
        assert book.properties.creator == settings.AUTHORITY_NAME

    def test_the_workbook_is_wide_enough_for_its_headings(self) -> None:
        (page,) = load_workbook(io.BytesIO(staff_file.template_xlsx())).worksheets
        for (heading,) in page.iter_cols(max_row=1):
            assert page.column_dimensions[heading.column_letter].width > len(heading.value)


class TestRefusedLines:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("=cmd|' /C calc'!A0,a@b.example,office", "formula"),
            ("A,a@b.example,=1+1", "formula"),
            ("+44 20,a@b.example,office", "formula"),
            ("@SUM(1),a@b.example,office", "formula"),
            ("\"\t=1\",a@b.example,office", "formula"),
            (",a@b.example,office", "name is missing"),
            ("A,,office", "email address is missing"),
            ("A,nonsense,office", "or is not a valid address"),
            ("A,a@b.example,caretaker", "role is not known"),
            ("A,a@b.example,office,4", "level is not known"),
            ("A,a@b.example,office,2,because", "basis is not known"),
            ("A,a@b.example,office,2,other," + "x" * 301, "longer than 300"),
            ("A,a@b.example,office,3,,,tomorrow", "is not a date"),
            ("A,a@b.example,office,3,,,31/2/2027", "is not a date"),
        ],
    )  # fmt: skip
    def test_in_words(self, line: str, words: str) -> None:
        (row,) = csv(HEAD + line + "\n")
        assert words in row.problem

    def test_all_that_is_wrong_with_a_line_is_said_at_once(self) -> None:
        """R34: nobody uploads the list once for each slip; what was typed is shown again."""
        (row,) = csv(HEAD + f",nonsense,caretaker,4,because,{'x' * 301},soon\n")
        assert row == StaffRow(
            2,
            email="nonsense",
            problem="The name is missing. The email address is missing, or is not a valid address. "
            "The role is not known. Roles are: teacher, support, office, governor. "
            "The level is not known. Levels are 1, 2 and 3. "
            "The basis is not known. It is: teaches, responsible, or another reason. "
            "The reason is longer than 300 letters. "
            "The last day is not a date. Write it as day/month/year, for example 31/8/2027.",
        )

    def test_a_formula_in_a_workbook_is_not_worked_out(self) -> None:
        (row,) = staff_file.read(xlsx(["name", "email", "role"], ['=HYPERLINK("http://x")', "a@b.example", "office"]))
        assert "formula" in row.problem
        assert row.name == ""


class TestRefusedFiles:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"x" * (list_file.MAX_BYTES + 1), "larger than 1 MB"),
            ((HEAD + "Zo\u00eb,a@b.example,office\n").encode("cp1252"), "CSV UTF-8"),
            ((HEAD + LINE).encode("utf-16-le"), "neither a CSV"),
            (b"\xd0\xcf\x11\xe0 old excel", "of the old kind"),
            (b"%PDF-1.7", "neither a CSV"),
            (b"PK\x03\x04 not a zip", "damaged"),
            (b"who,what\nA,B\n", "must name the columns"),
            (b"name,email\nA,a@b.example\n", "no column role"),
            (b"name,email,role,levle\n", "“levle” is not known"),
            (b"name,email,role,role\n", "more than one column “role”"),
            (b'name,email,role\n"A,a@b.example,office\n', "damaged"),
            ((HEAD + LINE * 501).encode(), "more than 500"),
        ],
    )
    def test_in_words(self, content: bytes, words: str) -> None:
        with pytest.raises(CannotRead, match=words):
            staff_file.read(content)

    def zipped(self, **parts: bytes) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
            for name, part in parts.items():
                package.writestr(name.replace("__", "/") + ".xml", part)
        return content.getvalue()

    def test_a_zip_that_is_no_workbook(self) -> None:
        with pytest.raises(CannotRead, match="neither a CSV"):
            staff_file.read(self.zipped(other=b"x"))

    def test_a_small_file_that_holds_too_much(self) -> None:
        bomb = self.zipped(xl__workbook=b"x", xl__bomb=b"0" * (list_file.MAX_UNPACKED + 1))
        assert len(bomb) < list_file.MAX_BYTES
        with pytest.raises(CannotRead, match="too large"):
            staff_file.read(bomb)

    def with_sheet(self, change: Callable[[str], str], encoding: str = "utf-8") -> bytes:
        """A workbook whose sheet was changed by hand."""
        content = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(xlsx(["name", "email", "role"]))) as book,
            zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package,
        ):
            for part in book.namelist():
                text = book.read(part)
                if part.endswith("sheet1.xml"):
                    text = change(text.decode()).encode(encoding)
                package.writestr(part, text)
        return content.getvalue()

    @pytest.mark.parametrize("many", ["<c/>", "<row/>"])
    def test_a_small_file_of_very_many_cells_or_rows(self, many: str) -> None:
        """R22: 4.5 million cells in 22 KB took 1.5 GB of memory and 12 seconds."""
        bomb = self.with_sheet(lambda text: text.replace("</sheetData>", f"<row>{many * 1_000_000}</row></sheetData>"))
        assert len(bomb) < 100_000
        with pytest.raises(CannotRead, match="too large"):
            staff_file.read(bomb)

    def test_entities_are_not_read_in_another_encoding_either(self) -> None:
        """R22: what UTF-16 hides from a search for ASCII letters is found."""

        def entity(text: str) -> str:
            start = text.index("<worksheet")
            head = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE worksheet [<!ENTITY a "office">]>'
            line = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ("A", "a@b.example", "&a;"))
            return head + text[start:].replace("</sheetData>", f"<row>{line}</row></sheetData>")

        with pytest.raises(CannotRead):
            staff_file.read(self.with_sheet(entity, "utf-16"))

    def test_entities_are_not_read(self) -> None:
        with pytest.raises(CannotRead):
            staff_file.read(self.zipped(xl__workbook=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Never an error page."""
    with suppress(CannotRead):
        assert all(row.problem or row.email for row in staff_file.read(content))


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_cells_are_read_or_refused(name: str, level: str, day: str) -> None:
    content = xlsx_or_none(["name", "email", "role", "level", "last day"], [name, "a@b.example", "office", level, day])
    if content:
        for row in staff_file.read(content):
            assert row.problem or row.name


def xlsx_or_none(*rows: list[object]) -> bytes | None:
    try:
        return xlsx(*rows)
    except Exception:  # letters that a workbook cannot hold
        return None
