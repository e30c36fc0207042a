"""Signing in as people do: by password, and with the code that an app would show now."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.test import Client

from access_register.models import Person
from tests.people import EDUNET, SCHOOLS_ONLINE, chooses_purpose, person, visitor

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_password(slug: str) -> Person:
    somebody = person(slug)
    Person.objects.filter(pk=somebody.pk).update(password=make_password(PASSWORD))
    return somebody


def with_app(slug: str) -> Person:
    """A person with a password and an authenticator app."""
    somebody = with_password(slug)
    TOTP.activate(somebody, SECRET)
    return somebody


def code_now(secret: str = SECRET, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def give_password(
    somebody: Person, through: Any = SCHOOLS_ONLINE, browser: Client | None = None, **headers: str
) -> Client:
    """The first step of signing in. Without a second, on EduNet, the session has its purpose too."""
    browser = browser or visitor(through)
    browser.post("/sign-in/", {"login": somebody.email, "password": PASSWORD}, headers=headers)
    return chooses_purpose(browser) if through == EDUNET else browser


def factors(somebody: Person) -> set[str]:
    return set(Authenticator.objects.filter(user_id=somebody.pk).values_list("type", flat=True))
