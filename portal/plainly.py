"""Says in a sentence what keeps the portal from starting: a wrong setting, or a database that cannot be reached.

A traceback would hide the cure, and some libraries quote what they could not read, which at worst is a password. What
PostgreSQL refuses while a command runs is named by its kind and its places in the code, as in the log.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import Error
from psycopg2.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

from portal.logs import WithoutData

SETTINGS = {"portal_owner": "owner.env", "portal_batch": "batch.env"}
BOOT_FAILED = 3  # gunicorn's own code (Arbiter.WORKER_BOOT_ERROR): it stops instead of trying for ever


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
            # Its words may quote a row, and what a command of the night says goes by email.
            places = WithoutData().formatException((type(wrong), wrong, wrong.__traceback__))
            words = f"{_about(wrong)}{places}"
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
    """The role that the login may not take, in whatever language PostgreSQL says so, and in whatever quotation marks.

    Empty for any other refusal.
    """
    if not isinstance(wrong.__cause__, InsufficientPrivilege):
        return ""
    return next((role for role in SETTINGS if role in _first_line(wrong)), "")


def _is_answered(wrong: Error) -> bool:
    """Whether PostgreSQL itself refused a statement. It was reached, then, and something else is wrong."""
    came_from = wrong.__cause__
    return came_from is None or getattr(came_from, "pgcode", None) is not None


def _about(wrong: Error) -> str:
    """The table, the column and the constraint that PostgreSQL names, as a line of its own. They tell of no row."""
    refused = wrong.__cause__
    if isinstance(refused, (InsufficientPrivilege, UndefinedColumn, UndefinedTable)):
        return f"{_first_line(wrong)}\n"
    said = getattr(refused, "diag", None)
    names = {kind: getattr(said, f"{kind}_name", None) for kind in ("table", "column", "constraint")}
    words = ", ".join(f"{kind} {name}" for kind, name in names.items() if name)
    return f"PostgreSQL names {words}.\n" if words else ""


def _first_line(wrong: Error) -> str:
    """The first line of the error. Later lines may quote a row; if a connection failed, no line has the password."""
    return next(iter(str(wrong).strip().splitlines()), "")
