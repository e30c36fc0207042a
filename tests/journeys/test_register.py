"""A head keeps the Access Register, and what that opens and closes (R33 to R36, R44)."""

import re

import pytest
from playwright.sync_api import expect

from access_register.demo.cast import BY_SLUG
from sharing.demo.places import BECKSIDE, BY_URN
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"
NAME = BY_URN[BECKSIDE].name


def presses_and_is_told(somebody: Someone, button: str) -> None:
    """What was done has the focus, so that a screen reader says it. To look at the page on paper takes it off again."""
    with somebody.page.expect_navigation():
        somebody.link_or_button(button).click()
    expect(somebody.page.get_by_role("alert").first).to_be_focused()
    somebody.looks()


def test_a_teacher_is_added_sees_pupils_but_no_staff_and_is_out_with_the_next_click(browse: Browse) -> None:
    """R33, R34, R44: a teacher of Ravensgill comes to Beckside, and goes."""
    # given a head, and a teacher who is a stranger at her school
    head, teacher = browse("head-beckside"), browse("teacher-ravensgill")
    gareth = BY_SLUG["teacher-ravensgill"]
    teacher.visits(f"{HERE}/pupils/", status=404)

    # when the head adds him: Level 3 is set already, and she wants Level 2
    head.presses("Access Register")
    assert gareth.name not in head.main
    head.presses("Add a person")
    assert head.page.get_by_role("radio", name="Level 3").is_checked()
    head.types("Full name", gareth.name)
    head.types("Work email address", gareth.email)
    head.chooses("Teacher")
    head.chooses("Level 2")
    head.presses("Add to the register", status=422)

    # then she is asked why he needs it, and to confirm that he does; what she has typed is still there
    assert head.page.title().startswith("Error: ")
    asked = head.page.get_by_role("alert").inner_text()
    assert "Say why this person needs pupil information." in asked
    assert "Confirm that this person needs Level 2." in asked
    assert head.page.get_by_label("Full name").input_value() == gareth.name

    # when she has done both
    head.chooses("Teaches children here")
    head.confirms()
    presses_and_is_told(head, "Add to the register")

    # then the register says that it is done, and shows him
    assert head.sees(f"{gareth.name} is on the register at Level 2.")
    assert head.path == f"{HERE}/register/"
    line = head.page.get_by_role("listitem").filter(has_text=gareth.email)
    assert f"given by {BY_SLUG['head-beckside'].name}" in line.inner_text()

    # and he sees pupils, not staff, not the register
    teacher.visits("/")
    teacher.presses(f"Choose {NAME}")
    teacher.presses("Pupils")
    assert "1 to 50 of" in teacher.main
    for closed in ("staff", "register"):
        teacher.visits(f"{HERE}/{closed}/", status=403)
    teacher.visits(f"{HERE}/pupils/")

    # when the head withdraws him
    head.presses(f"Withdraw {gareth.name}")
    head.types("Why?", "Back at Ravensgill")
    head.page.evaluate("location.hash = 'main-content'")  # as after the skip link
    presses_and_is_told(head, "Withdraw access")
    assert f"{gareth.name} no longer has access here." in head.page.get_by_role("alert").inner_text()
    assert gareth.email not in head.main

    # then his very next click is refused, and Beckside is none of his places any more
    teacher.presses(teacher.page.locator("tbody a").first, status=404)
    teacher.visits("/")
    assert NAME not in teacher.main


