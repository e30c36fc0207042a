"""A portal that is set up wrongly does not start."""

import os
import subprocess
import sys
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.utils import timezone
from psycopg2.errors import InsufficientPrivilege

from portal.checks import (
    demo_stays_on_this_machine,
    edunet_has_a_way_in,
    emails_go_somewhere,
    field_keys_are_keys,
    holidays_are_days,
    holidays_go_on,
    ledger_keys_are_keys,
    networks_are_networks,
    officers_have_council_addresses,
    people_find_the_way,
    production_is_no_demo,
    providers_vouch_for_their_own,
    settings_are_spelt_right,
    styles_are_collected,
    the_proxy_is_known,
    those_who_answer_can_be_reached,
)
from portal.plainly import BOOT_FAILED, said_plainly
from portal.providers import Provider
from sharing.records.operations import How
from sharing.service.health import how_is_the_service
from tests import databases

ROOT = Path(__file__).parents[2]
KEYS = {
    "EMAIL_URL": "smtp://localhost:25",
    "EDUNET_NETWORKS": "10.20.0.0/16",
    "COUNCIL_EMAIL_DOMAINS": "council.example",
    "SCHOOLS_ONLINE_HOST": "schools.example.gov.uk",
    "EDUNET_HOST": "edunet.example.gov.uk",
    "SECRET_KEY": "k" * 60,
    "BLIND_INDEX_KEY": "b" * 44,
    "FIELD_KEYS": "a:" + "QUFB" * 10 + "QUE=",
}


@pytest.mark.parametrize(
    ("mode", "hosts", "errors"),
    [
        ("demo", ["schools-online.localhost", "127.0.0.1"], []),
        ("demo", ["schools-online.localhost", "schools.example.gov.uk"], ["portal.E001"]),
        ("production", ["schools.example.gov.uk"], []),
    ],
)
def test_the_demonstration_stays_on_this_machine(mode: str, hosts: list[str], errors: list[str], settings) -> None:
    settings.MODE, settings.ALLOWED_HOSTS = mode, hosts
    assert [error.id for error in demo_stays_on_this_machine(None)] == errors


def test_deploying_refuses_the_demonstration(settings) -> None:
    for mode, errors in (("demo", ["portal.E002"]), ("test", ["portal.E002"]), ("production", [])):
        settings.MODE = mode
        assert [error.id for error in production_is_no_demo(None)] == errors


@pytest.mark.parametrize(
    ("hosts", "sender", "told"),
    [
        (("schools.example", "edunet.example"), "no-reply@schools.example", []),
        (("schools.example", "edunet.example"), "Schools Online <no-reply@schools.example>", []),
        (("schools-online.localhost", "edunet.example"), "no-reply@schools.example", ["portal.E072"]),
        (("schools.example", "edunet.localhost"), "no-reply@schools.example", ["portal.E072"]),
        (("schools.example", "edunet.example"), "no-reply@schools-online.localhost", ["portal.W003"]),
        (("schools.example", "edunet.example"), "no-reply", ["portal.W003"]),
    ],
)
def test_in_production_links_and_senders_are_the_councils(
    hosts: tuple[str, str], sender: str, told: list[str], settings
) -> None:
    """R22: an invitation would lead to the reader's own machine, or not arrive."""
    settings.SITE_HOSTS = dict(zip(("schools_online", "edunet"), hosts, strict=True))
    settings.DEFAULT_FROM_EMAIL, settings.MODE = sender, "production"
    assert [found.id for found in people_find_the_way(None)] == told


@pytest.mark.parametrize(
    ("address", "mode", "told"),
    [
        ("dpo@council.example", "production", []),
        ("", "production", ["portal.W005", "portal.W005"]),
        ("the officer", "production", ["portal.W005", "portal.W005"]),
        ("dpo@council.example?subject=x", "production", ["portal.W005", "portal.W005"]),
        ("", "test", []),
    ],
)
def test_a_portal_that_names_nobody_to_write_to_says_so(address: str, mode: str, told: list[str], settings) -> None:
    """P7, R30: the pages on data protection and on accessibility send people there."""
    settings.DATA_PROTECTION_EMAIL = settings.SERVICE_EMAIL = address
    settings.MODE = mode
    assert [found.id for found in those_who_answer_can_be_reached(None)] == told


def test_a_portal_that_knows_no_proxy_says_so(settings) -> None:
    """R38: nobody's address can be told then."""
    for proxies, told in (([], ["portal.W004"]), (["127.0.0.1"], [])):
        settings.TRUSTED_PROXIES = proxies
        assert [found.id for found in the_proxy_is_known(None)] == told


@pytest.mark.parametrize(("domain", "errors"), [("council.example", []), ("gmail.com", ["portal.E081"])])
def test_no_provider_vouches_for_addresses_that_anybody_can_get(domain: str, errors: list[str], settings) -> None:
    """R13: there an address that nobody has verified is anybody's."""
    settings.OIDC_PROVIDERS = (Provider("a", "A", "https://a", "c", email_domains=(domain,)),)
    assert [error.id for error in providers_vouch_for_their_own(None)] == errors


