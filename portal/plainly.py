"""What keeps the portal from starting is said in a sentence: a setting that is wrong, or a database that is not there.

A traceback would hide the cure, and the words of some libraries quote what they could not read: a password, at worst.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import Error

BOOT_FAILED = 3  # gunicorn's own code (Arbiter.WORKER_BOOT_ERROR): it stops, and does not try for ever


@contextmanager
def said_plainly(exit_code: int = 1) -> Iterator[None]:
    try:
        yield
    except (ImproperlyConfigured, CommandError) as wrong:
        words = str(wrong)
    except Error as wrong:
        if _is_answered(wrong):
            raise
        where = "" if "DATABASE_URL" in os.environ else ", which is not set,"
        words = f"The database cannot be reached. Look at DATABASE_URL{where} and at the server: {_first_line(wrong)}"
    else:
        return
    sys.stderr.write(f"{words}\n")
    sys.exit(exit_code)


def _is_answered(wrong: Error) -> bool:
    """Whether PostgreSQL itself has refused a statement: then it was reached, and the fault is another one."""
    came_from = wrong.__cause__
    return came_from is None or getattr(came_from, "pgcode", None) is not None


def _first_line(wrong: Error) -> str:
    """What follows the first line may quote a row. Of a connection that failed no line holds the password."""
    return next(iter(str(wrong).strip().splitlines()), "")
