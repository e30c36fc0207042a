"""Signing in under attack: planted and swapped sessions, redirects, and what response times reveal (R13, R38)."""

import sys
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse

from portal.middleware import SiteSessionMiddleware
from portal.sites import SITES
from sharing.keys.sealed_sessions import SessionStore
from tests.access_register.test_protocol import ticked
from tests.access_register.test_session_purpose import chosen
from tests.people import EDUNET, SCHOOLS_ONLINE, client, visitor
from tests.post import sent
from tests.sign_in.ways import PASSWORD, give_password, with_password

pytestmark = pytest.mark.django_db
MOST_APART = 0.22  # of the fewer calls; without its email, a reset makes 0.3 less
COOKIE = {SCHOOLS_ONLINE: "schools_online_session", EDUNET: "edunet_session"}
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x",
    "//schools-online.localhost@evil.example", "https://schools-online.localhost.evil.example/", " //evil.example",
)  # fmt: skip


def test_a_session_that_was_there_before_signing_in_is_another_after() -> None:
    """Fixation: somebody who planted a cookie has the key to nothing."""
    head = with_password("head-beckside")
    attacker = visitor()
    attacker.get("/sign-in/")
    session = attacker.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    victim = visitor()
    victim.cookies[COOKIE[SCHOOLS_ONLINE]] = planted
    give_password(head, browser=victim)
    assert victim.get("/").status_code == 200
    assert victim.cookies[COOKIE[SCHOOLS_ONLINE]].value != planted
    attacker.cookies[COOKIE[SCHOOLS_ONLINE]] = planted
    assert attacker.get("/")["location"].startswith("/sign-in/")
    assert not SessionStore().exists(planted)


@pytest.mark.parametrize("made_up", ["x" * 32, "a" * 500, "", "../../etc/passwd", "'; DROP TABLE django_session; --"])
def test_a_key_that_somebody_made_up_is_not_taken(made_up: str) -> None:
    head, browser = with_password("head-beckside"), visitor()
    browser.cookies[COOKIE[SCHOOLS_ONLINE]] = made_up
    give_password(head, browser=browser)
    assert browser.cookies[COOKIE[SCHOOLS_ONLINE]].value != made_up
    assert browser.get("/").status_code == 200


def test_a_session_of_edunet_opens_nothing_at_schools_online() -> None:
    """R38, the way that tests/edunet/test_gate does not go: whatever the cookie is called. Nor does trying end it."""
    officer, thief = client("officer-admissions", EDUNET), visitor(SCHOOLS_ONLINE)
    officer.get("/")
    for name in (*COOKIE.values(), "sessionid"):
        thief.cookies[name] = officer.cookies[COOKIE[EDUNET]].value
    assert thief.get("/")["location"].startswith("/sign-in/")
    assert officer.get("/").status_code == 200


def test_in_production_no_neighbour_can_set_a_cookie(settings, rf) -> None:
    """__Host-: from this host only, over TLS. It is deleted with the same attributes, or the browser keeps it."""
    settings.COOKIE_PREFIX, settings.SESSION_COOKIE_SECURE = "__Host-", True
    request = rf.get("/")
    (request.site, *_) = SITES
    request.COOKIES[request.site.session_cookie] = "ended"
    middleware = SiteSessionMiddleware(lambda request: HttpResponse())
    middleware.process_request(request)
    gone = middleware.process_response(request, HttpResponse()).cookies["__Host-schools_online_session"]
    assert (gone["max-age"], gone["path"], gone["domain"], bool(gone["secure"])) == (0, "/", "", True)
    request.session["known"] = "x"
    kept = middleware.process_response(request, HttpResponse()).cookies["__Host-schools_online_session"]
    assert (kept["path"], kept["domain"], bool(kept["secure"]), bool(kept["httponly"])) == ("/", "", True, True)


def _by_password(address: str) -> HttpResponse:
    head = with_password("head-beckside")
    return visitor().post(address, {"login": head.email, "password": PASSWORD})


def _accepting(address: str) -> HttpResponse:
    return client("teacher-beckside").post(address, ticked())


def _confirming(address: str) -> HttpResponse:
    return give_password(with_password("head-beckside")).post(address, {"password": PASSWORD})


def _choosing_a_purpose(address: str) -> HttpResponse:
    return client("officer-admissions", EDUNET).post(address, chosen("general"))


def _by_one_click(address: str) -> HttpResponse:
    return visitor().post(address, {"person": "head-beckside"})


@pytest.mark.parametrize(
    ("path", "send"),
    [
        ("/sign-in/", _by_password),
        ("/confirm/", _confirming),
        ("/protocol/accept/", _accepting),
        ("/purpose/", _choosing_a_purpose),
        ("/demo/sign-in/", _by_one_click),
        ("/sign-out/", lambda address: client("head-beckside").post(address)),
    ],
)
def test_nobody_is_sent_elsewhere(path: str, send: Callable[[str], HttpResponse], settings) -> None:
    """Open redirects: after each step that returns to where one was."""
    settings.DEMO = True
    for wanted in ELSEWHERE:
        cache.clear()  # the limit on attempts
        answer = send(f"{path}?{urlencode({'next': wanted})}")
        assert answer.status_code == 302, wanted
        assert answer["Location"] in ("/", "/sign-in/"), wanted


@pytest.mark.parametrize("field", ["login", "reset"])
def test_the_work_does_not_tell_who_has_an_account(field: str, settings) -> None:
    """A known and an unknown address make the portal call about as many functions (with production's password hasher).

    Calls are counted, not time: a neighbour on the machine makes no difference.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    head = with_password("head-beckside")

    def calls(email: str) -> int:
        cache.clear()
        path, form = ("/sign-in/", {"login": email, "password": "wrong"})
        if field == "reset":
            path, form = "/password/reset/", {"email": email}
        browser, made = visitor(), []
        sys.setprofile(lambda frame, event, argument: made.append(event))
        try:
            browser.post(path, form)
        finally:
            sys.setprofile(None)
        return len(made)

    calls(head.email), calls("somebody@beckside.example")  # fills the caches
    known, unknown = calls(head.email), calls("nobody@beckside.example")
    assert abs(known - unknown) < MOST_APART * min(known, unknown), (known, unknown)


def test_a_wrong_password_costs_the_same_work_for_known_and_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dear part of the above: each attempt hashes once, and each reset sends one email."""
    head, hashed = with_password("head-beckside"), []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    counts = []
    for email in (head.email, "nobody@beckside.example"):
        hashed.clear()
        sent().clear()
        visitor().post("/sign-in/", {"login": email, "password": "wrong"})
        visitor().post("/password/reset/", {"email": email})
        counts.append((len(hashed), len(sent())))
    assert counts[0] == counts[1]
