"""R14, R15: somebody takes a list away, opens it, and says how it was destroyed."""

import re

import pytest

from tests.downloads.reading import sheets_in
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = "/establishments/999002"


@pytest.mark.parametrize(
    ("slug", "site"), [("teacher-beckside", "schools_online"), ("officer-data", "edunet")], ids=["teacher", "officer"]
)
def test_taking_a_list_away(browse: Browse, slug: str, site: str) -> None:
    """Asked for, passphrase, file, destroyed: without script it is the same forms."""
    somebody = browse(slug, on=site)
    somebody.visits(f"{HERE}/pupils/?year_group=5")
    somebody.presses("Download or print this list")
    somebody.presses("Continue", status=422)
    for choice in ("To correct records", "Excel workbook, encrypted", "I have read what I must do"):
        somebody.page.get_by_label(re.compile(choice)).check()
    somebody.presses("Continue")
    somebody.presses("Show the passphrase")
    words = somebody.page.locator(".govuk-panel__body").inner_text().strip()
    somebody.presses("I have written it down")
    with somebody.page.expect_download() as waiting:
        somebody.page.get_by_role("button", name="Collect the file").click()
    assert "Pupils" in sheets_in(waiting.value.path().read_bytes(), words)
    somebody.visits("/my-downloads/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.presses("I have destroyed it", status=422)
    somebody.page.get_by_label(re.compile("Deleted from everywhere")).check()
    somebody.presses("I have destroyed it")
    assert "Destroyed" in somebody.main
