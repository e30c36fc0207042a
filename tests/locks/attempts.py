"""What is tried as the application, and may not succeed: each is undone, and what gets through is a hole."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import Error, transaction
from psycopg2.errors import QueryCanceled

Attempt = Callable[[str, Callable[[], object]], None]


class AHole(Exception):
    """One hole was found, and one is enough."""


@dataclass(frozen=True)
class Holes:
    """The names of what was let through that must not be. With `one_is_enough` the first raises AHole."""

    one_is_enough: bool = False
    found: set[str] = field(default_factory=set)

    def attempt(self, name: str, ask: Callable[[], object]) -> None:
        """A hole, if anything true is answered. Refused by the database is none; what was written is undone.

        A statement that took too long was not refused: it says nothing, and is an error of the test.
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
