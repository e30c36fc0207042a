"""Files as offices send them, by the website's own page and the worker: what the sender reads (R22, R30)."""

import gzip
import html
import io
import re
import zipfile
from pathlib import Path

import pytest
from django.test import override_settings

from sharing.service import work
from tests.people import EDUNET, client
from tests.sharing.census_returns import UPN, document, pupil
from tests.sharing.collect_export import sound
from tests.sharing.imports.sending import now

pytestmark = pytest.mark.usefixtures("own_database")
HERE = "/establishments/999002/imports/"
HEAD, ESTAB = "head-beckside", "2901"
CLASSES = f"DfE number,UPN,Class\n380/2901,{UPN},4 Oak\n".encode()
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def returned(*pupils: str, **header: str) -> bytes:
    """A return of the school that sends it, unless `header` says otherwise."""
    return document(*pupils, **{"Estab": ESTAB} | header).replace("999998", "999002").encode()


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def words_of(page: str) -> str:
    """What a person reads, without the tags."""
    (main,) = re.findall(r"<main.*?</main>", page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def sent(kind: str, name: str, content: bytes) -> str:
    """What the sender reads in the end: on the page of uploading, or on that of the import."""
    browser = client(HEAD)
    answer = browser.post(f"{HERE}add/", {"kind": kind, "file": named(name, content)})
    if answer.status_code == 422:
        return words_of(answer.content.decode())
    assert answer.status_code == 302
    work.until_nothing_waits()
    assert now(int(answer["location"].split("/")[-2])).state in ("refused", "ready")
    return words_of(browser.get(answer["location"]).content.decode())


AT_ONCE = {
    "a workbook": (
        "classes",
        "classes.xlsx",
        zipped("xl/workbook.xml", b"x"),
        "is a workbook. Open it in Excel, choose",
    ),
    "an old workbook": ("classes", "classes.xls", OLD_OR_LOCKED, "is a workbook. Open it in Excel, choose"),
    "a workbook called CSV": ("classes", "classes.csv", zipped("xl/workbook.xml", b"x"), "workbook, whatever its name"),
    "a locked one called CSV": ("classes", "classes.csv", OLD_OR_LOCKED, "is a workbook, whatever its name says"),
    "a packed return": ("census", "census.zip", zipped("c.xml", b"<a/>"), "is packed. Unpack it, and choose the file"),
    "a packed return called XML": (
        "census",
        "census.xml",
        zipped("c.xml", b"<a/>"),
        "is packed, whatever its name says",
    ),
    "a return in gzip": (
        "census",
        "census.xml.gz",
        gzip.compress(b"<a/>", mtime=0),
        "is packed. Unpack it, and choose",
    ),
    "a table as a return": ("census", "census.csv", CLASSES, "is the wrong kind of file. This comes as .xml"),
    "nothing": ("classes", "classes.csv", b"", "“classes.csv” is empty. Export it again."),
}


@pytest.mark.parametrize(("kind", "name", "content", "words"), AT_ONCE.values(), ids=AT_ONCE.keys())
def test_what_is_seen_at_once_is_said_with_its_cure(kind: str, name: str, content: bytes, words: str) -> None:
    assert words in sent(kind, name, content)


WRONG_CHOICE = {
    "the export of all schools as a return": (
        "/imports/add/", "census", "all.zip", "If it is “School Census of all schools (COLLECT export)”, choose",
    ),
    "a table as a return": ("/imports/add/", "census", "a.csv", "If it is a file of another kind, choose that"),
    "a return as a table": (f"{HERE}add/", "classes", "a.xml", "If it is a file of another kind, choose that"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "kind", "name", "words"), WRONG_CHOICE.values(), ids=WRONG_CHOICE.keys())
def test_where_the_choice_may_be_wrong_the_other_one_is_named(page: str, kind: str, name: str, words: str) -> None:
    """Nobody unpacks the export of 200 schools because the first kind of the list was chosen."""
    browser = client(HEAD) if page.startswith(HERE) else client("officer-data", EDUNET)
    answer = browser.post(page, {"kind": kind, "file": named(name, zipped("a.csv", b"x"))})
    assert answer.status_code == 422
    assert words in words_of(answer.text)


def test_a_file_that_no_choice_would_take_is_told_of_none() -> None:
    assert "choose that kind" not in sent("classes", "classes.docx", b"PK")


CHECKED = {
    "a PDF called CSV": ("classes", b"%PDF-1.7", "This is a PDF, not a CSV."),
    "“Unicode Text”": (
        "classes",
        CLASSES.decode().replace(",", "\t").encode("utf-16"),
        "“CSV UTF-8 (Comma delimited)”",
    ),
    "semicolons": ("classes", CLASSES.replace(b",", b";"), "The columns are separated by semicolons"),
    "blank rows alone": ("classes", b" \n\n", "The file is empty."),
    "a header alone": ("classes", b"DfE number,UPN,Class\n,,\n", "There is a header and no rows."),
    "a stranger's number": ("classes", CLASSES.replace(b"2901", b"2999"), "You cannot bring in records for this"),
    "results as classes": ("results", CLASSES, "The column 'Stage' is missing."),
    "classes as a return": ("census", b"<html></html>", "This is a web page. Send the School Census"),
    "a return cut in the middle": ("census", returned(pupil())[:700], "The file is cut short at line"),
    "another school's return": ("census", returned(pupil(), Estab="2903"), "2903"),
    "another authority's return": ("census", returned(pupil(), LEA="383"), "in another authority"),
    "a return without a pupil": ("census", returned(), "The return contains no pupils on roll."),
}


@pytest.mark.parametrize(("kind", "content", "words"), CHECKED.values(), ids=CHECKED.keys())
def test_what_the_worker_finds_is_said_with_its_cure(kind: str, content: bytes, words: str) -> None:
    page = sent(kind, f"file.{'xml' if kind == 'census' else 'csv'}", content)
    assert words in page
    assert "Nothing was changed." in page
    assert UPN not in page


NAMES = {
    "a path": "C:\\Users\\office\\classes.csv",
    "quotation marks": 'the "new" classes\'.csv',
    "signs of four bytes": "\U0001f4da" * 140 + ".csv",
    "letters of two bytes": "é" * 300 + ".csv",
    "letters of three bytes": "ক" * 300 + ".csv",
    "300 letters": "x" * 300 + ".csv",
    "a space at its end": "classes.csv ",
    "capitals": "CLASSES.CSV",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_file_of_any_name_is_read(name: str) -> None:
    """Its worker keeps it under its own name, which a disk has to have room for."""
    assert "A UPN has 13 characters, but this has 4." in sent("classes", name, CLASSES.replace(UPN.encode(), b"A123"))


def test_the_tables_of_an_export_are_chosen_together(tmp_path: Path) -> None:
    """As the page says: nobody has to make a zip of them first. One of them alone is told so."""
    browser = client("officer-data", EDUNET)
    for chosen, words in (("*.csv", "School Census of 2 establishments"), ("*pupilonroll.csv", "only one table")):
        tables = [named(path.name, path.read_bytes()) for path in sorted(sound().write(tmp_path).glob(chosen))]
        answer = browser.post("/imports/add/", {"kind": "collect", "file": tables})
        assert answer.status_code == 302, words_of(answer.content.decode())[:200]
        work.until_nothing_waits()
        assert words in words_of(browser.get(answer["location"]).content.decode())


def test_a_hundred_errors_are_all_told_and_can_be_taken_away() -> None:
    rows = b"".join(b"380/2901,A%d,4 Oak\n" % number for number in range(100))
    browser = client(HEAD)
    answer = browser.post(f"{HERE}add/", {"kind": "classes", "file": named("a.csv", b"DfE number,UPN,Class\n" + rows)})
    work.until_nothing_waits()
    report = browser.get(f"{answer['location']}report/").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in report.splitlines()[1:]] == [str(row) for row in range(2, 102)]


def test_a_file_that_is_too_large_keeps_what_was_chosen() -> None:
    with override_settings(LARGEST_IMPORT=1024 * 1024):
        answer = client(HEAD).post(f"{HERE}add/", {"kind": "classes", "file": named("a.csv", bytes(1024 * 1024 + 1))})
    assert answer.status_code == 422
    assert "At most 1 MB can be brought in at once." in words_of(answer.content.decode())
    assert re.search(r'value="classes"[^>]*checked', answer.content.decode())