def test_what_level_2_is_asked_for_is_asked_with_level_2_alone(browse: Browse) -> None:
    """R34: the form for adding is as long as the level needs."""
    head = browse("head-beckside")
    head.visits(f"{HERE}/register/add/")
    page = head.page
    why = page.get_by_role("group", name="why do they need pupil information?")
    own_words = page.get_by_label("Your reason, if you chose")
    years = page.get_by_role("checkbox", name="Year 1")
    confirmed = page.get_by_role("checkbox", name="within data-protection law")

    # Level 3 is set already
    for question in (why, own_words, years, confirmed):
        expect(question).to_be_hidden()

    head.chooses("Level 2")
    for question in (why, years, confirmed):
        expect(question).to_be_visible()
    expect(own_words).to_be_hidden()
    head.chooses("Another reason")
    expect(own_words).to_be_visible()
    years.check()
    head.looks()

    head.chooses("Level 3")
    for question in (why, own_words, years, confirmed):
        expect(question).to_be_hidden()
    assert page.evaluate("new FormData(document.querySelector('main form')).has('year_groups')") is False

    # and what was chosen is there again
    head.chooses("Level 2")
    expect(years).to_be_checked()
    expect(own_words).to_be_visible()


def test_raising_asks_for_confirmation_and_lowering_does_not(browse: Browse) -> None:
    """R34, R35."""
    # given the school secretary at Level 3
    head, secretary = browse("head-beckside"), browse("office-beckside")
    carol = BY_SLUG["office-beckside"].name
    secretary.visits(f"{HERE}/pupils/", status=403)

    # when the head raises her for a reason of her own
    head.visits(f"{HERE}/register/")
    head.presses(f"Change {carol}")
    head.chooses("Level 2")
    head.chooses("Another reason")
    head.types("Your reason", "She telephones the families of absent children.")
    head.presses("Save", status=422)
    head.confirms()
    head.presses("Save")

    # then she sees pupils at once, and the register shows why
    secretary.visits(f"{HERE}/pupils/")
    assert "She telephones the families of absent children." in head.main

    # when the head lowers her again, without more ado
    head.presses(f"Change {carol}")
    head.chooses("Level 3")
    head.presses("Save")

    # then the next page is refused
    secretary.presses(secretary.page.locator("tbody a").first, status=403)


def test_level_1_is_full_and_the_page_says_so(browse: Browse) -> None:
    """R32: the head and two named staff, and no third."""
    head = browse("head-beckside")
    head.visits(f"{HERE}/register/add/")
    head.types("Full name", "One Toomany")
    head.types("Work email address", "one.toomany@beckside.example")
    head.chooses("Teacher")
    head.chooses("Level 1")
    head.confirms()
    head.presses("Add to the register", status=422)
    assert "Both Level 1 places" in head.page.get_by_role("alert").inner_text()
    head.visits(f"{HERE}/register/")
    assert "One Toomany" not in head.main


def test_without_scripts_a_new_person_is_added_and_finds_the_way_in(browse: Browse) -> None:
    """R30, R34: only what must be said is typed; the new person gets Level 3 and a link by email."""
    # given a head whose browser runs no scripts
    head = browse("head-beckside", scripts=False)

    # when she adds somebody nobody knows, and types name, address and role
    head.presses("Access Register")
    head.presses("Add a person")
    head.types("Full name", "Noreen Newby")
    head.types("Work email address", "noreen.newby@beckside.example")
    head.chooses("Governor")
    head.presses("Add to the register")

    # then it is done at Level 3
    assert head.sees(
        "Noreen Newby is on the register at Level 3, and cannot see anything until they accept the invitation."
    )

    # and the newcomer chooses a password with the link in the mail, and is signed in
    (link,) = re.findall(r"http://\S+/invitation/[\w-]+/", head.demo.log.read_text())[-1:]
    newcomer = browse(scripts=False)
    newcomer.visits(link)
    newcomer.types("Choose a password", "three words together")
    newcomer.presses("Accept and sign in")

    # puts the second factor off, accepts the protocol, and is at the school
    assert newcomer.heading == "One more step to keep information safe"
    newcomer.visits("/")
    assert newcomer.heading == "Before you see any data"
    newcomer.confirms()
    newcomer.presses("Accept the protocol")
    assert newcomer.heading == NAME
    newcomer.visits(f"{HERE}/pupils/", status=403)
