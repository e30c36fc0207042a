"""Reads the settings from the environment. If a value cannot be read, the error names its variable.

Addresses contain passwords, so an error about one quotes no part of it.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SWITCHES = dict.fromkeys(("on", "true", "yes", "y", "ok", "1"), True)
SWITCHES |= dict.fromkeys(("off", "false", "no", "n", "0", ""), False)
ENCODED = (
    "Special characters in the user's name or the password are percent-encoded: / is %2F, @ is %40, ? is %3F, # is %23."
)
POSTS = ("smtp+tls://", "smtp+ssl://", "smtp://")
POSTS_NOTHING = "dummymail://"  # for a drill (docs/operators/retention.md)
ASKED: set[str] = set()  # the names of all settings, once portal.settings has been read


class Environment(environ.Env):
    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        ASKED.add(var)
        try:
            return super().get_value(var, *args, **kwargs)
        except ImproperlyConfigured:
            raise ImproperlyConfigured(
                f"{var} is not set. docs/operators/settings.md says what to set it to."
            ) from None
        except ValueError as wrong:
            raise ImproperlyConfigured(f"{var} cannot be read: {wrong}.") from None

    @classmethod
    def parse_value(cls, value: Any, cast: Any) -> Any:
        """As django-environ's. Of a list, without the spaces and ends of lines around what is between the commas."""
        if cast is list:
            return [item.strip() for item in value.split(",") if item.strip()]
        return super().parse_value(value, cast)

    def switch(self, name: str, *, default: bool) -> bool:
        """On or off. Raises ImproperlyConfigured for anything else, such as a typing error."""
        said = self.str(name, "on" if default else "off").strip().lower()
        if said not in SWITCHES:
            raise ImproperlyConfigured(f"{name} must be on or off.")
        return SWITCHES[said]

    def database(self, name: str, url: str) -> dict[str, Any]:
        """Django's settings for the database at `url`, which came from the variable `name`."""
        if not url.startswith(("postgresql://", "postgres://")):
            raise ImproperlyConfigured(f"{name} has to begin with postgresql://.")
        try:
            config: dict[str, Any] = self.db_url_config(url)
        except ValueError:
            raise ImproperlyConfigured(f"{name} cannot be read: is its port a number? {ENCODED}") from None
        if not config["NAME"]:
            raise ImproperlyConfigured(f"{name} does not name a database: postgresql://USER:PASSWORD@HOST:5432/portal.")
        if _cuts_the_password(url):
            raise ImproperlyConfigured(f"{name} cannot be read. {ENCODED}")
        return config

    def mail(self, name: str, *, default: str | None = None) -> dict[str, Any]:
        """Django's settings for where emails go: to a mail server, or knowingly nowhere. A log or a file would get the
        links to choose a password, so nothing else is taken but `default`."""
        such_as = f"{name} should look like smtp+tls://USER:PASSWORD@HOST:587."
        url = (self.str(name, default) if default else self.str(name)).strip()
        if not url.lower().startswith((*POSTS, default or POSTS_NOTHING, POSTS_NOTHING)):
            raise ImproperlyConfigured(f"{such_as} What comes before :// must be smtp+tls, smtp+ssl or smtp.")
        try:
            config: dict[str, Any] = self.email_url_config(url)
        except ValueError:
            raise ImproperlyConfigured(f"{such_as} Its port must be a number. {ENCODED}") from None
        if url.lower().startswith(POSTS) and not config["EMAIL_HOST"]:
            raise ImproperlyConfigured(f"{such_as} It does not name a host.")
        if _cuts_the_password(url):
            raise ImproperlyConfigured(f"{such_as} {ENCODED}")
        return config

    def by_role(self, name: str, read: Callable[[str], Any], default: list[str]) -> dict[str, Any]:
        """Values by role, as in `head=60,other=20`. Roles that the variable does not name are as in `default`."""
        try:
            pairs = [pair.split("=") for pair in [*default, *self.list(name, default=[])]]
            return {role.strip(): read(said) for role, said in pairs}
        except ValueError:
            raise ImproperlyConfigured(f"{name} names roles as in {','.join(default)}.") from None


def _cuts_the_password(url: str) -> bool:
    """Whether the user and password of the address reach beyond what is read as its host, because of /, ? or #.

    Part of the password would then be taken for the host, and be named where that is not found.
    """
    return "@" in "".join(urlsplit(url)[2:])


def number(said: str) -> int:
    """How many. Raises ValueError unless it is 0 or more."""
    if int(said) < 0:
        raise ValueError
    return int(said)


def hours(said: str) -> tuple[int, int]:
    """`7-19`: the first hour inside, and the first one after. Raises ValueError unless they are hours of one day."""
    first, past = (int(hour) for hour in said.split("-"))
    if not 0 <= first < past <= 24:
        raise ValueError
    return first, past
