"""What somebody changes in how they sign in is in the ledger."""

import re
from typing import Any

import pytest

from sharing import door
from sharing.records.ledger import LedgerFilter
from tests.people import EDUNET, asker, client, visitor
from tests.post import sent
from tests.sign_in.ways import PASSWORD, code_now, give_password, with_app, with_password

pytestmark = pytest.mark.django_db
ADDED = "Second factor or recovery codes added to the own account"
NEW = dict.fromkeys(("password1", "password2"), "quite another long one")


def told(person) -> list[tuple[str, str, str, str]]:
    """(who, where, what, outcome) of a person's newest rows, as the information manager reads them."""
    lines = door.read_all_ledger(asker("officer-information", EDUNET), only=LedgerFilter(person=person.pk)).lines
    return [(line.person, line.site, line.what, line.outcome) for line in lines]


def test_a_password_that_was_changed() -> None:
    """R13, R43."""
    head = with_password("head-beckside")
    give_password(head).post("/password/change/", NEW | {"oldpassword": PASSWORD})
    assert (head.name, "Schools Online", "Own password changed", "Done") in told(head)


def test_a_password_that_was_chosen_by_whoever_had_the_link() -> None:
    """R13, R43: on EduNet, by nobody who was signed in."""
    officer, browser = with_password("officer-data"), visitor(EDUNET)
    browser.post("/password/reset/", {"email": officer.email})
    form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
    browser.post(form, NEW)
    assert told(officer)[0] == (officer.name, "EduNet", "New password chosen, with a link from an email", "Done")


def test_an_app_that_was_set_up(django_capture_on_commit_callbacks: Any) -> None:
    """R13, R43, R44."""
    head = with_password("head-beckside")
    browser = give_password(head)
    page = browser.get("/account/app/").content.decode()
    secret = re.search(r'<code class="app-key">(\w+)</code>', page).group(1)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/app/", {"code": code_now(secret)})
    app_and_codes = told(head)[:2]
    assert app_and_codes == [(head.name, "Schools Online", ADDED, "Done")] * 2


def test_recovery_codes_that_were_made_anew(django_capture_on_commit_callbacks: Any) -> None:
    """R13, R43."""
    head = with_app("head-beckside")
    with django_capture_on_commit_callbacks(execute=True):
        client("head-beckside").post("/account/recovery-codes/new/")
    assert (head.name, "Schools Online", ADDED, "Done") in told(head)


def test_an_app_that_was_removed() -> None:
    """R13, R43, R44."""
    head = with_app("head-beckside")
    browser = give_password(head)
    browser.post("/sign-in/code/", {"code": code_now()})
    browser.post("/account/app/remove/")
    assert (head.name, "Schools Online", "Own second factor or recovery codes removed", "Done") in told(head)
