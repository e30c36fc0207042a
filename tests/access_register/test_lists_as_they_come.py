"""Lists of staff and of heads as offices save them: what is taken without doubt, and what is refused in words (R34).

No database.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from access_register.headships import heads_file
from access_register.register import staff_file
from access_register.register.list_file import CannotRead

HEADER = "name,email,role,level,reason,first day,last day\n"
COLUMNS = HEADER.strip().split(",")
HEADS = "urn,establishment,name of head,email,first day\n"
ANN = ["Ann Lee", "ann@b.example", "teacher", 2, "x", None, date(2027, 8, 31)]
BOB = ["Bob Ray", "bob@b.example", "office"]


def workbook(*sheets: tuple[str, list[list[object]]], changed: Callable[[Workbook], None] = lambda book: None) -> bytes:
    book, content = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    changed(book)
    book.save(content)
    return content.getvalue()


def with_sheet(content: bytes, said: bytes, instead: bytes) -> bytes:
    """The workbook with other words in its first sheet, as no spreadsheet would write them."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(changed, "w") as package:
        for name in book.namelist():
            part = book.read(name)
            package.writestr(name, part.replace(said, instead) if name.endswith("sheet1.xml") else part)
    assert changed.getvalue() != content
    return changed.getvalue()


def hidden(book: Workbook) -> None:
    book.worksheets[0].sheet_state = "hidden"


def merged(book: Workbook) -> None:
    book.worksheets[0].merge_cells("B1:C1")


def far_below(book: Workbook) -> None:
    for column, value in enumerate(BOB, start=1):
        book.worksheets[0].cell(2600, column, value)


