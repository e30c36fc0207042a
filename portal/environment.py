"""What the settings are read from: the environment. A value that cannot be read is told with its variable's name."""

from collections.abc import Callable
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as wrong:
            raise ImproperlyConfigured(f"{var} cannot be read: {wrong}.") from None

    def by_role(self, name: str, read: Callable[[str], Any], default: list[str]) -> dict[str, Any]:
        """As in `head=60,other=20`. What the variable does not name is as in `default`."""
        try:
            pairs = [pair.split("=") for pair in [*default, *self.list(name, default=[])]]
            return {role: read(said) for role, said in pairs}
        except ValueError:
            raise ImproperlyConfigured(f"{name} names roles as in {','.join(default)}.") from None


def hours(said: str) -> tuple[int, int]:
    """`7-19`: the first hour within, and the first one past."""
    first, past = said.split("-")
    return int(first), int(past)
