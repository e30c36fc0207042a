"""R26 to R28 in a browser: an item is added, read in its Locality, opened by consent, and closed again."""

import re
from datetime import date

import pytest

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
BECKSIDE, RAVENSGILL = 999002, 999003
TITLE = "Reading in Year 4, for the governors"
TABLE = {"name": "Reading.csv", "mimeType": "text/csv", "buffer": b"Class,Children\r\n4A,28\r\n"}
MACROS = {"name": "Reading.xlsm", "mimeType": "application/octet-stream", "buffer": b"PK"}


def test_an_item_is_added_shared_and_closed_again(browse: Browse) -> None:
    """R26, R27, R28, R30, R44."""
    # given an officer with the duty, who adds an item with a file that is refused, and then with one that is kept
    officer = browse("officer-school-improvement", on="edunet")
    officer.visits("/")
    officer.presses(officer.page.get_by_role("link", name="Confidential items of Beckside Primary School"))
    officer.presses("Add an item")
    officer.presses("Add the item", status=422)
    officer.chooses("Bespoke analysis")
    officer.types("Title", TITLE)
    officer.types("Team responsible for it", "School improvement")
    officer.types("Figures", "Children: 28")
    officer.page.set_input_files("input[type=file]", files=[MACROS])
    officer.presses("Add the item", status=422)
    assert "must be a PDF" in officer.main
    officer.page.set_input_files("input[type=file]", files=[TABLE])
    officer.presses("Add the item")
    assert officer.heading == TITLE
    path = officer.path

    # then the head reads it, with its marking and its file, and a school of the Locality does
    head, near, far = browse("head-beckside"), browse("office-oxenby"), browse("governor-ravensgill")
    head.presses("Confidential items")
    head.presses(TITLE)
    assert "OFFICIAL-SENSITIVE" in head.main
    with head.page.expect_download() as download:
        head.page.get_by_role("link", name="Download Reading.csv").click()
    assert download.value.suggested_filename == "CONFIDENTIAL Reading.csv"
    near.presses("Confidential items")
    near.presses(near.page.get_by_role("link", name=re.compile(f"^{TITLE}")))
    near.page.get_by_text("Why can I see this?").click()
    assert "in the Aireholme Locality today" in near.main

    # and to a school of another Locality it is not there
    far.visits(path, status=404)
    there_is_none = far.main
    far.visits("/confidential/00000000-0000-4000-8000-000000000000/", status=404)
    assert far.main == there_is_none

    # when the head has looked who would see it, and consents, then that school sees it
    head.presses("Who sees it, and your consent")
    assert "Oxenby High School" in head.main
    head.presses("See who would see it", status=422)
    head.chooses("Establishments that you name")
    head.types("If you name establishments, which ones?", "Ravensgill Primary School")
    head.types("Last day", f"1/9/{date.today().year + 1}")
    head.presses("See who would see it")
    assert "Ravensgill Primary School" in head.main
    far.visits(path, status=404)
    head.presses("Give my consent")
    far.visits(f"/establishments/{RAVENSGILL}/confidential/")
    far.presses(far.page.get_by_role("link", name=re.compile(f"^{TITLE}")))
    assert far.heading == TITLE

    # when the head takes it back, then it is not there on the next request
    head.presses(head.page.get_by_role("button", name=re.compile("^Withdraw consent 1")))
    far.visits(path, status=404)

    # and when the officer withdraws the item, then it is there for nobody at a school
    officer.opens_and_presses("Withdraw the item", "Withdraw it")
    assert "No establishment sees it any more" in officer.main
    head.visits(path, status=404)
    near.visits(path, status=404)
