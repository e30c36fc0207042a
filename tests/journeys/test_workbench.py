"""An information manager keeps Localities and the community (A2, A11)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.demo.places import BECKDALE, BECKSIDE, BY_URN
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_an_establishment_moves_and_the_move_is_taken_back(browse: Browse) -> None:
    """A11: from a day, and as it was once it is taken back."""
    manager = browse("officer-information", on="edunet")
    manager.presses("Localities and their establishments")
    manager.presses("Aireholme")
    assert BY_URN[BECKSIDE].name in manager.main
    manager.presses(f"Move {BY_URN[BECKSIDE].name}")
    manager.presses("Record the move", status=422)
    manager.page.get_by_label("Which Locality is it moving to?").select_option(label=BECKDALE)
    manager.page.get_by_label("First day in it").fill(f"{timezone.localdate() + timedelta(days=3):%d/%m/%Y}")
    manager.page.get_by_label("Why?").fill("Agreed by both partnerships")
    manager.presses("Record the move")
    assert f"Aireholme to {BECKDALE}" in manager.main
    manager.presses("Take this move back")
    assert "it did not happen" in manager.main


def test_the_community_is_kept(browse: Browse) -> None:
    """A2, R4."""
    manager = browse("officer-information", on="edunet")
    manager.presses("The community: types that count, and children’s centres")
    manager.presses("Add a type")
    manager.presses("Add the type", status=422)
    manager.page.get_by_label("Type in the national register").select_option(label="University technical college")
    manager.page.get_by_label("Counts as").select_option(label="Secondary school")
    manager.page.get_by_label("Why?").fill("Agreed in June")
    manager.page.get_by_label("Day of the decision").fill(f"{timezone.localdate():%d/%m/%Y}")
    manager.presses("Add the type")
    manager.presses(manager.page.get_by_role("link", name="Take off the list"))
    manager.presses("Take the type off the list", status=422)
    manager.page.get_by_label("Last day on which it counts").fill(f"{timezone.localdate():%d/%m/%Y}")
    manager.page.get_by_label("Why?").fill("Agreed in July")
    manager.page.get_by_label("I have read what happens").check()
    manager.presses("Take the type off the list")
    assert "Counts until" in manager.main
    manager.presses("Enter a children’s centre")
    manager.presses("Enter the centre", status=422)
    for label, words in (
        ("Name", "Millrace Children’s Centre"),
        ("Street", "1 Mill Race"),
        ("Town", "Skelbrook"),
        ("Postcode", "BD0 2DE"),
        ("Takes part from", f"{timezone.localdate():%d/%m/%Y}"),
    ):
        manager.page.get_by_label(label, exact=True).fill(words)
    manager.presses("Enter the centre")
    manager.presses(manager.page.get_by_role("link", name=re.compile("Close.*Millrace")))
    manager.presses("Record the last day", status=422)
    manager.page.get_by_label("Last day on which it is open").fill(f"{timezone.localdate():%d/%m/%Y}")
    manager.page.get_by_label("I have read what happens").check()
    manager.presses("Record the last day")
    manager.presses("Establishments without a head")
    manager.presses("Record several first heads from a list")
    manager.presses("See what it would do", status=422)
    heads = f"urn,name of head,email\n{BECKSIDE},Rosalind Ackroyd,r.ackroyd@millrace.example\n"
    chosen = {"name": "heads.csv", "mimeType": "text/csv", "buffer": heads.encode()}
    manager.page.set_input_files("input[type=file]", files=[chosen])
    manager.presses("See what it would do")
    assert "1 refused" in manager.main
    manager.visits("/community/heads/")
    manager.presses("Millrace Children’s Centre")
    manager.presses("Record the head", status=422)


def test_a_visit_is_prepared_and_a_view_kept(browse: Browse) -> None:
    """R9, R30: the head reads what was written for them."""
    officer = browse("officer-admissions", on="edunet")
    officer.visits(f"/establishments/{BECKSIDE}/visit/")
    officer.presses("Keep the note", status=422)
    officer.page.get_by_label("Your note").fill("We shall look at the reading scheme.")
    officer.page.get_by_label("The head of the establishment reads it too").check()
    officer.presses("Keep the note")
    head = browse("head-beckside")
    head.visits(f"/establishments/{BECKSIDE}/")
    head.presses("Officers’ notes")
    assert "the reading scheme" in head.main
    officer.presses(officer.page.get_by_role("link", name="Change or remove"))
    officer.opens_and_presses("Remove it", "Remove the note")
    officer.visits("/establishments/?kind=nursery")
    officer.presses("Keep this view on your home page")
    officer.presses("Keep the view", status=422)
    officer.page.get_by_label("What do you want to call it?").fill("Nurseries")
    officer.presses("Keep the view")
    officer.presses("Nurseries")
    assert officer.page.url.endswith("/establishments/?kind=nursery")
    officer.visits("/")
    officer.presses(officer.page.get_by_role("button", name="Remove the view Nurseries"))


@pytest.mark.parametrize("width", [1000, 700])
def test_no_card_stands_alone_in_its_row(browse: Browse, width: int) -> None:
    """R30: of four, the fourth stood below three with nothing beside it, and was read as something else."""
    manager = browse("officer-information", on="edunet")
    manager.page.set_viewport_size({"width": width, "height": 900})
    for cards in manager.page.locator(".app-cards").all():
        room = cards.bounding_box()["width"]
        boxes = [card.bounding_box() for card in cards.locator("> li").all()]
        rows = {box["y"] for box in boxes}
        for row in rows if len(rows) > 1 else ():
            widths = [box["width"] for box in boxes if box["y"] == row]
            assert len(widths) > 1 or widths[0] == pytest.approx(room, abs=1)