def test_a_drill_that_was_forgotten_is_told_of(settings) -> None:
    """Emails that go nowhere count as sent, so nothing else would tell of it."""
    assert emails_go_somewhere(None) == []
    settings.MODE, settings.EMAILS_GO_OUT = "production", False
    assert [warning.id for warning in emails_go_somewhere(None)] == ["portal.W008"]
    settings.EMAILS_GO_OUT = True
    assert emails_go_somewhere(None) == []


def test_a_setting_that_is_mistyped_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its default would count in silence: reviews of another length, terms of another authority."""
    assert settings_are_spelt_right(None) == []
    for name in ("TERM_START", "CITRIX_GATEWAY", "AUTHORTY_NAME", "HOSTNAME", "LESSOPEN"):
        monkeypatch.setenv(name, "x")
    meant = [(warning.msg.split()[0], warning.hint.split()[1]) for warning in settings_are_spelt_right(None)]
    assert meant == [
        ("AUTHORTY_NAME", "AUTHORITY_NAME"), ("CITRIX_GATEWAY", "CITRIX_GATEWAYS"), ("TERM_START", "TERM_STARTS"),
    ]  # fmt: skip


def test_an_edunet_without_ranges_is_not_deployed(settings) -> None:
    """R38: refused by the check that gunicorn runs first."""
    for ranges, gateways, errors in (([], [], ["portal.E008"]), (["10.0.0.0/8"], [], []), ([], ["10.30.0.1"], [])):
        settings.EDUNET_NETWORKS, settings.CITRIX_GATEWAYS = ranges, gateways
        assert [error.id for error in edunet_has_a_way_in(None)] == errors


def test_an_edunet_whose_officers_have_no_domain_is_not_deployed(settings) -> None:
    """R38: nor one where anybody gets an address."""
    for domains, errors in (
        ([], ["portal.E067"]),
        (["council.example", "gmail.com"], ["portal.E067"]),
        (["c.uk"], []),
        (["@c.uk"], ["portal.E067"]),
    ):
        settings.COUNCIL_EMAIL_DOMAINS = domains
        assert [error.id for error in officers_have_council_addresses(None)] == errors


@pytest.mark.parametrize(
    ("holiday", "errors"),
    [
        ("12-21/01-03", []),
        ("02-29/02-29", []),
        ("2027-03-26/2027-04-09", []),
        ("2027-05-03/2027-05-03", []),
        ("2027-04-09/2027-03-26", ["portal.E068"]),
        ("2027-03-26/04-09", ["portal.E068"]),
        ("2027-02-29/2027-03-01", ["portal.E068"]),
        ("04-31/05-01", ["portal.E068"]),
        ("12-25", ["portal.E068"]),
        ("Easter", ["portal.E068"]),
        ("4-1/4-12", ["portal.E068"]),
    ],
)
def test_holidays_are_two_days(holiday: str, errors: list[str], settings) -> None:
    """R7, R8: the first school day after them would be months away, or never come."""
    settings.SCHOOL_HOLIDAYS = [tuple(holiday.split("/"))]
    assert [error.id for error in holidays_are_days(None)] == errors


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_time"), [(43, False), (42, True), (0, True), (-90, True)])
def test_moving_holidays_are_asked_for_before_the_last_is_over(days: int, is_time: bool, settings) -> None:
    """R7, R8: by `check` and on the operations page. Holidays of every year never run out."""
    today = timezone.localdate()
    settings.SCHOOL_HOLIDAYS = [("12-21", "01-03"), ("2020-04-06", "2020-04-17")]
    settings.SCHOOL_HOLIDAYS += [(f"{today}", f"{today + timedelta(days)}")] * (days >= 0)
    assert [warning.id for warning in holidays_go_on(None)] == ["portal.W002"] * is_time
    told = [part for part in how_is_the_service().not_well if part.title == "School holidays"]
    assert [part.how for part in told] == [How.LOOK] * is_time
    settings.SCHOOL_HOLIDAYS = [("12-21", "01-03")]
    assert holidays_go_on(None) == []


KEY, ANOTHER = b64encode(b"k" * 32).decode(), b64encode(b"a" * 32).decode()


@pytest.mark.parametrize(
    ("keys", "errors"),
    [
        (f"a:{KEY}", []),
        (f"a:{KEY},b:{KEY}", ["portal.E003"]),
        (f"b:{ANOTHER},a:{KEY}", []),
        (f"c:{ANOTHER},b:{KEY},a:{KEY}", []),
        (f"{'é' * 128}:{KEY}", ["portal.E003"]),
        ("", ["portal.E003"]),
        (KEY, ["portal.E003"]),
        ("a:short", ["portal.E003"]),
        (f"a:{b64encode(b'k' * 16).decode()}", ["portal.E003"]),
        (f"a:{KEY},a:{KEY}", ["portal.E003"]),
    ],
)
def test_keys_for_identifying_fields(keys: str, errors: list[str], settings) -> None:
    """R13: 32 bytes each, each id once."""
    settings.FIELD_KEYS = keys
    assert [error.id for error in field_keys_are_keys(None)] == errors


def test_the_key_of_the_blind_index_is_not_guessable(settings) -> None:
    settings.BLIND_INDEX_KEY = "short"
    assert [error.id for error in field_keys_are_keys(None)] == ["portal.E004"]


def start(**environment: str) -> subprocess.CompletedProcess:
    """What gunicorn does first: import the application."""
    return subprocess.run(
        [sys.executable, "-c", "import portal.wsgi"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": os.environ["DATABASE_URL"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_application_refuses_to_start_in_demonstration_mode() -> None:
    refused = start(PORTAL_MODE="demo")
    assert refused.returncode != 0
    assert "portal.E002" in refused.stderr


@pytest.fixture
def web_login(own_database: None):
    """A login that is a member of portal_app and of nothing else, and the URL with which it connects."""
    name = f"web_login_{os.getpid()}"
    databases.as_admin(f"CREATE ROLE {name} LOGIN IN ROLE portal_app")
    params = connection.get_connection_params()
    server = urlencode({part: params[part] for part in ("host", "port") if part in params})
    yield f"postgresql://{name}@/{params['dbname']}?{server}"
    databases.as_admin(f"DROP ROLE {name}")


def test_the_application_starts_in_production_and_needs_its_secrets(web_login: str) -> None:
    assert start(DATABASE_URL=web_login, **KEYS).returncode == 0
    for name in KEYS:
        refused = start(DATABASE_URL=web_login, **{key: value for key, value in KEYS.items() if key != name})
        assert (refused.returncode, "Traceback" in refused.stderr) == (BOOT_FAILED, False), name
        assert name in refused.stderr


def test_the_application_says_that_the_database_is_away() -> None:
    """With the code on which gunicorn stops, so that systemd tries again: in a sentence, and without the password."""
    refused = start(DATABASE_URL="postgresql://portal_app:tell-nobody@127.0.0.1:1/portal", **KEYS)
    assert (refused.returncode, "Traceback" in refused.stderr, "tell-nobody" in refused.stderr) == (3, False, False)
    assert "Look at DATABASE_URL" in refused.stderr


@pytest.mark.parametrize(
    ("command", "needed"),
    [("check_permissions", "is not portal_batch. Load batch.env"), ("migrate", "is not portal_owner. Load owner.env")],
    ids=["batch", "owner"],
)
def test_a_command_with_the_settings_of_another_login_names_those_it_needs(
    web_login: str, command: str, needed: str
) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": web_login, **KEYS},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False), refused.stderr
    assert needed in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        'permission denied to set role "portal_owner"',
        "FEHLER:  keine Berechtigung, um Rolle »portal_owner« zu setzen",
        "ERREUR:  droit refusé pour configurer le rôle « portal_owner »",
    ],
    ids=["en", "de", "fr"],
)
def test_the_settings_it_needs_are_named_whatever_language_postgresql_speaks(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server's `lc_messages` is somebody else's choice. These are the words of PostgreSQL 17."""
    with pytest.raises(SystemExit), said_plainly():
        raise ProgrammingError(words) from InsufficientPrivilege(words)
    assert capsys.readouterr().err.startswith("The login of DATABASE_URL is not portal_owner. Load owner.env")