TAKEN = {
    "UTF-16, as “Unicode Text” is": "name\temail\trole\nJosé Gil\tann@b.example\toffice\n".encode("utf-16"),
    "UTF-16 from a Mac": "\ufeffname\temail\trole\nJosé Gil\tann@b.example\toffice\n".encode("utf-16-be"),
    "line ends of an old Mac": "name,email,role\rJosé Gil,ann@b.example,office\r".encode(),
    "spaces in the header": "Name ,\u00a0EMAIL,Role,last  day\nJosé Gil,ann@b.example,office,\n".encode(),
    "blank rows and cells": "name,email,role,,\n,,,,\n , ,\u00a0,,\nJosé Gil,ann@b.example,office,,\n,,,,\n".encode(),
    "a link for an address": "name,email,role\nJosé Gil,mailto:ann@b.example,office\n".encode(),
    "the list on the second sheet": workbook(
        ("Read me", [["How to fill it in"]]),
        ("Staff", [["name", "email", "role"], ["José Gil", "ann@b.example", "office"]]),
    ),
    "an empty first sheet": workbook(
        ("Sheet1", []), ("Staff", [["name", "email", "role"], ["José Gil", "ann@b.example", "office"]])
    ),
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_what_leaves_no_doubt_is_taken(content: bytes) -> None:
    (row,) = staff_file.read(content)
    assert (row.name, row.email, row.role, row.problem) == ("José Gil", "ann@b.example", "office", "")


@pytest.mark.parametrize("day", ["31/8/2027", "31.08.2027", "31/08/2027 00:00", "31/08/2027 00:00:00"])
def test_a_day_as_a_spreadsheet_writes_it(day: str) -> None:
    (row,) = staff_file.read(f"{HEADER}Ann Lee,ann@b.example,teacher,2,x,,{day}\n".encode())
    assert (row.last_day, row.problem) == ("2027-08-31", "")


def test_a_list_that_goes_on_far_below_is_read_to_its_end() -> None:
    """Nobody is left out in silence, whatever blank rows stand between."""
    rows = staff_file.read(workbook(("Staff", [COLUMNS, ANN]), changed=far_below))
    assert [row.number for row in rows] == [2, 2600]


def far_too_low(book: Workbook) -> None:
    book.worksheets[0].cell(11_000, 1, "Bob Ray")


def blank_at_its_end(book: Workbook) -> None:
    book.worksheets[0].cell(1_048_576, 1).font = Font(bold=True)


def test_a_last_row_that_is_only_formatted_is_no_matter() -> None:
    """Some programs write one at the very end of each sheet."""
    (row,) = staff_file.read(workbook(("Staff", [COLUMNS, ANN]), changed=blank_at_its_end))
    assert (row.name, row.problem) == ("Ann Lee", "")


def test_a_sheet_that_is_not_read_to_its_end_is_refused() -> None:
    with pytest.raises(CannotRead, match="The list goes on below row 10,000"):
        staff_file.read(workbook(("Staff", [COLUMNS, ANN]), changed=far_too_low))


def test_a_workbook_of_very_many_sheets_is_not_looked_through() -> None:
    """A small file can hold a thousand: each took a hundredth of a second."""
    with pytest.raises(CannotRead, match="The workbook has more than 30 sheets"):
        staff_file.read(workbook(*((f"Sheet {number}", [COLUMNS]) for number in range(31))))


def test_a_sheet_with_a_heading_alone_is_no_second_list() -> None:
    """As the template has it that was left in the workbook, before the list or after it."""
    for sheets in (
        (("Template", [COLUMNS]), ("Staff", [COLUMNS, ANN])),
        (("Staff", [COLUMNS, ANN]), ("Old", [COLUMNS])),
    ):
        (row,) = staff_file.read(workbook(*sheets))
        assert (row.name, row.problem) == ("Ann Lee", "")


PEOPLE = [["Cat Day", "cat@b.example", "office"], ["Dan Fry", "dan@b.example", "office"]]


@pytest.mark.parametrize(
    "sheets",
    [
        (("Staff", [COLUMNS, ANN]), ("Page 2", PEOPLE)),
        (("Page 2", PEOPLE), ("Staff", [COLUMNS, ANN])),
        (("Staff", [COLUMNS, ANN]), ("Page 2", [["Name", "E-mail", "Role"], *PEOPLE])),
        (("Staff", [COLUMNS]), ("Page 2", PEOPLE)),
    ],
    ids=["after the list", "before the list", "under other headings", "beside the heading alone"],
)
def test_people_on_another_sheet_are_not_left_out_in_silence(
    sheets: tuple[tuple[str, list[list[object]]], ...],
) -> None:
    """R34: a list that goes on on the next sheet has no heading there."""
    with pytest.raises(CannotRead, match="people without a heading on another sheet too: “Page 2”"):
        staff_file.read(workbook(*sheets))


def test_an_address_in_a_note_is_nobody_on_the_list() -> None:
    notes = [["Questions", "to the office"], ["office@b.example"], ["Sent", "last week", "by ann@b.example"]]
    (row,) = staff_file.read(workbook(("Staff", [COLUMNS, ANN]), ("Notes", notes)))
    assert (row.name, row.problem) == ("Ann Lee", "")


@pytest.mark.parametrize("end", ["\n  ", "\n\t", "\n\u00a0"])
def test_blanks_after_the_last_line_are_no_line_that_is_cut_off(end: str) -> None:
    (row,) = staff_file.read(f"name,email,role,last day\nAnn Lee,ann@b.example,teacher,{end}".encode())
    assert (row.name, row.problem) == ("Ann Lee", "")


def test_headings_that_are_blank_do_not_make_the_last_line_short() -> None:
    (row,) = staff_file.read(b"name,email,role,,\nAnn Lee,ann@b.example,teacher")
    assert (row.name, row.problem) == ("Ann Lee", "")


LINES = {
    "a letter that the file could not hold": ("Pawe? Nowak,a@b.example,office,,,,", "Letters of this name may be lost"),
    "UTF-8 read as Windows-1252": ("JosÃ© Gil,a@b.example,office,,,,", "Letters of this name may be lost"),
    "escaped twice": ("Ann O&apos;Brien,a@b.example,office,,,,", "Letters of this name may be lost"),
    "a look-up that failed": ("#N/A,a@b.example,office,,,,", "The cell “name” has “#N/A” instead of its value"),
    "a column too narrow": ("Ann,a@b.example,office,,,########,", "The cell “first day” has “########”"),
    "a comma in the last text": (
        "Ann,a@b.example,office,,x,,,for it",
        "The line has more cells than there are columns",
    ),
    "a name that would be cut": (f"{'A' * 201},a@b.example,office,,,,", "The name is longer than 200 letters"),
    "a number for a name": ("12345,a@b.example,office,,,,", "The name has no letters"),
    "a day in digits": ("Ann,a@b.example,office,,,,46630", "The last day is a number, not a date."),
    "month before day": ("Ann,a@b.example,office,,,,8/31/2027", "Write it as day/month/year"),
    "a year of two digits": ("Ann,a@b.example,office,,,,31/08/27", "Write it as day/month/year"),
    "a level made a date": ("Ann,a@b.example,office,02-Jan,,,", "Levels are 1, 2 and 3"),
}


@pytest.mark.parametrize(("line", "words"), LINES.values(), ids=LINES.keys())
def test_a_line_that_would_be_taken_wrongly_is_refused(line: str, words: str) -> None:
    (row,) = staff_file.read(f"{HEADER}{line}\n".encode())
    assert words in row.problem


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O’Brien", "Łukasz Żak", "Åsa Ångström", "Ann & Co", "Anne-Marie D'Arcy", "João", "MATÚŠ KRÍŽ", "MIKLÓŠ",
        "RENÉ–MARIE DUPONT", "CONCEIÇÃO GUIMARÃES", "ANDRÉ’S",
    ],
)  # fmt: skip
def test_a_name_as_it_is_written(name: str) -> None:
    (row,) = staff_file.read(f"{HEADER}{name},a@b.example,office,,,,\n".encode())
    assert (row.name, row.problem) == (name, "")


