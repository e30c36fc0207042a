"""A portal that is set up wrongly does not start."""

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from portal.checks import demo_stays_on_this_machine, field_keys_are_keys, production_is_no_demo

ROOT = Path(__file__).parents[2]
KEYS = {
    "EMAIL_URL": "smtp://localhost:25",
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


KEY = b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("keys", "errors"),
    [
        (f"a:{KEY}", []),
        (f"a:{KEY},b:{KEY}", []),
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


def test_the_application_starts_in_production_and_needs_its_secrets() -> None:
    assert start(**KEYS).returncode == 0
    for name in KEYS:
        refused = start(**{key: value for key, value in KEYS.items() if key != name})
        assert refused.returncode != 0, name
