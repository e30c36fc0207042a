"""A portal that is set up wrongly does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.checks import demo_stays_on_this_machine, production_is_no_demo

ROOT = Path(__file__).parents[2]
KEYS = {"SECRET_KEY": "k" * 60, "BLIND_INDEX_KEY": "b" * 44, "FIELD_KEYS": "a:" + "QUFB" * 10 + "QUE="}


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
    settings.DEMO = True
    assert [error.id for error in production_is_no_demo(None)] == ["portal.E002"]
    settings.DEMO = False
    assert production_is_no_demo(None) == []


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
