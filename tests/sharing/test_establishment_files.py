"""The list of establishments as a file: the same rows in the same order as the page (R29, R31)."""

import csv
import io

import pytest
from openpyxl import load_workbook

from sharing import door
from sharing.door.establishments import ORDERS
from tests.people import EDUNET, asker, client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize(("slug", "site"), [("governor-beckside", None), ("officer-no-duty", EDUNET)])
def test_same_rows_same_order(slug: str, site, key) -> None:
    through = [site] if site else []
    names = [line.name for line in door.list_establishments(asker(slug, *through), order=key).page]
    browser = client(slug, *through)
    content = browser.get(f"/establishments/download/csv/?sort={key.value}").content.decode()
    assert [row["school_name"] for row in csv.DictReader(io.StringIO(content))] == names
    book = load_workbook(io.BytesIO(browser.get(f"/establishments/download/xlsx/?sort={key.value}").content))
    assert [row[2] for row in book["Establishments"].iter_rows(min_row=2, values_only=True)] == names
    notes = [row[1] for row in book["Notes"].iter_rows(values_only=True)]
    assert any(key.words in note for note in notes)


def test_filters_and_forms() -> None:
    browser = client("governor-beckside")
    rows = csv.DictReader(io.StringIO(browser.get("/establishments/download/csv/?kind=primary").content.decode()))
    assert {row["establishment_type"] for row in rows} == {"Primary school"}
    header = browser.get("/establishments/download/csv/").content.decode().splitlines()[0].split(",")
    meta = csv.DictReader(io.StringIO(browser.get("/establishments/download/meta/").content.decode()))
    assert {row["col_name"] for row in meta} <= set(header)
    assert browser.get("/establishments/download/pdf/").status_code == 404
    assert browser.get("/establishments/download/csv/?sort=ks2_rwm_expected").status_code == 422
