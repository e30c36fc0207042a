"""The list of establishments as a file: the same rows in the same order as the page (R29, R31)."""

import codecs
import csv
import io

import pytest
from openpyxl import load_workbook

from sharing import door
from sharing.door.establishments import ORDERS
from sharing.models import Establishment
from tests.people import EDUNET, as_batch, asker, client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize(("slug", "site"), [("governor-beckside", None), ("officer-no-duty", EDUNET)])
def test_same_rows_same_order(slug: str, site, key) -> None:
    through = [site] if site else []
    names = [line.name for line in door.list_establishments(asker(slug, *through), order=key).page]
    browser = client(slug, *through)
    content = browser.get(f"/establishments/download/csv/?sort={key.value}").content.decode("utf-8-sig")
    assert [row["school_name"] for row in csv.DictReader(io.StringIO(content))] == names
    book = load_workbook(io.BytesIO(browser.get(f"/establishments/download/xlsx/?sort={key.value}").content))
    assert [row[2] for row in book["Establishments"].iter_rows(min_row=2, values_only=True)] == names
    notes = [row[1] for row in book["Notes"].iter_rows(values_only=True)]
    assert any(key.words in note for note in notes)


def test_the_workbook_says_what_it_is_and_its_tables_are_marked_for_a_screen_reader() -> None:
    """R29: a screen reader says the heading of each cell, and anybody can sort and filter."""
    book = load_workbook(io.BytesIO(client("governor-beckside").get("/establishments/download/xlsx/").content))
    told = book.properties
    assert (told.title, told.creator, told.language) == ("Establishments", "Bradford Council", "en-GB")
    for sheet in book:
        (table,) = sheet.tables.values()
        assert (table.ref, table.autoFilter.ref) == (sheet.dimensions, sheet.dimensions)
        assert table.column_names == [cell.value for cell in sheet[1]]
    assert all(says.alignment.wrap_text for (says,) in book["Notes"].iter_rows(min_col=2))
    assert book["Notes"].column_dimensions["B"].width == 100  # the longest note is wrapped, not cut
    longest = max(len(name.value) for (name,) in book["Establishments"]["C2:C999"] if name.value)
    assert book["Establishments"].column_dimensions["C"].width == longest + 2
    assert book["Establishments"].sheet_properties.pageSetUpPr.fitToPage


def test_days_are_days_and_each_printed_page_says_what_it_is() -> None:
    """R29: a day that is text cannot be sorted by, or stands there as 2022-09-01."""
    book = load_workbook(io.BytesIO(client("governor-beckside").get("/establishments/download/xlsx/").content))
    headings, first, *_ = book["Establishments"].iter_rows()
    cells = dict(zip((cell.value for cell in headings), first, strict=True))
    for heading in ("Takes part since", "Facts as of"):
        assert (cells[heading].is_date, cells[heading].number_format) == (True, "d mmm yyyy")
    for sheet in book:
        printed = (sheet.oddHeader.center.text, sheet.oddFooter.left.text, sheet.oddFooter.right.text)
        assert printed == ("Establishments: 13", "Bradford Council", "&P of &N")


def test_excel_reads_the_letters_of_a_name() -> None:
    """R31: Excel takes a CSV without a byte order mark for another encoding, and spells St Anne’s as St Anneâ€™s."""
    with as_batch():
        Establishment.objects.filter(urn=999002).update(name="St Anne’s Primary School")
    browser = client("governor-beckside")
    for path in ("csv", "meta"):
        assert browser.get(f"/establishments/download/{path}/").content.startswith(codecs.BOM_UTF8)
    rows = csv.DictReader(io.StringIO(browser.get("/establishments/download/csv/").content.decode("utf-8-sig")))
    assert "St Anne’s Primary School" in {row["school_name"] for row in rows}


def test_of_a_neighbouring_authority_the_file_does_not_say_that_it_is_in_ours() -> None:
    """R31: officers read the public facts of neighbours too; a file is joined by these columns."""
    with as_batch():
        facts = Establishment.objects.filter(urn=999002).values().get()
        facts |= {"id": None, "urn": 108076, "la_code": 383, "establishment_number": 4063, "name": "Roundhay School"}
        Establishment.objects.create(**facts)
    content = client("officer-no-duty", EDUNET).get("/establishments/download/csv/").content.decode("utf-8-sig")
    rows = {row["school_urn"]: row for row in csv.DictReader(io.StringIO(content))}
    areas = ("region_code", "region_name", "old_la_code", "new_la_code", "la_name")
    assert [rows["108076"][column] for column in areas] == ["", "", "383", "", ""]
    assert rows["108076"]["school_laestab"] == "3834063"
    ours = ["E12000003", "Yorkshire and The Humber", "380", "E08000032", "Bradford"]
    assert [rows["999002"][column] for column in areas] == ours
    key_data = client("officer-no-duty", EDUNET).get("/establishments/108076/key-data/download/csv/").content
    of_the_school = [row for row in csv.DictReader(io.StringIO(key_data.decode("utf-8-sig"))) if row["school_urn"]]
    assert {row["la_name"] for row in of_the_school} <= {""}


@pytest.mark.parametrize(
    ("query", "only"),
    [("", []), ("?named=+", []), ("?kind=primary&named=moor+", ["Type: Primary school", "Search: moor"])],
)
def test_part_of_the_list_is_not_taken_for_the_whole(query: str, only: list[str]) -> None:
    """R31."""
    book = load_workbook(io.BytesIO(client("governor-beckside").get(f"/establishments/download/xlsx/{query}").content))
    assert [row[1] for row in book["Notes"].iter_rows(values_only=True) if row[0] == "Only"] == only


def test_a_number_by_which_the_list_is_ordered_is_a_number() -> None:
    """R31: “1,234” or “26.0%” as text counts as nothing in a sum, and nothing says so."""
    with as_batch():
        Establishment.objects.filter(urn=999002).update(number_of_pupils=1234)
    browser = client("governor-beckside")
    book = load_workbook(io.BytesIO(browser.get("/establishments/download/xlsx/?sort=size").content))
    headings, first, *_ = book["Establishments"].iter_rows(values_only=True)
    assert (headings[-2:], first[0], first[-2:]) == (("Pupils on roll", "Mark"), 999002, (1234, None))
    assert ",1234,\r\n" in browser.get("/establishments/download/csv/?sort=size").content.decode()


def test_filters_and_forms() -> None:
    browser = client("governor-beckside")
    primaries = browser.get("/establishments/download/csv/?kind=primary").content
    rows = csv.DictReader(io.StringIO(primaries.decode("utf-8-sig")))
    assert {row["establishment_type"] for row in rows} == {"Primary school"}
    header = browser.get("/establishments/download/csv/").content.decode("utf-8-sig").splitlines()[0].split(",")
    meta = csv.DictReader(io.StringIO(browser.get("/establishments/download/meta/").content.decode("utf-8-sig")))
    assert {row["col_name"] for row in meta} <= set(header)
    assert browser.get("/establishments/download/pdf/").status_code == 404
    assert browser.get("/establishments/download/csv/?sort=ks2_rwm_expected").status_code == 422
