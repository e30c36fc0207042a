"""Signing in through a provider, end to end against one on this machine (R2, R13, R38, R44)."""

import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.test import Client

from access_register.models import Person
from portal.providers import Provider, read_providers
from sharing.models import LedgerEntry
from tests import post
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, person, visitor
from tests.sign_in.ways import SECRET, code_now, with_app

pytestmark = pytest.mark.django_db
HERE = "/establishments/999002"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider in a process of its own, until the last of these tests."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < until:
            try:
                requests.get(f"http://localhost:{port}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield f"http://localhost:{port}"
        process.terminate()


@pytest.fixture
def provided(issuer: str, settings: Any) -> Callable[..., Provider]:
    """`provided(trusted=True)`: the provider of this machine, set up so, beside one that does not answer."""

    def set_up(**facts: Any) -> Provider:
        provider = Provider(
            **{"id": "dfe", "name": "DfE Sign-in", "issuer": issuer, "client_id": "portal", "secret": "s"} | facts
        )
        other = Provider(id="other", name="Another", issuer="http://localhost:9", client_id="other")
        settings.OIDC_PROVIDERS = (other, provider)
        settings.PROVIDERS_WITH_SECOND_FACTOR = {"dfe"} if provider.second_factor else set()
        return provider

    return set_up


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the portal itself sends to the provider."""
    seen: list[Any] = []
    really = requests.Session.request

    def request(self: Any, method: str, url: str, **rest: Any) -> Any:
        seen.append((method, url, rest))
        return really(self, method, url, **rest)

    monkeypatch.setattr(requests.Session, "request", request)
    return seen


def at_the_provider(issuer: str, sub: str, **claims: Any) -> None:
    requests.put(f"{issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()


def sign_in(
    sub: str, browser: Client | None = None, through: Any = SCHOOLS_ONLINE, wanted: str = ""
) -> tuple[Client, Any]:
    """The whole way: the button, the provider's own page, and back. Answers (the browser, where it arrives)."""
    browser = browser or visitor(through)
    leaving = browser.post("/sign-in/with/dfe/?process=login" + (f"&next={wanted}" if wanted else ""))
    assert leaving.status_code == 302
    back = requests.post(leaving["location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["location"])
    return browser, browser.get(f"{parts.path}?{parts.query}")


def test_there_is_none_until_one_is_set() -> None:
    """Off by default: no button, and no address."""
    assert "Sign in with DfE" not in visitor().get("/sign-in/").content.decode()
    assert visitor().post("/sign-in/with/dfe/?process=login").status_code == 404


def test_a_known_person_comes_in_and_is_linked_by_the_verified_address(provided, issuer: str) -> None:
    """R13: linked once, with word to the person; after that by the provider's own number, whatever the address."""
    provided(trusted=True)
    head = person("head-beckside")
    at_the_provider(issuer, "h1", email=head.email.upper(), email_verified=True, name="Somebody")
    assert "Sign in with DfE Sign-in" in visitor().get("/sign-in/").content.decode()
    browser, arrived = sign_in("h1", wanted="/establishments/")
    assert (arrived.status_code, arrived["location"]) == (302, "/establishments/")
    assert head.name in browser.get("/").content.decode()
    assert "You can sign in with DfE Sign-in" in [message.subject for message in post.sent()]
    link = SocialAccount.objects.get(user=head)
    assert (link.provider, link.uid, link.extra_data) == ("dfe", "h1", {})
    assert Person.objects.get(pk=head.pk).password == head.password
    at_the_provider(issuer, "h1", email="moved@elsewhere.example", email_verified=True)
    again, arrived = sign_in("h1")
    assert head.name in again.get("/").content.decode()
    assert "DfE Sign-in" in again.get("/account/").content.decode()
    assert "DfE Sign-in" not in client("deputy-beckside").get("/account/").content.decode()
    assert SocialAccount.objects.get(user=head).extra_data == {}
    with as_batch():
        linked = LedgerEntry.objects.filter(action="link_provider").values_list("person_id", "through", "about")
        assert list(linked) == [(head.pk, SCHOOLS_ONLINE, {"provider": "dfe"})]


@pytest.mark.parametrize(
    ("facts", "claims"),
    [
        ({"trusted": False}, {"email_verified": True}),
        ({"trusted": True}, {"email_verified": False}),
        ({"trusted": True}, {}),
        ({"trusted": True}, {"email_verified": "true"}),
        ({"trusted": False, "email_domains": ("beckside.example",)}, {"email_verified": True}),
        ({"trusted": True, "email_domains": ("elsewhere.example",)}, {}),
    ],
)
def test_an_address_that_nobody_vouches_for_links_nothing(provided, issuer: str, facts: dict, claims: dict) -> None:
    """R2, R13: else whoever can write an address at a provider could be anybody here."""
    provided(**facts)
    at_the_provider(issuer, "x1", email=person("head-beckside").email, **claims)
    browser, arrived = sign_in("x1")
    assert arrived.status_code == 403
    assert "We do not know this account" in arrived.content.decode()
    assert browser.get("/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_provider_may_own_a_domain(provided, issuer: str) -> None:
    """Entra says of no address that it is verified; the council's own domain is the council's."""
    head = person("head-beckside")
    provided(trusted=True, email_domains=(head.email.partition("@")[2],))
    at_the_provider(issuer, "h2", email=head.email)
    browser, _ = sign_in("h2")
    assert head.name in browser.get("/").content.decode()


def test_nobody_signs_up_through_a_provider(provided, issuer: str) -> None:
    """R2: closed to strangers, whatever a provider says."""
    provided(trusted=True)
    at_the_provider(issuer, "stranger", email="stranger@example.org", email_verified=True)
    _, arrived = sign_in("stranger")
    assert arrived.status_code == 403
    assert not Person.objects.filter(email="stranger@example.org").exists()


def test_a_closed_account_stays_closed(provided, issuer: str) -> None:
    """R44: neither the first time nor, when linked before, a later one."""
    provided(trusted=True)
    head = person("head-beckside")
    at_the_provider(issuer, "h3", email=head.email, email_verified=True)
    sign_in("h3")
    with as_batch():
        Person.objects.filter(pk=head.pk).update(is_active=False)
    browser, _ = sign_in("h3")
    assert browser.get("/").status_code == 302
    with as_batch():
        SocialAccount.objects.all().delete()
    assert sign_in("h3")[1].status_code == 403


def test_the_way_is_guarded_by_pkce_and_state(provided, issuer: str, sent: list) -> None:
    """A code that somebody caught is worth nothing without the secret of this browser's session."""
    provided(trusted=True)
    at_the_provider(issuer, "h4", email=person("head-beckside").email, email_verified=True)
    browser = visitor()
    asked = parse_qs(urlsplit(browser.post("/sign-in/with/dfe/?process=login")["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://schools-online.localhost/sign-in/with/dfe/back/"]
    sent.clear()
    sign_in("h4")
    tokens = next(rest["data"] for method, url, rest in sent if url.endswith("/token"))
    authorised = next(url for method, url, rest in sent if "/authorize" in url and "state=" in url)
    challenge = parse_qs(urlsplit(authorised).query)["code_challenge"][0]
    digest = sha256(tokens["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def test_somebody_elses_way_back_signs_nobody_in(provided, issuer: str) -> None:
    """Login forgery: the state belongs to the browser that set out."""
    provided(trusted=True)
    at_the_provider(issuer, "h5", email=person("head-beckside").email, email_verified=True)
    leaving = visitor().post("/sign-in/with/dfe/?process=login")
    back = requests.post(leaving["location"], data={"sub": "h5"}, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["location"])
    other = visitor()
    assert "That did not work" in other.get(f"{parts.path}?{parts.query}").content.decode()
    assert other.get("/").status_code == 302


def test_nobody_links_a_provider_to_the_account_of_somebody_who_is_signed_in(provided, issuer: str) -> None:
    """R13: a link is made by the address alone, not by whoever sits at an open session."""
    provided(trusted=True)
    at_the_provider(issuer, "mine", email="attacker@example.org", email_verified=True)
    browser = client("head-beckside")
    leaving = browser.post("/sign-in/with/dfe/?process=connect")
    back = requests.post(leaving["location"], data={"sub": "mine"}, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["location"])
    assert browser.get(f"{parts.path}?{parts.query}").status_code == 403
    assert not SocialAccount.objects.exists()


def test_whoever_stops_half_way_is_told_so(provided, issuer: str) -> None:
    provided(trusted=True)
    browser = visitor()
    leaving = browser.post("/sign-in/with/dfe/?process=login")
    back = requests.post(leaving["location"], data={"action": "deny"}, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["location"])
    page = browser.get(f"{parts.path}?{parts.query}", follow=True).content.decode()
    assert "You did not sign in" in page or "That did not work" in page


def test_the_second_factor_is_asked_for_here_unless_the_provider_asks(provided, issuer: str) -> None:
    """R13."""
    head = person("head-beckside")
    at_the_provider(issuer, "h6", email=head.email, email_verified=True)
    provided(trusted=True)
    plain, _ = sign_in("h6")
    assert plain.get(f"{HERE}/pupils/")["location"] == "/account/second-factor/"
    provided(trusted=True, second_factor=True)
    strong, _ = sign_in("h6")
    assert strong.get(f"{HERE}/pupils/").status_code == 200


def test_a_person_with_an_app_gives_its_code_after_the_provider(provided, issuer: str) -> None:
    """R13: a provider is no way round one's own second factor."""
    head = with_app("head-beckside")
    at_the_provider(issuer, "h7", email=head.email, email_verified=True)
    provided(trusted=True, second_factor=True)
    browser, arrived = sign_in("h7")
    assert arrived["location"] == "/sign-in/code/"
    assert browser.get("/").status_code == 302
    browser.post("/sign-in/code/", {"code": code_now(SECRET)})
    assert browser.get(f"{HERE}/pupils/").status_code == 200


def test_a_provider_of_one_site_is_none_of_the_other(provided, issuer: str) -> None:
    """R38."""
    provided(trusted=True, sites=("edunet",))
    assert "DfE Sign-in" not in visitor(SCHOOLS_ONLINE).get("/sign-in/").content.decode()
    assert visitor(SCHOOLS_ONLINE).post("/sign-in/with/dfe/?process=login").status_code == 404
    assert "DfE Sign-in" in visitor(EDUNET).get("/sign-in/").content.decode()


def test_edunet_lets_in_no_head_whatever_the_provider_says(provided, issuer: str) -> None:
    """R38: a Schools Online account fails there, also by single sign-on."""
    provided(trusted=True)
    at_the_provider(issuer, "h8", email=person("head-beckside").email, email_verified=True)
    browser, _ = sign_in("h8", through=EDUNET)
    assert browser.get("/").status_code in (302, 403)
    assert browser.get(f"{HERE}/").status_code == 302


def test_the_web_application_cannot_make_up_a_provider() -> None:
    """R45: providers come from the settings, and the table for them is not the application's."""
    for attempt in (SocialApp.objects.create, SocialApp.objects.count):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "OIDC_PROVIDERS"),
        ("[1]", "each provider is an object"),
        ('[{"id": "a"}]', "no name, issuer, client_id"),
        ('[{"id": "a b", "name": "A", "issuer": "https://a", "client_id": "c"}]', "letters, digits and hyphens"),
        ('[{"id": "a", "name": "A", "issuer": "http://a", "client_id": "c"}]', "https://"),
        ('[{"id": "a", "name": "A", "issuer": "https://a", "client_id": "c", "trusted": "yes"}]', "trusted"),
        ('[{"id": "a", "name": "A", "issuer": "https://a", "client_id": "c", "sites": ["moon"]}]', "sites"),
        ('[{"id": "a", "name": "A", "issuer": "https://a", "client_id": "c", "nonsense": 1}]', "nonsense"),
        (
            '[{"id": "a", "name": "A", "issuer": "https://a", "client_id": "c"},'
            '{"id": "a", "name": "B", "issuer": "https://b", "client_id": "c"}]',
            "same id",
        ),
        (
            '[{"id": "a", "name": "A", "issuer": "https://a", "client_id": "c"},'
            '{"id": "b", "name": "B", "issuer": "https://b", "client_id": "c"}]',
            "same client_id",
        ),
    ],
)
def test_a_provider_set_up_wrongly_is_named(text: str, problem: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=problem):
        read_providers(text, tls_only=True)


def test_what_a_provider_is_set_up_with() -> None:
    (provider,) = read_providers(
        '[{"id": "entra", "name": "Microsoft", "issuer": "https://login.example/t/v2.0", "client_id": "c",'
        ' "trusted": true, "email_domains": ["Council.example"], "origins": ["https://adfs.example"]}]',
        tls_only=True,
    )
    assert provider.email_domains == ("council.example",)
    assert provider.form_origins == ("https://login.example", "https://adfs.example")
    assert not provider.second_factor


def test_a_provider_that_does_not_answer_is_told_in_words(provided) -> None:
    provided(issuer="http://localhost:9", trusted=True)
    answer = visitor().post("/sign-in/with/dfe/?process=login")
    assert answer.status_code == 503
    assert "That did not work" in answer.content.decode()
