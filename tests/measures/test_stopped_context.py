"""Where establishments stand by their context, it is said that figures of it are stopped (R22, R29, R31)."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests import figures, open_statistics
from tests.measures.releases import BECKSIDE, CODE
from tests.measures.test_stopped_releases import GOVERNOR, READERS, stopped
from tests.people import EDUNET, as_batch, client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("dataset", "code", "path", "is_there"),
    [
        ("deprivation", "idaci", f"/establishments/{BECKSIDE}/", True),
        ("deprivation", "idaci", "/establishments/?sort=idaci", True),
        ("deprivation", "idaci", "/localities/1/", True),
        ("roll", "roll_fsm", "/establishments/?sort=fsm", True),
        ("roll", "roll_fsm", "/localities/1/", True),
        ("roll", "roll_fsm", f"/establishments/{BECKSIDE}/", False),
        ("deprivation", "idaci", "/establishments/", False),
        ("comparators", CODE, "/school-finder/?of=999002", False),
        ("ks4", "ks4_stayed", "/school-finder/?of=999002", True),
        ("ks4", "ks4_stayed", "/localities/1/", False),
    ],
)
def test_where_establishments_stand_by_their_context(dataset: str, code: str, path: str, is_there: bool) -> None:
    """R22, R29: a page or list by context said nothing, and showed the year before or that nothing is known."""
    with as_batch():
        release = figures.out(dataset, 2031, {(BECKSIDE, code): 20})
    stopped(release)
    for slug, through in READERS[1:]:
        if through == EDUNET or not path.startswith("/localities/"):
            page = client(slug, through).get(path)
            assert page.status_code == 200
            assert ("2031/32: these figures are not shown" in page.content.decode()) is is_there, slug


@pytest.mark.parametrize(("order", "is_there"), [("fsm", True), ("idaci", False), ("name", False)])
def test_open_statistics_have_numbers_for_some_of_it(order: str, is_there: bool) -> None:
    """R22: where they are what is shown instead of our own figures, and nowhere else."""
    with as_batch():
        release = open_statistics.out(2031)
    stopped(release)
    page = client(GOVERNOR).get(f"/establishments/?sort={order}")
    assert ("2031/32: these figures are not shown" in page.content.decode()) is is_there


def test_in_the_files_of_a_list_by_context() -> None:
    """R29, R31: in the notes of the workbook, and in what the columns of the CSV mean."""
    with as_batch():
        release = figures.out("deprivation", 2031, {(BECKSIDE, "idaci"): 0.2})
    stopped(release)
    browser = client(GOVERNOR)
    book = load_workbook(BytesIO(browser.get("/establishments/download/xlsx/?sort=idaci").content), read_only=True)
    said = [str(row[1]) for row in book["Notes"].iter_rows(values_only=True)]
    said.append(browser.get("/establishments/download/meta/?sort=idaci").content.decode())
    assert ["2031/32: these figures are not shown" in text for text in said].count(True) == 2


def test_where_protected_numbers_stand_by_deprivation() -> None:
    """R22, R29: that is their order unless another is chosen; without what is stopped they stand by name."""
    with as_batch():
        open_statistics.out()
        release = figures.out("deprivation", 2031, {(BECKSIDE, "idaci"): 0.2})
    stopped(release)
    browser, path = client(GOVERNOR), "/statistics/establishments/establishments_fsm/"
    for order, is_there in ("", True), ("?sort=idaci", True), ("?sort=name", False):
        book = load_workbook(BytesIO(browser.get(f"{path}download/xlsx/{order}").content), read_only=True)
        said = " ".join(str(row[1]) for row in book["Notes"].iter_rows(values_only=True))
        for text in said, browser.get(f"{path}{order}").content.decode():
            assert ("2031/32: these figures are not shown" in text) is is_there, order
