"""Attempts as the application that must not succeed: each is undone, and one that gets through is a hole."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import Error, transaction
from psycopg2.errors import QueryCanceled

Attempt = Callable[[str, Callable[[], object]], None]


class AHole(Exception):
    """A hole was found, and one is enough."""


@dataclass(frozen=True)
class Holes:
    """The names of attempts that wrongly got through. With `one_is_enough` the first raises AHole."""

    one_is_enough: bool = False
    found: set[str] = field(default_factory=set)

    def attempt(self, name: str, ask: Callable[[], object]) -> None:
        """Note a hole if the answer is anything true. A refusal by the database is no hole; anything written is undone.

        A statement that took too long was not refused: it proves nothing, and is an error of the test.
        """
        try:
            with transaction.atomic():
                if ask():
                    self.found.add(name)
                transaction.set_rollback(True)
        except Error as error:
            if isinstance(error.__cause__, QueryCanceled):
                raise
        if self.found and self.one_is_enough:
            raise AHole(name)
