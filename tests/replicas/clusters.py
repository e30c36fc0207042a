"""A primary with replicas and a pool of connections, on this machine: separate servers that a test may kill.

They are copies of the tests' server, reached through sockets in a directory of their own, so that they take no port.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from portal.embedded import programs
from tests import databases
from tests.faults.server import back_up, elsewhere, own_server, restore, url_of_tests

PROGRAMS = programs()
KEEP_REPLICAS = Path(__file__).resolve().parents[2] / "docs" / "operators" / "deploy" / "keep-replicas"
# Servers do not run as root; the first one (tests.faults.server) has made this user.
USER = "embedded_postgres" if os.geteuid() == 0 else None
SOON = 20.0  # seconds within which everything here is expected


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, user=USER, stdout=subprocess.DEVNULL, cwd="/")


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.05)


@contextmanager
def log_kept(url: str) -> Iterator[str]:
    """Keep that server from discarding any log meanwhile, however much others write. Yields the slot's name."""
    slot = f"copied_by_{os.getpid()}"
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
            try:
                yield slot
            finally:
                cursor.execute("SELECT pg_drop_replication_slot(%s)", [slot])


class Server:
    """One PostgreSQL server. `port` is only the number in its socket's name."""

    def __init__(self, home: Path, name: str, port: int) -> None:
        self.home, self.name, self.port, self.data = home, name, port, home / name

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.home}&port={self.port}"

    def copy(self, url: str, *options: str) -> None:
        run(PROGRAMS / "pg_basebackup", "-D", self.data, "-c", "fast", "--no-sync", *options, "-d",
            f"{url}&application_name={self.name}")  # fmt: skip

    def start(self) -> None:
        run(PROGRAMS / "pg_ctl", "-D", self.data, "-w", "-l", self.home / f"{self.name}.log", "-o",
            f"-k {self.home} -p {self.port} -c listen_addresses=''", "start")  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        run(PROGRAMS / "pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def runs(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def ask(self, statement: str, database: str = "postgres") -> str:
        """The single value that a superuser gets."""
        server = psycopg2.connect(host=str(self.home), port=self.port, user="postgres", dbname=database)
        try:
            server.autocommit = True
            with server.cursor() as cursor:
                cursor.execute(statement)
                return str(cursor.fetchone()[0]) if cursor.description else ""
        finally:
            server.close()


class Machines:
    """A primary, two replicas, the process that maintains their list, and a pool of connections for the primary."""

    PORT = 8220

    def __init__(self, home: Path) -> None:
        self.home = home
        self.primary = Server(home, "primary", self.PORT)
        self.replicas = [Server(home, f"replica_{number}", self.PORT + number) for number in (1, 2)]
        self.pool_port = self.PORT + 9
        self._keeper: subprocess.Popen[bytes] | None = None
        self._pool: subprocess.Popen[bytes] | None = None

    def begin(self, url: str, *, safe: bool = False) -> None:
        """Copy them from that server. `safe`: nothing is lost in a power cut, as in production, but it is slower."""
        with log_kept(url) as slot:
            self.primary.copy(url, "--slot", slot)
        settings = [
            f"fsync = {'on' if safe else 'off'}",
            "autovacuum = on",
            "synchronous_commit = remote_apply",
            "hot_standby_feedback = on",
            "max_standby_streaming_delay = 1s",
            "wal_receiver_timeout = 5s",
            "wal_sender_timeout = 5s",
            "wal_receiver_status_interval = 1s",
            "wal_retrieve_retry_interval = 200ms",
            "shared_buffers = 64MB",
        ]
        with (self.primary.data / "postgresql.auto.conf").open("a") as told:
            told.write("\n".join(settings) + "\n")
        self.primary.start()
        self.primary.ask("ALTER ROLE portal_app LOGIN")
        for replica in self.replicas:
            replica.copy(self.primary.url, "-R")
        self.all_there()

    def all_there(self) -> None:
        """Bring back whatever was stopped or lost, and make commits wait for both replicas."""
        for server in (self.primary, *self.replicas):
            if not server.runs():
                server.start()
        if self._keeper is None:
            self.keep()
        until(lambda: all(replica.name in self.waited_for() for replica in self.replicas))

    def keep(self) -> None:
        """Begin to maintain the list of replicas that commits wait for."""
        surroundings = os.environ | {
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "PGHOST": str(self.home), "PGPORT": str(self.PORT),
            "PGUSER": "postgres", "KEEP_REPLICAS_EVERY": "0.1",
        }  # fmt: skip
        names = [replica.name for replica in self.replicas]
        with (self.home / "keeper.log").open("ab") as log:
            self._keeper = subprocess.Popen([KEEP_REPLICAS, "1", *names], env=surroundings, stdout=log, stderr=log)

    def keep_no_more(self) -> None:
        if self._keeper:
            self._keeper.kill()
            self._keeper.wait()
            self._keeper = None

    def waits_for_nobody(self) -> None:
        """Let commits be acknowledged whether a replica has them or not."""
        self.keep_no_more()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.primary.ask("SELECT pg_reload_conf()")
        until(lambda: not self.waited_for())

    def waited_for(self) -> str:
        return self.primary.ask("SHOW synchronous_standby_names")

    def pool(self, database: str, connections: int) -> None:
        """Start pgbouncer, which lends each connection for one transaction."""
        told = self.home / "pgbouncer.ini"
        told.write_text(
            f"[databases]\n{database} = host={self.home} port={self.PORT}\n[pgbouncer]\npool_mode = transaction\n"
            f"unix_socket_dir = {self.home}\nlisten_port = {self.pool_port}\nlisten_addr =\nauth_type = trust\n"
            f"auth_file = {self.home / 'users'}\ndefault_pool_size = {connections}\n"
        )
        (self.home / "users").write_text('"portal_app" ""\n')
        with (self.home / "pgbouncer.log").open("ab") as log:
            self._pool = subprocess.Popen([pgbouncer(), told], user=USER, stdout=log, stderr=log, cwd="/")
        until((self.home / f".s.PGSQL.{self.pool_port}").exists)

    def end(self) -> None:
        self.keep_no_more()
        if self._pool:
            self._pool.kill()
            self._pool.wait()
        for server in (*self.replicas, self.primary):
            if server.runs():
                server.stop("immediate")


def pgbouncer() -> str:
    """The path of the program; empty if it is not installed."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin") or ""


@contextmanager
def machines(*, safe: bool = False) -> Iterator[Machines]:
    """Machines with the contents of a backup of the tests' template, removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="replicas"))
    home.chmod(0o755)
    if USER:
        shutil.chown(home, USER)
    all_of_them = Machines(home)
    try:
        with own_server() as first, tempfile.TemporaryDirectory() as dumps:
            with elsewhere():
                restore(first, databases.TEMPLATE, back_up(url_of_tests(databases.TEMPLATE), Path(dumps)))
            all_of_them.begin(first.url(), safe=safe)
        yield all_of_them
    finally:
        all_of_them.end()
        shutil.rmtree(home)
