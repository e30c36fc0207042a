"""The whole page over HTTP: the list of an establishment's pupils under gunicorn, guarded in each way in turn.

Two workers of four threads, as in production, answer 1, 4, 16 and 64 connections. One way is asked for two seconds,
then the next, so all of them get the same share of a busy machine.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import quantiles

import psutil
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import connection

from access_register.sign_in.sessions import BEGAN_AT
from benchmarks.guards import cluster
from benchmarks.guards.ways import scenes
from portal.sites import SCHOOLS_ONLINE
from sharing.keys.sealed_sessions import SessionStore
from tests import databases
from tests.people import BACKEND

GUARDS = {
    "unguarded": "unguarded",
    "guardian": "django-guardian",
    "door": "one lock",
    "both": "both locks",
    "ledger": "... with ledger",
}
FIRST_PORT = 8210
WORKERS, THREADS = 2, 4
CONNECTIONS = (1, 4, 16, 64)
TURNS, SECONDS = 3, 2.0


@dataclass(frozen=True)
class Server:
    """A gunicorn: its port, its first process, and its database."""

    port: int
    process: psutil.Process
    database: str


class Turns:
    """The results of a way's turns at one number of connections."""

    def __init__(self) -> None:
        self.took: list[float] = []  # milliseconds of each page
        self.seconds = self.worked = 0.0
        self.failed = 0

    @property
    def throughput(self) -> float:
        return len(self.took) / self.seconds

    @property
    def median(self) -> float:
        return quantiles(self.took, n=100)[49]

    @property
    def p95(self) -> float:
        return quantiles(self.took, n=100)[94]

    @property
    def each(self) -> float:
        """Processor time of gunicorn and PostgreSQL for one page, in milliseconds."""
        return self.worked * 1000 / len(self.took)


def measure(sizes: list[int]) -> None:
    """Print throughput, times and processor work for each size, number of connections and way."""
    print(
        f"\nThe page of an establishment's pupils; {WORKERS} workers, {THREADS} threads; {TURNS} turns of {SECONDS} s."
    )
    print("`work` is processor time of gunicorn and PostgreSQL together for a page.")
    for size in sizes:
        databases.use(cluster.name_of(size))
        requests = [_request(scene.urn, _session_of(scene.head)) for scene in scenes(size)]
        connection.close()
        with _servers(size) as servers:
            for many in CONNECTIONS:
                _print(size, many, _take_turns(servers, requests, many))


def _take_turns(servers: dict[str, Server], requests: list[bytes], many: int) -> dict[str, Turns]:
    turns = {guard: Turns() for guard in GUARDS}
    for number in range(TURNS + 1):  # the first turn warms up, with so many that every worker gets some
        for guard, turn in turns.items():
            asyncio.run(_load(servers[guard], requests, many if number else WORKERS * THREADS * 2, turn))
        if number == 0:
            assert not any(turn.failed for turn in turns.values()), "a page is not the list of 375 pupils"
            turns = {guard: Turns() for guard in GUARDS}
    return turns


def _print(size: int, many: int, turns: dict[str, Turns]) -> None:
    limit, plain = turns["unguarded"], turns["guardian"]
    print(
        f"\n{size:10,} pupils, {many} connections    pages/s of guardian    median       p95   work each of unguarded"
    )
    for guard, turn in turns.items():
        print(
            f"  {GUARDS[guard]:34}{turn.throughput:9.1f}{turn.throughput / plain.throughput:9.2f}x"
            f"{turn.median:12.1f}{turn.p95:12.1f}{turn.each:10.2f}{turn.each / limit.each:8.3f}x"
            + (f"   {turn.failed} failed" if turn.failed else ""),
            flush=True,
        )


def _request(urn: int, session: str) -> bytes:
    return (
        f"GET /establishments/{urn}/pupils/ HTTP/1.1\r\nHost: {SCHOOLS_ONLINE.host}\r\n"
        f"Cookie: {SCHOOLS_ONLINE.session_cookie}={session}\r\nConnection: close\r\n\r\n"
    ).encode()


def _session_of(person: int) -> str:
    """The key of a session in which the person has just signed in with a second factor."""
    somebody = get_user_model().objects.get(pk=person)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person), BACKEND
    session[HASH_SESSION_KEY], session[BEGAN_AT] = somebody.get_session_auth_hash(), time.time()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person)
    session.save()
    return str(session.session_key)


@contextmanager
def _servers(size: int) -> Iterator[dict[str, Server]]:
    """A gunicorn for each way. Those that wait for their turn use no processor time."""
    database = cluster.name_of(size)
    ports = {guard: FIRST_PORT + number for number, guard in enumerate(GUARDS)}
    started = {}
    try:
        for guard, port in ports.items():
            command = (
                f"-m gunicorn benchmarks.guards.server --bind 127.0.0.1:{port} --workers {WORKERS} --threads {THREADS}"
            )
            command += " --worker-class gthread --log-level warning --backlog 256 --no-control-socket"
            environment = os.environ | {"GUARD": guard, "DATABASE_URL": cluster.url_of(database)}
            started[guard] = subprocess.Popen([sys.executable, *command.split()], env=environment)
        for port in ports.values():
            asyncio.run(_answers(port))
        yield {guard: Server(ports[guard], psutil.Process(process.pid), database) for guard, process in started.items()}
    finally:
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        for process in started.values():
            process.wait()


async def _answers(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.2)
    raise TimeoutError(f"gunicorn on port {port} does not answer")


async def _load(server: Server, requests: list[bytes], many: int, turn: Turns) -> None:
    """As many connections at once, each asking for one page after the other."""
    until = time.perf_counter() + SECONDS
    before, began = _worked(server), time.perf_counter()

    async def one(number: int) -> None:
        while time.perf_counter() < until:
            number += 1
            start = time.perf_counter()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(requests[number % len(requests)])
            answer = await reader.read(-1)
            writer.close()
            turn.took.append((time.perf_counter() - start) * 1000)
            turn.failed += not (answer.startswith(b"HTTP/1.1 200") and b"375" in answer)

    await asyncio.gather(*[one(number) for number in range(many)])
    turn.seconds += time.perf_counter() - began
    turn.worked += sum(used - before.get(pid, 0.0) for pid, used in _worked(server).items())


def _worked(server: Server) -> dict[int, float]:
    """Seconds of processor time so far, of each worker and of each connection's process in PostgreSQL."""
    used = {}
    for process in [*server.process.children(), *cluster.connections_of(server.database)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used[process.pid] = times.user + times.system
    return used