def test_the_application_does_not_start_with_a_login_that_could_see_more() -> None:
    """R45: a superuser's login would pass row-level security by, whatever role it plays."""
    refused = start(**KEYS)
    assert refused.returncode != 0
    assert "portal_app and nothing more" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDUNET_NETWORKS", ["nonsense"]),
        ("CITRIX_GATEWAYS", ["10.30.0.0/0"]),
        ("EDUNET_NETWORKS", ["0.0.0.0/0"]),
        ("EDUNET_NETWORKS", ["::/0"]),
        ("EDUNET_NETWORKS", ["10.20.0.0/1"]),
        ("TRUSTED_PROXIES", ["proxy.internal"]),
        ("SITE_HOSTS", {"schools_online": "one.example", "edunet": "one.example"}),
    ],
)
def test_networks_that_are_none_are_refused(name: str, value, settings) -> None:
    """R38."""
    assert networks_are_networks(None) == []
    setattr(settings, name, value)
    assert [error.id for error in networks_are_networks(None)] == ["portal.E005"]


def test_styles_that_nobody_collected_are_told_of(settings, tmp_path: Path) -> None:
    """Without them each page is a fault of the service, and the log says no more than ValueError."""
    assert styles_are_collected(None) == []
    settings.MODE, settings.STATIC_ROOT = "production", tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    assert [warning.id for warning in styles_are_collected(None)] == ["portal.W007"]
    call_command("collectstatic", "--no-input", verbosity=0)
    assert styles_are_collected(None) == []
    (tmp_path / "portal" / "portal.css").write_text("of the version before")
    assert [warning.id for warning in styles_are_collected(None)] == ["portal.W007"]


def test_the_ledgers_keys_are_keys(settings) -> None:
    assert ledger_keys_are_keys(None) == []
    settings.LEDGER_SIGNING_KEY = ""
    assert ledger_keys_are_keys(None) == []
    settings.LEDGER_PUBLIC_KEYS = ["no key"]
    assert [error.id for error in ledger_keys_are_keys(None)] == ["portal.E051"]
