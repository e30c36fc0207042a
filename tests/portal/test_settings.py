"""A value that cannot be used is refused with its name, before anybody meets it on a page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.checks import the_secret_key_is_secret, what_is_set_can_be_used
from sharing.roles import refuse_an_old_server

ROOT = Path(__file__).parents[2]
SAID = {
    "PORTAL_MODE": "production", "EMAIL_URL": "smtp://localhost:25", "SECRET_KEY": "k" * 60,
    "BLIND_INDEX_KEY": "b" * 44, "FIELD_KEYS": "a:" + "QUFB" * 10 + "QUE=",
}  # fmt: skip


def check(**changed: str) -> str:
    """What `manage.py check` says."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql:///nowhere"} | SAID | changed
    command = [sys.executable, "-W", "ignore", "manage.py", "check"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHORITY_CODE", "Leeds"),
        ("EMAIL_URL", "mail.example.gov.uk"),
        ("UNUSUAL_HOURS", "office"),
        ("UNUSUAL_HOURS", "office=early-late"),
        ("UNUSUAL_CHILDREN_AN_HOUR", "teacher=many"),
        ("SCHOOLS_ONLINE_HOST", "https://schools.example.gov.uk/"),
        ("DATABASE_URL", "nonsense"),
        ("TERM_STARTS", "9/1"),
        ("SCHOOL_HOLIDAYS", "Christmas"),
        ("INVITATION_DAYS", "-1"),
        ("SECRET_KEY", "x"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    last = [
        line for line in check(**{name: value}).splitlines() if "ImproperlyConfigured" in line or "portal.E" in line
    ][-1]
    assert name in last


@pytest.mark.parametrize("version", [140_019, 149_999])
def test_a_server_that_is_too_old_is_refused_with_its_release(version: int) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"is PostgreSQL 14\. The portal needs PostgreSQL 15 or later"):
        refuse_an_old_server(version)


@pytest.mark.parametrize("version", [150_000, 180_001])
def test_a_server_of_the_oldest_release_or_later_is_taken(version: int) -> None:
    assert refuse_an_old_server(version) is None


def test_what_is_set_here_is_right(settings) -> None:
    assert what_is_set_can_be_used(None) == []
    settings.SECRET_KEY = "k" * 32
    assert the_secret_key_is_secret(None) == []
    settings.SITE_HOSTS = settings.SITE_HOSTS | {"edunet": "edunet.example.gov.uk:8443"}
    assert [error.id for error in what_is_set_can_be_used(None)] == ["portal.E069"]
