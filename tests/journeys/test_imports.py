"""Bringing in a file, in the browser, with the demonstration's own worker (R22, R30)."""

import time
from datetime import date

import pytest

from sharing.upn import make_upn
from tests.journeys.browsing import PATIENCE, Someone
from tests.journeys.conftest import Browse
from tests.sharing.census_returns import document, pupil

pytestmark = pytest.mark.browser
SCHOOL = 999999
HERE = f"/establishments/{SCHOOL}/imports/"


def census(serial: int, surname: str, **facts: str) -> dict[str, object]:
    """A return of the Synthetic Primary School with one pupil, as a file that is chosen in the browser."""
    one = pupil(UPN=make_upn(380, 2999, 2023, serial), Surname=surname, Forename="Robin", **facts)
    content = document(one).replace("999998", str(SCHOOL))
    return {"name": "census.xml", "mimeType": "text/xml", "buffer": content.encode()}


def chooses_file(somebody: Someone, file: dict[str, object]) -> None:
    somebody.visits(f"{HERE}add/")
    somebody.page.get_by_role("radio", name="School Census. ").check()
    somebody.page.set_input_files("input[type=file]", files=[file])


def test_a_census_is_uploaded_checked_looked_at_and_applied(browse: Browse) -> None:
    # given a head whose school does not know Robin Journeyman
    head = browse("head-synthetic")
    head.looks_for("Journeyman", f"/establishments/{SCHOOL}/pupils/")
    assert "Journeyman, Robin" not in head.main

    # when she presses the button without a file, she is told; and with one, it is checked while she waits
    head.visits("/")
    head.presses("Bring in data")
    head.presses("Bring in a file")
    head.presses("Upload and check", status=422)
    assert "Choose a file." in head.page.get_by_role("alert").inner_text()
    chooses_file(head, census(801, "Journeyman"))
    head.page.get_by_role("button", name="Upload and check").click()
    head.waits_until("What would change")
    head.looks()

    # then she sees in numbers what would change, and nothing has changed
    assert "Checked: look at what will change" in head.main
    page = head.path
    head.looks_for("Journeyman", f"/establishments/{SCHOOL}/pupils/")
    assert "Journeyman, Robin" not in head.main
    head.visits("/")
    head.presses("1 import to look at")

    # when she looks whom it adds, applies it and closes the page
    head.visits(page)
    head.presses("See the names: Pupils added")
    assert "Journeyman, Robin" in head.main
    head.looks()
    head.presses("apply or discard it")
    assert head.path == page
    head.page.get_by_role("button", name="Apply").click()
    head.page.wait_for_load_state()
    head.visits("/")

    # then it is done by itself, and the child is there
    head.page.goto(page)
    head.waits_until("What was changed")
    head.looks()
    head.presses("confirm that the return is complete")
    assert head.path == f"/establishments/{SCHOOL}/returns/"
    head.looks_for("Journeyman", f"/establishments/{SCHOOL}/pupils/")
    assert "Journeyman, Robin" in head.main
    head.visits(HERE)
    assert "Applied" in head.main

    # and the same file again changes nothing
    chooses_file(head, census(801, "Journeyman"))
    head.page.get_by_role("button", name="Upload and check").click()
    head.waits_until("The file changes nothing. Apply it anyway, so that the return is known to have come.")
    head.looks()
    head.presses("Discard")
    assert "Discarded: nothing was changed" in head.main


def test_without_scripts_a_file_with_errors_is_refused_with_a_report(browse: Browse) -> None:
    """R30: a link shows how far it is, and one shows whom the errors are about."""
    head = browse("head-synthetic", scripts=False)
    chooses_file(head, census(802, "Backwards", DOB=f"{date.today().year + 1}-02-01"))
    head.presses("Upload and check")
    until = time.monotonic() + PATIENCE / 1000
    while "Correct what is listed below in your system" not in head.main and time.monotonic() < until:
        head.presses("Refresh")
    assert "Errors: the file is refused because of these" in head.main
    assert "DOB" in head.main
    assert "Backwards" not in head.main
    head.presses("Who the rows are about")
    assert "Backwards, Robin" in head.main
    head.looks()
    head.presses("What is wrong, and what to do")
    with head.page.expect_download() as download:
        head.page.get_by_role("link", name="Download the report (CSV)").click()
    assert b"DOB" in download.value.path().read_bytes()
    head.looks_for("Backwards", f"/establishments/{SCHOOL}/pupils/")
    assert "Backwards, Robin" not in head.main


def test_the_pages_of_the_whole_authority(browse: Browse) -> None:
    officer = browse("officer-data", on="edunet")
    officer.presses("Bring in data for the whole authority, and what was brought in")
    officer.presses("Bring in a file")
    officer.presses("Upload and check", status=422)
    chooses = {"name": "census.xml", "mimeType": "text/xml", "buffer": b"<Message></Message>"}
    officer.page.get_by_role("radio", name="School Census. ").check()
    officer.page.set_input_files("input[type=file]", files=[chooses])
    officer.page.get_by_role("button", name="Upload and check").click()
    officer.waits_until("What is listed below has to be corrected where the file was made")
    officer.looks()
