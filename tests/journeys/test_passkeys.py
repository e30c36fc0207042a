"""Passkeys, with a virtual authenticator in Chromium (R13)."""

import pytest

from access_register.demo.cast import BY_SLUG, DEMO_PASSWORD
from sharing.demo.places import SKELBROOK
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.journeys.test_sign_in import fill_in

pytestmark = pytest.mark.browser
HEAD = BY_SLUG["head-skelbrook"]
PUPILS = f"/establishments/{SKELBROOK}/pupils/"
PHONE_WITH_FACE_RECOGNITION = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(somebody: Someone) -> None:
    """Give the browser a device that recognises the person."""
    devtools = somebody.context.new_cdp_session(somebody.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_WITH_FACE_RECOGNITION})


def test_a_passkey_is_added_signs_in_confirms_and_is_removed(browse: Browse) -> None:
    """R13."""
    # given a head whose device knows them, and who has a password only
    head = browse()
    with_authenticator(head)
    head.visits(PUPILS)
    fill_in(head, HEAD.email, DEMO_PASSWORD)
    head.presses("Sign in")
    assert head.path == "/account/second-factor/"

    # when they add a passkey, then the page that was wanted opens
    head.presses("Add a passkey")
    head.types("A name for it", "My phone")
    head.presses("Add a passkey")
    assert head.heading == "Your recovery codes"
    head.presses("Continue")
    assert head.path == PUPILS

    # when they sign in with it, then no password is needed, and the data is open at once
    head.presses("Sign out")
    head.presses("Sign in with a passkey")
    assert head.path == "/"
    head.visits(PUPILS)

    # when they sign in with the password, then the passkey is the second factor
    head.presses("Sign out")
    head.visits(PUPILS)
    fill_in(head, HEAD.email, DEMO_PASSWORD)
    head.presses("Sign in")
    assert head.path == "/sign-in/code/"
    head.presses("Use a passkey")
    assert head.path == PUPILS

    # and it confirms, is renamed, and removed
    head.visits("/confirm/")
    head.presses("Use a passkey")
    assert head.path == "/confirm/passkey/"
    head.presses("Use a passkey")
    head.visits("/account/passkeys/")
    head.presses(head.page.get_by_role("link", name="Rename My phone"))
    head.types("Name", "My old phone")
    head.presses("Save")
    assert head.sees("My old phone")
    head.presses(head.page.get_by_role("link", name="Remove My old phone"))
    head.presses("Remove the passkey")
    assert head.sees("You do not have any")
    head.presses("Sign out")


def test_a_device_without_the_passkey_is_told_so(browse: Browse) -> None:
    """The page says what to do, and the console stays quiet."""
    stranger = browse()
    with_authenticator(stranger)
    stranger.visits("/sign-in/")
    stranger.page.get_by_role("button", name="Sign in with a passkey").click()
    problem = stranger.page.locator("[data-passkey-problem]")
    problem.wait_for(state="visible")
    assert "use another way" in problem.inner_text()


def test_a_browser_that_knows_no_passkeys_says_so_and_what_to_do(browse: Browse) -> None:
    """R13: nothing has gone wrong there yet, and to try again would not help."""
    head = browse("head-skelbrook")
    head.page.add_init_script("delete window.PublicKeyCredential")
    head.visits("/account/passkeys/add/")
    assert "This browser cannot make a passkey." in head.main
    assert "Try again" not in head.main
    assert not head.page.get_by_role("button", name="Add a passkey").is_visible()


def test_without_script_there_are_no_buttons_that_do_nothing(browse: Browse) -> None:
    """R30: a passkey needs a script; everything else does without."""
    stranger = browse(scripts=False)
    stranger.visits("/sign-in/")
    assert not stranger.page.get_by_role("button", name="Sign in with a passkey").is_visible()
    assert stranger.page.get_by_role("button", name="Sign in", exact=True).is_visible()
    head = browse("head-skelbrook", scripts=False)
    head.visits("/account/passkeys/add/")
    assert "Passkeys need JavaScript" in head.main
