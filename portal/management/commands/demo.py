"""The demonstration in one command: roles, tables, invented people and data, and both sites on this machine."""

import os
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.utils import timezone
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from access_register.demo import DEMO_PASSWORD, seed
from access_register.demo.cast import people_of
from access_register.demo.invited import NEWCOMERS
from access_register.demo.story import tell
from portal.management.ready import make_ready
from portal.sites import SITES
from sharing.demo.seeding import is_filled
from sharing.roles import OWNER

LOOPBACK = "127.0.0.1"
PATIENCE = 2  # seconds before a worker that has been told to end is killed


class Command(BaseCommand):
    help = "Fill the demonstration with invented people and data, and serve both sites on this machine until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port to serve on (default 8000)")
        parser.add_argument("--no-serve", action="store_true", help="stop after filling the demonstration")
        parser.add_argument("--without-story", action="store_true", help="leave out what has happened there lately")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError(
                "The demonstration does not run in production mode: anybody may be anybody in it. "
                "Unset SECRET_KEY and PORTAL_MODE, or set PORTAL_MODE=demo."
            )
        began = time.monotonic()
        port = options["port"]
        settings.PUBLIC_PORT = str(port)  # for the addresses in emails, which this process's workers write
        held = None if options["no_serve"] else _hold(port)
        self._fill(with_story=not options["without_story"])
        self._tell(port, time.monotonic() - began, serving=held is not None)
        if held:
            connections.close_all()  # no connection is shared with the workers, which are forks of this process
            Server(held).run()

    def _fill(self, *, with_story: bool) -> None:
        make_ready(claim=True)
        if not is_filled():
            forget_an_interrupted_start()
        filled = seed(timezone.localdate())
        left_out = tell(timezone.localdate()) if with_story else ()
        data = filled.establishments
        self.stdout.write(
            f"{len(data.by_urn)} establishments, {data.pupils} pupil records, {data.staff} staff, "
            f"{filled.people} people to sign in as; {data.written + filled.written} rows were written."
        )
        for place in filled.left_as_is:
            self.stdout.write(f"Left as it is, because the register no longer has room for it: {place}.")
        for part in left_out:
            self.stdout.write(f"Left out, because of what was done here in the meantime: {part}.")

    def _tell(self, port: int, seconds: float, *, serving: bool) -> None:
        for site in SITES:
            self.stdout.write(f"\n{site.name}: people to sign in as")
            for group in people_of(site.slug):
                self.stdout.write(f"  {group.title}")
                for person in group.people:
                    self.stdout.write(f"    {person.slug:27} {person.email:40} {person.role_words}")
        self.stdout.write(f"\nEverybody's password: {DEMO_PASSWORD}\n")
        if not serving:
            return
        for newcomer in NEWCOMERS:
            if not newcomer.has_expired:
                address = f"http://{SITES[0].host}:{port}/invitation/{newcomer.token}/"
                self.stdout.write(f"The link that {newcomer.name} was sent: {address}")
        for site in SITES:
            address = f"http://{site.host}:{port}/"
            self.stdout.write(f"{site.name:15} {address:40} sign in with one click: {address}demo/sign-in/")
        self.stdout.write(f"\nReady after {seconds:.1f} s. Ctrl-C ends it.")
        self.stdout.flush()


def forget_an_interrupted_start() -> None:
    """Give back the space of rows from a start that was stopped while it was still filling the tables.

    PostgreSQL has looked at them, so it would plan each query as if the tables stayed empty; the next start would take
    hours.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {OWNER}; SET statement_timeout = 0")
        cursor.execute("VACUUM")
        cursor.execute("RESET ROLE; RESET statement_timeout")


def _hold(port: int) -> socket.socket:
    """The port, taken before anything else is done, so that nobody waits for a demonstration that cannot be served."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((LOOPBACK, port))
    except (OSError, OverflowError) as problem:
        held.close()
        raise CommandError(f"Port {port} cannot be used ({problem}). Choose another one with --port.") from None
    return held


class _Arbiter(Arbiter):
    """gunicorn's master process, which ends when its terminal is closed instead of reading its settings again."""

    handle_hup = Arbiter.handle_term


class Server(BaseApplication):
    """gunicorn in this process, on a socket that is already open."""

    def __init__(self, held: socket.socket) -> None:
        self.held = held
        super().__init__()

    def load_config(self) -> None:
        wanted = {
            "bind": f"fd://{self.held.detach()}",
            "workers": 2,
            "worker_class": "gthread",
            "threads": 4,
            "graceful_timeout": 1,  # a browser keeps its connection open: Ctrl-C does not wait for it
            "loglevel": "warning",
            "proc_name": "portal-demo",
            "control_socket_disable": True,  # since gunicorn 25.1 it would leave a socket in the home directory
            "on_starting": self.start_worker,
            "on_exit": self.end_worker,
        }
        for name, value in wanted.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def start_worker(self, arbiter: Arbiter) -> None:
        """Start the background worker beside gunicorn's own. If this process is killed, the worker ends by itself."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--beside", str(os.getpid())]
        self.worker = subprocess.Popen(command)

    def end_worker(self, arbiter: Arbiter) -> None:
        self.worker.terminate()
        try:
            self.worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.worker.kill()
            self.worker.wait()

    def load(self) -> Any:
        return get_wsgi_application()

    def run(self) -> None:
        _Arbiter(self).run()
