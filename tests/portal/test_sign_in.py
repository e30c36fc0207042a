"""Signing in: by email and password, locked out one by one, closed to strangers (R1, R13, R44)."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from access_register.models import Person
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, person, visitor
from tests.post import sent

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
PROXY = "192.0.2.10"


@pytest.fixture
def teacher() -> Person:
    somebody = person("teacher-beckside")
    Person.objects.filter(pk=somebody.pk).update(password=make_password(PASSWORD))
    return somebody


def try_sign_in(browser: Client, email: str, password: str, **extra: str):
    return browser.post("/sign-in/", {"login": email, "password": password}, **extra)


def test_the_sign_in_page_states_the_purpose() -> None:
    """R1."""
    page = visitor().get("/sign-in/").content.decode()
    assert "improve schools" in page


def test_password_managers_know_the_fields() -> None:
    """R30, WCAG 3.3.8: nobody has to remember a password, or with which address."""
    page = visitor().get("/sign-in/").content.decode()
    fields = re.findall(r'<input type="(?:email|password)" name="(\w+)"[^>]* autocomplete="([\w-]+)"', page)
    assert fields == [("login", "username"), ("password", "current-password")]


def test_e_mail_and_password(teacher: Person) -> None:
    browser = visitor()
    response = try_sign_in(browser, teacher.email.upper(), PASSWORD)
    assert (response.status_code, response["location"]) == (302, "/")
    assert "schools_online_session" in browser.cookies
    assert "sessionid" not in browser.cookies
    assert browser.get("/").status_code == 200


def test_a_wrong_password_does_not_tell_whether_the_account_exists(teacher: Person) -> None:
    known = try_sign_in(visitor(), teacher.email, "wrong").content.decode()
    unknown = try_sign_in(visitor(), "nobody@example.org", "wrong").content.decode()
    words = "The email address or the password is wrong"
    assert words in known
    assert words in unknown


def test_five_bad_tries_lock_that_person_out_and_nobody_else(teacher: Person, caplog: pytest.LogCaptureFixture) -> None:
    """One person's bad tries never lock a school: a colleague at the same address signs in. Nor the person elsewhere,
    behind the proxy too. The log says that it happened, and not to whom."""
    colleague = person("head-beckside")
    Person.objects.filter(pk=colleague.pk).update(password=make_password(PASSWORD))

    def tries(email: str, password: str, address: str = "198.51.100.6"):
        return try_sign_in(visitor(address=PROXY), email, password, headers={"X-Forwarded-For": address})

    email = teacher.email
    for typed in (email, email.upper(), f" {email} ", email.title(), email):
        locked = tries(typed, "wrong")
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert tries(teacher.email, PASSWORD).status_code == 429
    assert tries(colleague.email, PASSWORD).status_code == 302
    assert tries(teacher.email, PASSWORD, "198.51.100.7").status_code == 302
    assert "Locking out somebody" in caplog.text
    assert teacher.email not in caplog.text
    assert "198.51.100" not in caplog.text


def test_one_line_to_the_internet_is_one_address(teacher: Person) -> None:
    """R13: a line with IPv6 has 2^64 addresses, so tries from each of them would never be too many."""
    own_network = [visitor(address=f"2001:db8:1:2::{number:x}") for number in range(1, 7)]
    answers = [try_sign_in(browser, teacher.email, "wrong").status_code for browser in own_network]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert try_sign_in(visitor(address="2001:db8:1:3::1"), teacher.email, PASSWORD).status_code == 302


def test_whoever_signs_in_begins_to_count_anew(teacher: Person) -> None:
    for _ in range(2):
        for _ in range(4):
            try_sign_in(visitor(), teacher.email, "wrong")
        assert try_sign_in(visitor(), teacher.email, PASSWORD).status_code == 302


def test_bad_tries_of_many_people_at_one_address_lock_nobody_else(teacher: Person) -> None:
    for number in range(25):
        try_sign_in(visitor(), f"guess{number}@example.org", "wrong")
    assert try_sign_in(visitor(), teacher.email, PASSWORD).status_code == 302


def test_tries_that_are_too_many_leave_nothing_behind() -> None:
    """Each left a row in the table in which tries are counted: whoever went on asking filled it."""

    def ask() -> int:
        return visitor().post("/password/reset/", {"email": "nobody@example.org"}).status_code

    def rows() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM portal_cache")
            return cursor.fetchone()[0]

    assert [ask() for _ in range(6)] == [302] * 5 + [429]
    before = rows()
    assert (ask(), rows()) == (429, before)


def test_nobody_signs_up() -> None:
    response = visitor().post("/sign-up/", {"email": "stranger@example.org", "password1": PASSWORD})
    assert not Person.objects.filter(email="stranger@example.org").exists()
    assert b"password1" not in response.content
    assert b"Ask your headteacher" in response.content
    assert b"Ask your manager" in visitor(EDUNET).get("/sign-up/").content


def test_what_is_missing_to_sign_in_is_asked_for_in_words() -> None:
    page = visitor().post("/sign-in/", {}).content.decode()
    assert "Enter your email address." in page
    assert "Enter your password." in page
    assert "This field is required" not in page
    assert "for example name@school.example" in visitor().post("/password/reset/", {"email": "me"}).content.decode()


def test_a_password_is_reset_by_e_mail(teacher: Person) -> None:
    browser = visitor()
    browser.post("/password/reset/", {"email": teacher.email})
    assert sent()[0].to == [teacher.email]
    link = re.search(r"http://schools-online\.localhost(/password/reset/\S+)", sent()[0].body).group(1)
    form = browser.get(link, follow=True)
    browser.post(
        form.request["PATH_INFO"], {"password1": "another long password", "password2": "another long password"}
    )
    assert try_sign_in(visitor(), teacher.email, "another long password").status_code == 302


def test_a_reset_does_not_tell_whether_the_account_exists() -> None:
    response = visitor().post("/password/reset/", {"email": "nobody@example.org"})
    assert (response.status_code, response["location"]) == (302, "/password/reset/sent/")


def test_one_persons_resets_do_not_use_up_everybodys(teacher: Person) -> None:
    """Behind the proxy each person has an address of their own, also for the limits on resets."""
    proxied = [
        visitor(address=PROXY)
        .post("/password/reset/", {"email": f"nobody{n}@example.org"}, headers={"X-Forwarded-For": f"198.51.100.{n}"})
        .status_code
        for n in range(25)
    ]
    assert proxied == [302] * 25


def test_too_many_resets_for_one_email_address_are_not_laid_to_the_internet_address() -> None:
    for n in range(6):
        answer = visitor(address=f"198.51.100.{n}").post("/password/reset/", {"email": "nobody@example.org"})
    assert answer.status_code == 429
    assert "or for the email address that was typed" in answer.content.decode()


def test_too_many_resets_from_one_address_are_stopped_with_a_page_that_says_so() -> None:
    browser = visitor(address="198.51.100.99")
    answers = [browser.post("/password/reset/", {"email": f"nobody{n}@example.org"}) for n in range(25)]
    assert answers[-1].status_code == 429
    assert "Wait 5 minutes" in answers[-1].content.decode()


def test_signing_out_ends_the_session() -> None:
    browser = client("teacher-beckside")
    assert browser.get("/").status_code == 200
    browser.post("/sign-out/")
    assert browser.get("/").status_code == 302


def test_idle_for_half_an_hour_signs_out() -> None:
    """R13: the session's own clock, not the cookie's."""
    browser = client("teacher-beckside")
    browser.get("/")
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    assert browser.get("/").status_code == 302


def test_an_account_made_inactive_is_out_on_the_next_request() -> None:
    """R44."""
    browser = client("teacher-beckside")
    assert browser.get("/").status_code == 200
    with as_batch():
        Person.objects.filter(pk=person("teacher-beckside").pk).update(is_active=False)
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(("slug", "site"), [("teacher-beckside", SCHOOLS_ONLINE), ("officer-admissions", EDUNET)])
def test_nothing_shown_to_a_person_is_stored_by_the_browser(slug: str, site) -> None:
    """R13: no-store on every page of a signed-in person."""
    for path in ("/", "/establishments/"):
        assert "no-store" in client(slug, site).get(path)["cache-control"]


def test_a_visitor_who_only_reads_has_no_session() -> None:
    before = Session.objects.count()
    assert not visitor().get("/guidance/").cookies
    assert Session.objects.count() == before


def test_headers_of_every_page() -> None:
    response = visitor().get("/guidance/")
    policy = response["content-security-policy"]
    for rule in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert response["x-frame-options"] == "DENY"
    assert response["referrer-policy"] == "same-origin"
    assert "camera=()" in response["permissions-policy"]


def test_there_is_no_demonstration_outside_the_demonstration() -> None:
    assert visitor().get("/demo/sign-in/").status_code == 404
    assert visitor().post("/demo/sign-in/", {"person": "head-beckside"}).status_code == 404
