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
from psycopg2.errors import InsufficientPrivilege

SETTINGS = {"portal_owner": "owner.env", "portal_batch": "batch.env"}
BOOT_FAILED = 3  # gunicorn's own code (Arbiter.WORKER_BOOT_ERROR): it stops, and does not try for ever


@contextmanager
def said_plainly(exit_code: int = 1) -> Iterator[None]:
    try:
        yield
    except (ImproperlyConfigured, CommandError) as wrong:
        words = str(wrong)
    except Error as wrong:
        if role := _role_that_is_needed(wrong):
            words = f"The login of DATABASE_URL is not {role}. Load {SETTINGS[role]}: docs/operators/deploy.md, step 1."
        elif _is_answered(wrong):
            raise
        else:
            where = "" if "DATABASE_URL" in os.environ else ", which is not set,"
            words = (
                f"The database cannot be reached. Look at DATABASE_URL{where} and at the server: {_first_line(wrong)}"
            )
    else:
        return
    sys.stderr.write(f"{words}\n")
    sys.exit(exit_code)


def _role_that_is_needed(wrong: Error) -> str:
    """The role that the login may not take, in whatever language PostgreSQL says so. Empty for another refusal."""
    if not isinstance(wrong.__cause__, InsufficientPrivilege):
        return ""
    return next((role for role in SETTINGS if f'"{role}"' in _first_line(wrong)), "")


def _is_answered(wrong: Error) -> bool:
    """Whether PostgreSQL itself has refused a statement: then it was reached, and the fault is another one."""
    came_from = wrong.__cause__
    return came_from is None or getattr(came_from, "pgcode", None) is not None


def _first_line(wrong: Error) -> str:
    """What follows the first line may quote a row. Of a connection that failed no line holds the password."""
    return next(iter(str(wrong).strip().splitlines()), "")