FILES = {
    "two lists": (workbook(("Teachers", [COLUMNS, ANN]), ("Office", [COLUMNS, BOB])), "“Teachers” and “Office”"),
    "one of two is hidden": (workbook(("Old", [COLUMNS, ANN]), ("New", [COLUMNS, BOB]), changed=hidden), "“Old” and"),
    "merged cells": (workbook(("Staff", [COLUMNS, ANN]), changed=merged), "The file has no column email|must name"),
    "a title above": (workbook(("Staff", [["Staff of 2027"], COLUMNS, ANN])), "The first line must name the columns"),
    "a column without heading": (b"name,,email,role\nAnn,x,a@b.example,office\n", "Column 2 has no heading"),
    "two of them": (b"name,,,email,role\nAnn,,,a@b.example,office\n", "Column 2 has no heading"),
    "locked, or old": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "locked with a password, or is of the old kind",
    ),
    "Windows-1252": (f"{HEADER}José,a@b.example,office,,,,\n".encode("cp1252"), "In Excel choose “CSV UTF-8”"),
    "UTF-16 that is damaged": (b"\xff\xfen\x00a\x00\x00", "In Excel choose “CSV UTF-8”"),
    "cut off": (b"name,email,role\nAnn,a@b.example,office\nBob,b@b.exa", "The file is cut off in its last line"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_would_be_taken_wrongly_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(CannotRead, match=words):
        staff_file.read(content)


@pytest.mark.parametrize("urn", ["107243", "107243.0", '"107,243"', "107 243"])
def test_a_urn_with_the_marks_of_a_spreadsheet(urn: str) -> None:
    (row,) = heads_file.read(f"{HEADS}{urn},A school,Ann Lee,a@b.example,\n".encode())
    assert (row.urn, row.problem) == (107243, "")


@pytest.mark.parametrize(
    ("urn", "words"),
    [("1.07E+05", "its last digits are lost"), ("1.07243E+05", "its last digits are lost"), ("", "The URN is missing")],
)
def test_a_urn_that_is_lost(urn: str, words: str) -> None:
    (row,) = heads_file.read(f"{HEADS}{urn},A school,Ann Lee,a@b.example,\n".encode())
    assert words in row.problem


def test_a_time_of_day_in_a_cell_is_no_matter() -> None:
    content = workbook(
        ("Heads", [HEADS.strip().split(","), [107243.0, "X", "Ann", "a@b.example", datetime(2027, 9, 1)]])
    )
    assert heads_file.read(content)[0].first_day == "2027-09-01"


STAFF = workbook(("Staff", [["name", "email", "role"], ANN[:3], BOB]))
OUT_OF_PLACE = {
    "a row of the same number": (b'<row r="3"', b'<row r="2"'),
    "a row of no number": (b'<row r="3"', b'<row r="0"'),
    "a row below the last": (b'<row r="3"', b'<row r="1048577"'),
    "a row above the one before": (b'<row r="2"', b'<row r="4"'),
    "a cell twice": (b'r="B2"', b'r="A2"'),
}


@pytest.mark.parametrize(("said", "instead"), OUT_OF_PLACE.values(), ids=OUT_OF_PLACE.keys())
def test_a_row_out_of_place_is_not_passed_over(said: bytes, instead: bytes) -> None:
    """Some programs write such rows. The person in it was left out, and nobody was told."""
    assert [row.name for row in staff_file.read(STAFF)] == ["Ann Lee", "Bob Ray"]
    with pytest.raises(CannotRead, match="The Excel workbook is damaged"):
        staff_file.read(with_sheet(STAFF, said, instead))


def test_rows_without_numbers_are_in_their_order() -> None:
    content = with_sheet(with_sheet(STAFF, b'<row r="2"', b"<row"), b'<row r="3"', b"<row")
    assert [row.name for row in staff_file.read(content)] == ["Ann Lee", "Bob Ray"]


def test_a_list_in_utf_32_is_refused() -> None:
    """It begins like UTF-16, and each line of it was read as two."""
    with pytest.raises(CannotRead, match="neither a CSV file nor an Excel workbook"):
        staff_file.read("name,email,role\r\nJosé Gil,ann@b.example,office\r\n".encode("utf-32"))
