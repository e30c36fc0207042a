"""A value that cannot be used is refused with its name, before anybody meets it on a page."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.checks import (
    AT_LEAST_ONE,
    the_secret_key_is_secret,
    transfers_keep_within_the_law,
    what_is_set_can_be_used,
)
from sharing.roles import refuse_an_old_server

ROOT = Path(__file__).parents[2]
SAID = {
    "PORTAL_MODE": "production", "EMAIL_URL": "smtp://localhost:25", "SECRET_KEY": "k" * 60,
    "BLIND_INDEX_KEY": "b" * 44, "FIELD_KEYS": "a:" + "QUFB" * 10 + "QUE=",
}  # fmt: skip


def check(**changed: str) -> str:
    """What `manage.py check` says."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql:///nowhere"} | SAID | changed
    command = [sys.executable, "manage.py", "check"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHORITY_CODE", "Leeds"),
        ("EMAIL_URL", "mail.example.gov.uk"),
        ("UNUSUAL_HOURS", "office"),
        ("UNUSUAL_HOURS", "office=early-late"),
        ("UNUSUAL_HOURS", "office=19-7"),
        ("UNUSUAL_HOURS", "office=7-25"),
        ("UNUSUAL_CHILDREN_AN_HOUR", "teacher=many"),
        ("SCHOOLS_ONLINE_HOST", "https://schools.example.gov.uk/"),
        ("DATABASE_URL", "nonsense"),
        ("TERM_STARTS", "9/1"),
        ("SCHOOL_HOLIDAYS", "Christmas"),
        ("INVITATION_DAYS", "-1"),
        ("SECRET_KEY", "x"),
        ("OIDC_PROVIDERS", "[{"),
        ("DATABASE_POOLED", "ture"),
        ("DATABASE_URL", "postgresql://portal_app@db.internal:5432"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp+tls://user:password@:587"),
        ("UNUSUAL_CHILDREN_AN_HOUR", "teacher=-1"),
        pytest.param("FIELD_KEYS", "a" * 256 + ":" + "QUFB" * 10 + "QUE=", id="FIELD_KEYS-an-id-too-long"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    said = check(**{name: value})
    assert name in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres//portal_app:{}@db.internal:5432/portal"),
        ("DATABASE_URL", "postgressql://portal_app:{}@db.internal:5432/portal"),
        ("DATABASE_URL", "postgresql://portal_app:{}/more@db.internal:5432/portal"),
        ("DATABASE_URL", "postgresql://portal_app:any@{}/more@db.internal:5432/portal"),
        ("DATABASE_URL", "postgresql://portal_app:any@{}/more#more@db.internal:5432/portal"),
        ("DATABASE_URL", "postgresql://portal_app:any@{}/more?more@db.internal:5432/portal"),
        ("REPLICA_URLS", "postgresql://portal_app:{}/more@db2.internal/portal"),
        ("EMAIL_URL", "smtp+tls://user:{}/more@mail.example.gov.uk:587"),
        ("EMAIL_URL", "smtp+tls://user:any@{}/more@mail.example.gov.uk:587"),
        ("EMAIL_URL", "smtp+tls://user:any@{}?more@mail.example.gov.uk:587"),
        ("EMAIL_URL", "smtp+tls://user:any@{}#more@mail.example.gov.uk:587"),
        ("EMAIL_URL", "smpt+tls://user:{}@mail.example.gov.uk:587"),
        ("EMAIL_URL", "smtp+tls://user:{}@mail.example\u2100gov.uk:587"),
    ],
)
def test_what_is_said_of_an_address_holds_nothing_of_its_password(name: str, value: str) -> None:
    """R13: what manage.py says is in a terminal, in systemd's journal, and in the email of the night."""
    said = check(**{name: value.format("TellNobody")})
    assert name in said
    assert "tellnobody" not in said.lower()
    assert "Traceback" not in said


def test_a_production_server_whose_settings_were_not_loaded_invents_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R13: `manage.py` would start a PostgreSQL of its own there, as root, and work on that with keys known to all."""
    ran = runpy.run_path(str(ROOT / "manage.py"))
    monkeypatch.setitem(ran["main"].__globals__, "SETTINGS_OF_PRODUCTION", tmp_path)
    monkeypatch.setattr("sys.argv", ["manage.py", "migrate"])
    for name in ("SECRET_KEY", "PORTAL_MODE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match="Load them first"):
        ran["main"]()


def in_production(monkeypatch: pytest.MonkeyPatch, **said: str) -> dict[str, Any]:
    for name in ("EDUNET_NETWORKS", "CITRIX_GATEWAYS", "TRUSTED_PROXIES"):  # those of the tests
        monkeypatch.delenv(name)
    for name, value in (SAID | said).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "portal" / "settings.py"))


def test_production_is_closed_and_sends_nothing_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """R13, R38."""
    now = in_production(monkeypatch)
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"):
        assert now[name] is True, name
    assert now["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert (now["COOKIE_PREFIX"], now["CSRF_COOKIE_NAME"]) == ("__Host-", "__Host-csrftoken")
    assert now["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert (now["EDUNET_NETWORKS"], now["SECURE_PROXY_SSL_HEADER"], now["DEMO"]) == ([], None, False)
    assert now["ALLOWED_HOSTS"] == list(now["SITE_HOSTS"].values())
    assert not now["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]


@pytest.mark.parametrize("url", ["consolemail://", "filemail:///tmp/mail", "memorymail://", "smtps://mail:465"])
def test_in_production_no_log_and_no_file_gets_emails(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: an email may hold a link to choose a password. `smtps` would begin in the clear, and not as it says."""
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL .* must be smtp\+tls, smtp\+ssl or smtp"):
        in_production(monkeypatch, EMAIL_URL=url)


@pytest.mark.parametrize(("url", "go"), [("smtp+tls://u:p@mail.example:587\n", True), ("dummymail://", False)])
def test_emails_go_to_a_server_or_knowingly_nowhere(url: str, go: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: a log or a file would get the links to choose a password."""
    assert in_production(monkeypatch, EMAIL_URL=url)["EMAILS_GO_OUT"] is go


def test_what_is_around_the_items_of_a_list_is_no_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """R38: of an empty one neither."""
    said = {"EDUNET_NETWORKS": " , ", "TRUSTED_PROXIES": " ", "LEDGER_PUBLIC_KEYS": "one , two\n"}
    now = in_production(monkeypatch, WEBMAIL_DOMAINS="gmail.com, me.com", UNUSUAL_CHILDREN_AN_HOUR="head = 7", **said)
    assert (now["EDUNET_NETWORKS"], now["TRUSTED_PROXIES"], now["SECURE_PROXY_SSL_HEADER"]) == ([], [], None)
    assert (now["LEDGER_PUBLIC_KEYS"], now["WEBMAIL_DOMAINS"]) == (["one", "two"], ["gmail.com", "me.com"])
    assert now["UNUSUAL_CHILDREN_AN_HOUR"]["head"] == 7


@pytest.mark.parametrize(
    ("issuer", "second_factor"), [("http://a", "false"), ("https://a", "false"), ("https://a", "true")]
)
def test_providers_of_production(issuer: str, second_factor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: over TLS alone; a second factor is asked for here unless it is said that they ask."""
    said = f'[{{"id": "a", "name": "A", "issuer": "{issuer}", "client_id": "c", "second_factor": {second_factor}}}]'
    if issuer == "http://a":
        with pytest.raises(ImproperlyConfigured, match="https://"):
            in_production(monkeypatch, OIDC_PROVIDERS=said)
    else:
        asks = in_production(monkeypatch, OIDC_PROVIDERS=said)["PROVIDERS_WITH_SECOND_FACTOR"]
        assert asks == ({"a"} if second_factor == "true" else set())


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ('"issuer": "https://"', "does not look like"),
        ('"issuer": "https://a; script-src *"', "does not look like"),
        ('"issuer": "https://a", "origins": ["*"]', "does not look like"),
        ('"issuer": "https://a", "origins": ["https://b; script-src *"]', "does not look like"),
        ('"issuer": "https://a", "sites": []', "the sites of a are not among"),
        ('"issuer": "https://a", "email_domains": ["@council.example"]', "@council.example of a is not a domain"),
    ],
)
def test_a_provider_that_would_open_more_or_nothing_is_refused(
    facts: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R13: what stands there goes into the Content-Security-Policy, and decides whose word counts."""
    with pytest.raises(ImproperlyConfigured, match=f"OIDC_PROVIDERS: .*{why}"):
        in_production(monkeypatch, OIDC_PROVIDERS=f'[{{"id": "a", "name": "A", "client_id": "c", {facts}}}]')


def test_an_address_of_a_provider_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: as their own pages give it. The portal did not start, or asked for `//.well-known/openid-configuration`."""
    facts = '"id": "a", "name": "A", "client_id": "c", "issuer": "https://a.example/tenant/", "origins": ["https://b/"]'
    (provider,) = in_production(monkeypatch, OIDC_PROVIDERS=f"[{{{facts}}}]")["OIDC_PROVIDERS"]
    assert provider.issuer == "https://a.example/tenant"
    assert provider.form_origins == ("https://a.example", "https://b")


@pytest.mark.parametrize("said", ["null", "{}", "5", '{"id": "a"}'])
def test_providers_are_a_list(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS: it is a list"):
        in_production(monkeypatch, OIDC_PROVIDERS=said)


def test_what_a_provider_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS: a provider has no issuer, client_id") as refused:
        in_production(monkeypatch, OIDC_PROVIDERS='[{"id": "a", "name": "A", "secret": "tell-nobody"}]')
    assert "tell-nobody" not in str(refused.value)


@pytest.mark.parametrize("version", [140_019, 149_999])
def test_a_server_that_is_too_old_is_refused_with_its_release(version: int) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"is PostgreSQL 14\. The portal needs PostgreSQL 15 or later"):
        refuse_an_old_server(version)


@pytest.mark.parametrize("version", [150_000, 180_001])
def test_a_server_of_the_oldest_release_or_later_is_taken(version: int) -> None:
    assert refuse_an_old_server(version) is None


@pytest.mark.parametrize(
    ("name", "value", "errors"),
    [
        ("SECRET_KEY", "k" * 32, []),
        ("SECRET_KEY", "k" * 31, ["portal.E070"]),
        ("SITE_HOSTS", {"schools_online": "schools.example", "edunet": "edunet.example.gov.uk:8443"}, ["portal.E069"]),
        ("SITE_HOSTS", {"schools_online": "https://schools.example", "edunet": "edunet.example"}, ["portal.E069"]),
        ("TERM_STARTS", ["09-01", "02-30"], ["portal.E069"]),
        ("TERM_STARTS", ["09-01", "02-29"], ["portal.E069"]),
        ("TERM_STARTS", [], ["portal.E069"]),
        ("LARGEST_IMPORT", 0, ["portal.E069"]),
        *[(name, days, errors) for name in AT_LEAST_ONE for days, errors in ((0, ["portal.E069"]), (1, []))],
        *[(name, days, errors) for name in AT_LEAST_ONE for days, errors in ((366, []), (367, ["portal.E069"]))],
        ("UNUSUAL_QUIET_DAYS", 0, []),
        ("UNUSUAL_QUIET_DAYS", 999_999_999, ["portal.E069"]),
        ("UNUSUAL_HOURS", {"officers": (7, 20), "other": (6, 22)}, ["portal.E069"]),
        ("UNUSUAL_HOURS", {"third_party": (7, 20), "other": (6, 22)}, []),
        ("WEBMAIL_DOMAINS", ["gmail.com", "Me.com"], ["portal.E069"]),
        ("WEBMAIL_DOMAINS", [], ["portal.E069"]),
        ("TRANSFER_LAPSE_SCHOOL_DAYS", 0, ["portal.E007"]),
        ("TRANSFER_LAPSE_SCHOOL_DAYS", 60, []),
        ("TRANSFER_LAPSE_SCHOOL_DAYS", 61, ["portal.E007"]),
    ],
)
def test_a_setting_that_would_fail_later_is_named(name: str, value: Any, errors: list[str], settings: Any) -> None:
    """R7: and what is set here is right."""
    settings.SECRET_KEY = "k" * 32
    setattr(settings, name, value)
    checks = (what_is_set_can_be_used, the_secret_key_is_secret, transfers_keep_within_the_law)
    assert [error.id for check in checks for error in check(None)] == errors
