"""Who chooses a password by "I cannot sign in" goes on to a second factor, as the first information manager does."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import OperationalError
from django.utils import timezone

from access_register.models import Person
from tests.failing import failing
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, chooses_purpose, person, visitor
from tests.post import sent
from tests.sign_in.ways import PASSWORD, code_now, factors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("slug", "site"), [("officer-information", EDUNET), ("head-beckside", SCHOOLS_ONLINE)])
def test_an_app_is_set_up_after_a_link_to_choose_a_password(slug: str, site: str) -> None:
    """R13: the link leaves an address behind that nobody has confirmed, and that stands in nobody's way."""
    somebody, browser = person(slug), visitor(site)
    browser.post("/password/reset/", {"email": somebody.email})
    link = re.search(r"/password/reset/\S+/", sent()[-1].body).group()
    form = browser.get(link)["location"]
    browser.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    browser.post("/sign-in/", {"login": somebody.email, "password": PASSWORD})
    chooses_purpose(browser)
    page = browser.get("/account/app/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert browser.post("/account/app/", {"code": code_now(secret)}).status_code == 302
    assert "totp" in factors(somebody)


def test_a_double_click_on_the_new_password_lands_where_its_first_click_landed() -> None:
    """Another password on the page that stayed open is not taken, nor said to be, and is the last that is looked at."""
    somebody, browser = person("head-beckside"), visitor()
    browser.post("/password/reset/", {"email": somebody.email})
    form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
    typed = {"password1": PASSWORD, "password2": PASSWORD}
    first, second = (browser.post(form, typed) for _ in range(2))
    assert (first["location"], second.get("location")) == ("/password/reset/done/", "/password/reset/done/")
    other = browser.post(form, dict.fromkeys(typed, "another password altogether"))
    for refused in (other, browser.post(form, typed), visitor().post(form, typed)):
        assert "This link no longer works" in refused.content.decode()


def test_a_new_password_that_nobody_is_told_of_is_none() -> None:
    """R13: the link was used up, the page said that there was a problem, and no email said whose password was new."""
    somebody, browser = person("head-beckside"), visitor()
    browser.post("/password/reset/", {"email": somebody.email})
    form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
    typed = {"password1": PASSWORD, "password2": PASSWORD}
    with failing('INSERT INTO "access_register_waitingletter"'), pytest.raises(OperationalError):
        browser.post(form, typed)
    assert browser.post(form, typed)["location"] == "/password/reset/done/"
    assert "Your password was changed" in sent()[-1].subject


def test_whoever_has_an_account_that_is_shut_is_told_so_and_gets_no_link(settings: Any) -> None:
    """R44: by email, so that the page tells a stranger nothing. Only those who run the service can open it again."""
    settings.SERVICE_EMAIL = "service@council.example"
    somebody = person("head-beckside")
    with as_batch():
        Person.objects.filter(pk=somebody.pk).update(is_active=False)
    page = visitor().post("/password/reset/", {"email": somebody.email})
    assert (page.status_code, page["location"]) == (302, "/password/reset/sent/")
    (letter,) = sent()
    assert letter.to == [somebody.email]
    assert "Your account is closed for now" in letter.body
    assert "to open it again. Write to service@council.example." in letter.body
    assert "/password/reset/" not in letter.body


def test_who_has_no_password_yet_is_not_told_that_they_asked_for_a_new_one() -> None:
    """R38: an officer whom somebody has just recorded would take that for a fraud."""
    somebody = person("officer-information")
    for password, subject, words in (
        (make_password(None), "Choose a password", "It has no password yet."),
        (make_password(PASSWORD), "Choose a new password", "Someone asked for a new password"),
    ):
        Person.objects.filter(pk=somebody.pk).update(password=password)
        visitor(EDUNET).post("/password/reset/", {"email": somebody.email})
        assert (sent()[-1].subject, words in sent()[-1].body) == (subject, True)


@pytest.mark.parametrize("known", [True, False])
def test_no_mailbox_is_flooded_and_nobody_is_locked_out(known: bool) -> None:
    """R13: a stranger asks for somebody's password all day: five emails, and the first link works still. The page is
    the same throughout, and of an address that nobody has. The day after there is an email again."""
    address = person("head-beckside").email if known else "nobody@beckside.example"

    def letters() -> list[str]:
        return [letter.body for letter in sent() if letter.to[0].lower() == address]

    with time_machine.travel(timezone.now(), tick=False) as clock:
        pages = set()
        for number in range(20):
            typed = address.upper() if number % 2 else address
            pages.add(visitor().post("/password/reset/", {"email": typed})["location"])
            clock.shift(timedelta(minutes=30))
        assert (pages, len(letters())) == ({"/password/reset/sent/"}, 5)
        clock.shift(timedelta(hours=14))
        visitor().post("/password/reset/", {"email": address})
        assert len(letters()) == 6
        if known:
            assert "Save new password" in behind_the_link(letters()[0])


@pytest.mark.parametrize("ends", ["signed in", "chosen"])
def test_once_the_links_have_ended_there_is_a_new_one(ends: str) -> None:
    """R13: each ends with a sign-in or a new password. A stranger who has used up the day keeps nobody out after it."""
    somebody, browser = person("head-beckside"), visitor()
    Person.objects.filter(pk=somebody.pk).update(password=make_password(PASSWORD))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            visitor().post("/password/reset/", {"email": somebody.email.upper()})
            clock.shift(timedelta(minutes=5))
        used_up = len(sent())
        if ends == "signed in":
            browser.post("/sign-in/", {"login": somebody.email, "password": PASSWORD})
        else:
            form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
            typed = dict.fromkeys(("password1", "password2"), "another password altogether")
            assert browser.post(form, typed)["location"] == "/password/reset/done/"
        before = len(sent())
        visitor().post("/password/reset/", {"email": somebody.email})
        assert (used_up, len(sent())) == (5, before + 1)
        assert "Save new password" in behind_the_link(sent()[-1].body)


def behind_the_link(letter: str) -> str:
    link = re.search(r"/password/reset/\S+/", letter)
    assert link
    return visitor().get(link.group(), follow=True).content.decode()
