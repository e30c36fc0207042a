"""The cast at work: clients in which somebody is signed in, and askers for the door."""

import time
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from django.contrib.auth import get_user_model, login
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from access_register.models import Person, ProtocolVersion
from portal.sites import SITES
from sharing.authorise import Asker, Through
from sharing.keys.sealed_sessions import SessionStore
from sharing.requests import PURPOSE
from sharing.roles import BATCH, OWNER, acting_as

SCHOOLS_ONLINE, EDUNET = Through.SCHOOLS_ONLINE, Through.EDUNET
ON_THE_INTRANET = "10.20.0.5"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def person(slug: str) -> Person:
    """The member of the demonstration's cast with this slug."""
    from access_register.demo.cast import BY_SLUG

    return get_user_model().objects.get(email=BY_SLUG[slug].email)


def asker(slug: str, through: Through = SCHOOLS_ONLINE) -> Asker:
    somebody = person(slug)
    return Asker(somebody.pk, somebody.name, through, second_factor=True, confirmed_lately=True)


@cache
def server() -> ClientHandler:
    """The request handler, made once as in production and not for each browser: it searches all static files."""
    return ClientHandler(enforce_csrf_checks=False)


@receiver(setting_changed)
def of_other_settings(**_: object) -> None:
    """Make a new handler when settings change: it reads some of them when it is made."""
    server.cache_clear()


def visitor(through: Through = SCHOOLS_ONLINE, address: str = ON_THE_INTRANET) -> Client:
    """A browser in which nobody has signed in."""
    site = next(site for site in SITES if site.slug == through)
    browser = Client(headers={"host": site.host}, REMOTE_ADDR=address, raise_request_exception=True)
    browser.handler = server()
    return browser


def client(
    slug: str, through: Through = SCHOOLS_ONLINE, address: str = ON_THE_INTRANET, *, second_factor: bool = True
) -> Client:
    """A browser in which the person has just signed in at the site, with a second factor unless said otherwise.

    On EduNet they have chosen a purpose.
    """
    return signed_in(person(slug), through, address, second_factor=second_factor)


def signed_in(
    somebody: Person, through: Through, address: str = ON_THE_INTRANET, *, second_factor: bool = True
) -> Client:
    """The same for a person whom the test already has."""
    browser, request = visitor(through, address), HttpRequest()
    session = request.session = SessionStore()
    login(request, somebody, BACKEND)
    if second_factor:
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(somebody.pk)
    if through == EDUNET:
        session[PURPOSE] = "General administration"
    session.save()
    browser.cookies[f"{through}_session"] = session.session_key
    return browser


def looks_for(browser: Client, address: str) -> Any:
    """The list after a search by name through its form. `address` is the page with what is typed as its query."""
    page, _, typed = address.partition("?")
    return browser.post(page, {**dict(parse_qsl(typed)), "search": "yes"}, follow=True)


def chooses_purpose(browser: Client) -> Client:
    """An officer who has just signed in says what the session is for, as EduNet asks everybody first (P8)."""
    version = ProtocolVersion.objects.in_force_on(timezone.localdate())[0].pk
    browser.post("/purpose/", {"version": version, "purpose": "general", "accept": "on"})
    return browser


def as_batch() -> AbstractContextManager[None]:
    """Write as imports do, as portal_batch."""
    return acting_as(BATCH)


def as_owner() -> AbstractContextManager[None]:
    """Change tables as migrations do, as the owner."""
    return acting_as(OWNER)


def accepts(somebody: Person) -> Person:
    """Accept the protocol for a person made by a test, as everybody does before they see anything (R19)."""
    with as_batch():
        Person.objects.filter(pk=somebody.pk).update(protocol_accepted_until=timezone.localdate() + timedelta(days=364))
    return somebody
