"""Databases for the tests: one template, migrated and filled once, which every worker and some tests get a copy of.

All of them are used as production uses its own: the owner migrates, the batch role fills, the app's role is tested.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

PUPILS = 400
RUN = os.environ.setdefault("PORTAL_TEST_RUN", str(os.getpid()))
TEMPLATE = f"portal_template_{RUN}"
MIGRATED = f"portal_migrated_{RUN}"  # the template before it is filled
AS_FILES = "STRATEGY FILE_COPY"  # copying through the log, block by block, takes twice the processor time


def as_admin(*statements: str, name: str = "postgres") -> None:
    params = connection.get_connection_params() | {"options": "", "dbname": name}
    params.pop("cursor_factory", None)
    with closing(psycopg2.connect(**params)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def drop(*names: str) -> None:
    as_admin(*[f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names])


def use(name: str) -> None:
    """Point every connection of this process, including those of other threads, to this database from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


def made() -> Path:
    """The file whose existence says that the template of this run has been made."""
    return Path(tempfile.gettempdir()) / f"{TEMPLATE}.done"


def make_template() -> None:
    """Migrate and fill the template, once for all workers of this run."""
    from access_register import demo as people
    from sharing.roles import create_roles

    done = made()
    with open(f"{done}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            return
        drop(TEMPLATE, MIGRATED)
        as_admin(f"CREATE DATABASE {TEMPLATE}")
        use(TEMPLATE)
        create_roles()
        call_command("migrate", verbosity=0)
        connection.close()
        as_admin(f"CREATE DATABASE {MIGRATED} TEMPLATE {TEMPLATE} {AS_FILES}")
        people.seed(timezone.localdate(), pupils=PUPILS)
        connection.close()
        done.touch()


@contextmanager
def copy(name: str) -> Iterator[None]:
    """Work on a copy of the template, and drop it at the end."""
    before = connection.settings_dict["NAME"]
    with open(f"{made()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        drop(name)
        as_admin(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} {AS_FILES}")
    use(name)
    try:
        yield
    finally:
        connection.close()
        use(before)
        drop(name)


def forget_template() -> None:
    """At the end of the run, remove every database and file it has made."""
    done = made()
    if done.exists():
        drop(TEMPLATE, MIGRATED)
        done.unlink()
        Path(f"{done}.lock").unlink()
