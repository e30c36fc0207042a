"""Signing in and out, as one does outside the demonstration (R13)."""

import pytest

from access_register.demo.cast import BY_SLUG, DEMO_PASSWORD
from sharing.demo.places import BY_URN, OXENBY
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.sign_in.ways import code_now

pytestmark = pytest.mark.browser
HEAD = BY_SLUG["head-oxenby"]


def fill_in(somebody: Someone, email: str, password: str) -> None:
    somebody.page.locator("input[name=login]").fill(email)
    somebody.page.locator("input[name=password]").fill(password)


def test_e_mail_and_password_in_out_and_nothing_left_behind(browse: Browse) -> None:
    """R1, R13."""
    # given somebody who wants a page and is asked to sign in, and told what for
    head = browse()
    head.visits(f"/establishments/{OXENBY}/pupils/")
    assert head.path == "/sign-in/"
    assert "improve schools" in head.main

    # when the password is wrong, then the page says so and keeps the e-mail address, not the password
    fill_in(head, HEAD.email, "not my password")
    head.presses("Sign in")
    assert head.page.title().startswith("Error: ")
    assert "The e-mail address or the password is wrong" in head.page.get_by_role("alert").inner_text()
    assert head.page.locator("input[name=login]").input_value() == HEAD.email
    assert head.page.locator("input[name=password]").input_value() == ""

    # when it is right, then a second factor is asked for before the page that was wanted
    fill_in(head, HEAD.email, DEMO_PASSWORD)
    head.presses("Sign in")
    assert head.path == "/account/second-factor/"
    head.presses("Set up an app")
    head.types("Code from the app", "000000")
    head.presses("Set up")
    assert "That code is wrong" in head.page.get_by_role("alert").inner_text()
    secret = head.page.locator(".app-key").inner_text()
    head.types("Code from the app", code_now(secret))
    head.presses("Set up")
    assert head.heading == "Your recovery codes"
    head.presses("Make new codes")
    head.presses("Make new codes")
    head.presses("Continue")
    assert head.path == f"/establishments/{OXENBY}/pupils/"
    child = head.page.locator("tbody a").first.inner_text()
    head.presses(child)
    assert BY_URN[OXENBY].name in head.main

    # when the head signs out and somebody else presses Back, again and again, then there is nothing to be seen
    head.presses("Sign out")
    for _ in range(2):
        head.goes_back()
        assert head.path == "/sign-in/"
        assert child not in head.page.content()
        assert HEAD.name not in head.page.content()

    # when the head signs in again, then the code of the app is asked for each time, and can be given up
    head.visits("/sign-in/")
    fill_in(head, HEAD.email, DEMO_PASSWORD)
    head.presses("Sign in")
    assert head.path == "/sign-in/code/"
    head.types("Code", code_now(secret, ahead=1))
    head.presses("Sign in")
    head.visits("/confirm/code/")
    head.visits("/account/")
    head.presses("Remove the app")
    head.presses("Remove the app")
    assert head.sees("The authenticator app is removed")


def test_five_bad_tries_and_the_page_says_how_long_to_wait(browse: Browse) -> None:
    somebody = browse()
    for tries in range(1, 6):
        somebody.visits("/sign-in/")
        fill_in(somebody, "locked.out@oxenby.example", "wrong")
        somebody.presses("Sign in", status=429 if tries == 5 else 200)
    assert somebody.heading == "Too many tries to sign in"
    assert "in 15 minutes" in somebody.main
