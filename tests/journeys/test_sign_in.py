"""Signing in and out, as one does outside the demonstration (R13)."""

import pytest
from playwright.sync_api import expect

from access_register.demo.cast import BY_SLUG, DEMO_PASSWORD
from sharing.demo.places import BY_URN, OXENBY
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.sign_in.ways import code_now

pytestmark = pytest.mark.browser
HEAD = BY_SLUG["head-oxenby"]
FIELD = "Name, or part of it"


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

    # when the password is wrong, then the page says so and keeps the email address, not the password
    fill_in(head, HEAD.email, "not my password")
    head.presses("Sign in")
    assert head.page.title().startswith("Error: ")
    assert "The email address or the password is wrong" in head.page.get_by_role("alert").inner_text()
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
    assert head.sees("The authenticator app has been removed")


def test_five_bad_tries_and_the_page_says_how_long_to_wait(browse: Browse) -> None:
    somebody = browse()
    for tries in range(1, 6):
        somebody.visits("/sign-in/")
        fill_in(somebody, "locked.out@oxenby.example", "wrong")
        somebody.presses("Sign in", status=429 if tries == 5 else 200)
    assert somebody.heading == "Too many tries to sign in"
    assert "in 15 minutes" in somebody.main


def test_whoever_is_about_to_be_signed_out_is_told_and_may_stay(browse: Browse) -> None:
    """R13, R30 (WCAG 2.2.1): asked two minutes before, as often as it takes; told of the limit; nothing stays."""
    # given a head who types, and does not send
    head = browse("head-beckside")
    head.page.clock.install()
    head.visits("/find/")
    warning = head.page.get_by_role("dialog", name="You are about to be signed out")
    stay = warning.get_by_role("button", name="Stay signed in")
    head.types(FIELD, "Half a na")
    head.page.clock.fast_forward("26:30")
    expect(warning).to_be_hidden()

    # when two minutes are left, then the page asks, and Escape is to stay
    head.page.clock.fast_forward("00:40")
    expect(stay).to_be_focused()
    expect(warning.get_by_role("button")).to_have_text(["Stay signed in", "Sign out"])
    expect(warning.get_by_role("alert")).to_be_hidden()
    head.looks()
    head.page.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    expect(head.page.get_by_label(FIELD)).to_have_value("Half a na")

    # when they stay whenever they are asked, then it is for ten hours, and of the last minutes they are told
    for _ in range(20):
        head.page.clock.fast_forward("28:00")
        stay.click()
        expect(warning).to_be_hidden()
    head.page.clock.fast_forward("11:00")
    expect(warning.get_by_role("button", name="Go back to the page")).to_be_focused()
    expect(warning.get_by_role("button")).to_have_text(["Go back to the page", "Sign out"])
    head.looks()
    head.page.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    expect(head.page.get_by_label(FIELD)).to_have_value("Half a na")

    # and at the end the page makes way for that of signing in, which leads back
    head.context.clear_cookies()
    head.page.clock.fast_forward("02:10")
    expect(head.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert head.page.url.endswith("/sign-in/?next=/find/")
    assert "Sign in to continue to the page" in head.main
