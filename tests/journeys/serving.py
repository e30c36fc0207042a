"""The demonstration as a newcomer starts it: `manage.py demo` in a process of its own, on a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2

from sharing.roles import DEMONSTRATION
from tests.databases import AS_FILES, MIGRATED, RUN, drop

REPOSITORY = Path(__file__).resolve().parents[2]
HOSTS = {"schools_online": "schools-online.localhost", "edunet": "edunet.localhost"}
PATIENCE = 120  # seconds until the first page, on a busy machine; 3 on an idle one
QUICK = 15  # seconds from Ctrl-C to the end, on a busy machine; gunicorn gives open connections 5


@dataclass(frozen=True)
class Demo:
    """A running demonstration. `log` contains what it has printed, including emails."""

    port: int
    process: psutil.Process
    log: Path

    def url(self, site: str, path: str = "/") -> str:
        return f"http://{HOSTS[site]}:{self.port}{path}"

    def family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def empty_database(name: str, *, migrated: bool = False) -> Iterator[str]:
    """A new, empty database on the tests' server, for this worker only, dropped afterwards. Yields its URL.

    `migrated`: it has its tables, and is marked as a demonstration that has not been filled.
    """
    name = f"portal_{name}_{RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    server = os.environ["DATABASE_URL"]
    drop(name)
    with closing(psycopg2.connect(server)) as admin:
        admin.autocommit = True
        cursor = admin.cursor()
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED if migrated else 'template1'} {AS_FILES}")
        if migrated:
            cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [DEMONSTRATION])
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        drop(name)


@contextmanager
def alone() -> Iterator[None]:
    """Stop others from filling a demonstration meanwhile: two that alter the server's roles at once would collide."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.cursor().execute("SELECT pg_advisory_lock(hashtext('a demonstration starts'))")
        yield


def environment(database: str | None, **more: str) -> dict[str, str]:
    """The environment of a newcomer's shell, without any of the settings that the tests have made for themselves.

    However, no report is drawn until somebody asks for it: drawing them all takes a minute, next to people looking
    around.
    """
    ours = ("PORTAL_", "DJANGO_", "EDUNET_", "COUNCIL_", "TRUSTED_", "PYTEST_", "DATABASE_URL", "SECRET_KEY")
    more = {"REPORTS_AHEAD": "off"} | more
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | ({"DATABASE_URL": database} if database else {}) | more


def manage(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a management command to its end."""
    with alone():
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY, env=environment(database), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip


@contextmanager
def starting(arguments: list[str], log: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process at the head of its own group, as a terminal does. None of its descendants outlives the test."""
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=REPOSITORY, env=env, stdin=subprocess.DEVNULL,
            stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if status_of(port, "localhost", "/") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The demonstration does not answer:\n{log.read_text()}")


def fetch(port: int, host: str, path: str, **headers: str) -> tuple[int, str]:
    """Make one plain request from loopback; returns status and page. `headers` have underscores for hyphens."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": f"{host}:{port}"} | named)
        response = connection.getresponse()
        return response.status, response.read().decode()


def status_of(port: int, host: str, path: str, **headers: str) -> int:
    return fetch(port, host, path, **headers)[0]


@contextmanager
def demo(database: str, log: Path, **more: str) -> Iterator[Demo]:
    """The demonstration, ready for visitors. It is ended with Ctrl-C, as usual, and must end at once in good order."""
    port = free_port()
    arguments = ["manage.py", "demo", "--port", str(port), "--without-story"]
    with ExitStack() as stack:
        with alone():
            process = stack.enter_context(starting(arguments, log, environment(database, **more)))
            wait_until_it_answers(process, port, log)
        running = Demo(port, psutil.Process(process.pid), log)
        yield running
        assert ends(process, running.family(), signal.SIGINT) == 0, log.read_text()
        assert "Internal Server Error" not in log.read_text(), log.read_text()


def ends(process: subprocess.Popen[bytes], family: list[psutil.Process], how: signal.Signals) -> int:
    """Send the signal to the whole group, as a terminal does, and return the exit code; no process may be left."""
    os.killpg(process.pid, how)
    code = process.wait(QUICK)
    _, left = psutil.wait_procs(family, timeout=5)
    if how == signal.SIGKILL:  # orphans: the system collects their exit codes in its own time
        left = [one for one in left if not has_ended(one)]
    assert not left, f"left behind: {left}"
    return code


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or has ended and only waits for somebody to read its exit code."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
