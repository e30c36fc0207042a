"""Reads OIDC_PROVIDERS: the organisations through which people may sign in. There are none until somebody sets it."""

import json
import re
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SITES = ("schools_online", "edunet")
NEEDED = ("id", "name", "issuer", "client_id")
DOMAIN = re.compile(r"[a-z0-9-]+\.[a-z0-9.-]+")
# What else would stand there could lift the Content-Security-Policy (`*`, `; script-src *`).
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")


@dataclass(frozen=True)
class Provider:
    """One provider. `trusted`: its email addresses link it to accounts. `email_domains`: domains that it owns.
    `second_factor`: it asks for one itself, so we need not. `origins`: other places that its sign-in leads through."""

    id: str
    name: str
    issuer: str
    client_id: str
    secret: str = ""
    sites: tuple[str, ...] = SITES
    trusted: bool = False
    email_domains: tuple[str, ...] = ()
    second_factor: bool = False
    origins: tuple[str, ...] = ()

    @property
    def form_origins(self) -> tuple[str, ...]:
        """Where the browser goes from the button, for the Content-Security-Policy."""
        parts = urlsplit(self.issuer)
        return (f"{parts.scheme}://{parts.netloc}", *self.origins)


def read_providers(text: str, *, tls_only: bool) -> tuple[Provider, ...]:
    """The providers in the JSON list `text`. Raises ImproperlyConfigured, naming what is wrong."""
    try:
        listed = json.loads(text or "[]")
        if not isinstance(listed, list):
            raise TypeError("it is a list, even of one provider: [{...}].")
        found = tuple(_provider(entry, tls_only=tls_only) for entry in listed)
    except (TypeError, ValueError) as problem:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {problem}") from None
    for name in ("id", "client_id"):  # allauth finds the way back by client_id, if a code is asked for in between
        if len({getattr(provider, name) for provider in found}) < len(found):
            raise ImproperlyConfigured(f"OIDC_PROVIDERS: two providers have the same {name}.")
    return found


def _provider(entry: Any, *, tls_only: bool) -> Provider:
    if not isinstance(entry, dict):
        raise TypeError("each provider is an object with id, name, issuer and client_id.")
    unknown = set(entry) - {field.name for field in fields(Provider)}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}.")
    missing = [name for name in NEEDED if name not in entry]
    if missing:
        raise ValueError(f"a provider has no {', '.join(missing)}.")
    provider = Provider(**{name: _frozen(name, value) for name, value in entry.items()})
    if not provider.id.replace("-", "").isalnum():
        raise ValueError(f"the id {provider.id!r} is not made of letters, digits and hyphens.")
    if tls_only and not provider.issuer.startswith("https://"):
        raise ValueError(f"the issuer of {provider.id} does not begin with https://.")
    if not all(ORIGIN.fullmatch(origin) for origin in provider.form_origins):
        raise ValueError(f"the issuer or an origin of {provider.id} does not look like https://adfs.example.gov.uk.")
    if not provider.sites or not set(provider.sites) <= set(SITES):
        raise ValueError(f"the sites of {provider.id} are not among {', '.join(SITES)}.")
    wrong = [domain for domain in provider.email_domains if not DOMAIN.fullmatch(domain)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} of {provider.id} is not a domain: give what comes after the @.")
    return provider


def _frozen(name: str, value: Any) -> Any:
    """The value, if it is of the right type. A list becomes a tuple, in lower case unless it has addresses."""
    if name in {"trusted", "second_factor"}:
        right = isinstance(value, bool)
    elif name in {"sites", "email_domains", "origins"}:
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        right = isinstance(value, str)
    if not right:
        raise TypeError(f"the value of {name} is of the wrong kind.")
    if isinstance(value, list):
        return tuple(_address(item) if name == "origins" else item.lower() for item in value)
    return _address(value) if name == "issuer" else value


def _address(value: str) -> str:
    """Without a slash at its end, as many write it: two would stand before what is looked for there."""
    return re.sub(r"(?<=[^/])/$", "", value)
