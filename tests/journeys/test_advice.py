"""An officer writes a page of advice, a second one agrees, and a stranger reads it, in a real browser (R37)."""

import pytest

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
TITLE = "Open days for parents"
TEXT = """## Before the day

Write to parents **two weeks** before.

- Say when it begins.
- Say who answers questions, by their role.

| Term | Open days |
|---|--:|
| Autumn | 2 |

### On the day

Read [keeping data safe](/guidance/keeping-data-safe/), and [what the law says](https://www.gov.uk/).
"""


def test_advice_is_written_agreed_to_read_and_taken_down(browse: Browse) -> None:
    """R37: with a preview, on both sites, at an address that stays; down at once by one officer."""
    # given an officer who writes a page, first without a word, then with a link that runs
    writer = browse("officer-admissions", on="edunet")
    writer.presses("Advice and guidance")
    writer.presses("Write a page")
    writer.presses("Save the draft", status=422)
    assert "Enter the title." in writer.main
    writer.types("Title", TITLE)
    writer.types("Summary in one sentence", "How schools invite parents.")
    writer.page.get_by_label("Owner").fill("Admissions team")
    writer.types("Text", "[This](javascript:alert(1))")
    writer.presses("Preview", status=422)
    assert "Row 1: the link “This” leads neither to a secure web address" in writer.main

    # when she mends it, looks at the preview and saves it
    writer.types("Text", TEXT)
    writer.presses("Preview")
    assert writer.page.get_by_role("heading", name="Before the day").is_visible()
    assert writer.page.get_by_label("Text").input_value() == TEXT
    writer.presses("Save the draft")
    writer.presses("Ask a second officer to agree")
    assert "Another officer with a recorded duty has to agree." in writer.main
    stranger = browse()
    stranger.visits("/guidance/open-days-for-parents/", status=404)

    # then a second officer finds it on the home page and agrees
    second = browse("officer-data", on="edunet")
    second.presses(second.page.get_by_role("link", name="of advice to agree to"))
    second.presses(TITLE)
    second.presses("Agree and publish", status=422)
    second.confirms()
    second.presses("Agree and publish")
    assert "Anybody can now read it, on both sites." in second.main

    # and anybody reads it, without signing in
    stranger.visits("/guidance/")
    stranger.presses(TITLE)
    assert stranger.heading == TITLE
    assert "Owner of this page: Admissions team." in stranger.main
    assert stranger.page.get_by_role("region", name="Table 1: Before the day").is_visible()
    stranger.presses("keeping data safe")
    without_script = browse(scripts=False, on="edunet")
    without_script.visits("/guidance/open-days-for-parents/")
    assert "two weeks" in without_script.main

    # until an officer changes it, which takes two again, and takes it down, which takes one
    second.presses("Open it for change")
    second.types("Text", "## Before the day\n\nWrite **three weeks** before.\n")
    second.presses("Save the draft")
    assert "As it is published" in second.main
    second.presses("Ask a second officer to agree")
    writer.visits("/advice/")
    writer.presses(TITLE)
    writer.types("Why is it handed back?", "Two weeks are enough")
    writer.presses("Hand it back")
    writer.opens_and_presses("Discard it", "Discard the draft")
    writer.presses("Take it down", status=422)
    writer.types("Why is it taken down?", "The law has changed")
    writer.presses("Take it down")
    assert "because: The law has changed" in writer.main
    writer.presses("Version 1")
    assert "two weeks" in writer.main
    stranger.visits("/guidance/open-days-for-parents/", status=404)


def test_two_officers_destroy_the_words_of_a_page_that_was_taken_down(browse: Browse) -> None:
    """R37: one asks and the other decides, without script too; the history says that they did."""
    # given a page that is out
    title = "Help for Zebedee Quill"
    writer = browse("officer-admissions", on="edunet", scripts=False)
    writer.visits("/advice/write/")
    writer.types("Title", title)
    writer.types("Summary in one sentence", "Of Zebedee Quill.")
    writer.page.get_by_label("Owner").fill("Admissions team")
    writer.types("Text", "Zebedee Quill came.")
    writer.presses("Save the draft")
    writer.presses("Ask a second officer to agree")
    second = browse("officer-data", on="edunet")
    second.visits("/advice/")
    second.presses(title)
    second.confirms()
    second.presses("Agree and publish")

    # when its writer takes it down, and asks: of what is out nothing is destroyed
    writer.visits("/advice/")
    writer.presses(title)
    writer.types("Why is it taken down?", "It names Zebedee Quill")
    writer.presses("Take it down")
    writer.presses("Version 1")
    writer.presses("Ask another officer to destroy its words", status=422)
    assert "Choose why the words should be destroyed." in writer.main
    writer.chooses("It names a child")
    writer.presses("Ask another officer to destroy its words")
    assert "You asked for it, so another officer with a recorded duty decides." in writer.main

    # then the other one finds it on the home page, keeps the words, is asked again, and destroys them
    second.visits("/")
    second.presses(second.page.get_by_role("link", name="request to destroy words of advice"))
    assert "Waiting for you to decide" in second.main
    second.presses(f"{title}, version 1")
    second.presses("Keep its words")
    assert "The words are kept." in second.main
    writer.visits("/advice/")
    writer.presses(title)
    writer.presses("Version 1")
    writer.chooses("It names a child")
    writer.presses("Ask another officer to destroy its words")
    second.visits("/advice/")
    second.presses(f"{title}, version 1")
    second.presses("Destroy its words for good", status=422)
    second.confirms()
    second.presses("Destroy its words for good")
    assert "Two officers destroyed the words of this version." in second.main
    assert "because: It names a child, or shows who a child is" in second.main
    assert "Quill" not in second.main
    second.presses("Advice and guidance")
    assert "Quill" not in second.main
    second.presses(second.page.get_by_role("link", name="whose words were destroyed"))
    assert "Quill" not in second.main


def test_the_preview_needs_no_script(browse: Browse) -> None:
    """R37: it keeps what was typed."""
    writer = browse("officer-admissions", on="edunet", scripts=False)
    writer.visits("/advice/write/")
    writer.types("Title", "Seen and not saved")
    writer.types("Summary in one sentence", "How it looks.")
    writer.page.get_by_label("Owner").fill("Admissions team")
    writer.types("Text", TEXT)
    writer.presses("Preview")
    assert "Preview: nothing is saved yet" in writer.main
    assert writer.page.get_by_label("Text").input_value() == TEXT
    writer.visits("/advice/")
    assert "Seen and not saved" not in writer.main
