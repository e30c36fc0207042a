"""Written at one site, read at the other: anything acknowledged or shown is in every answer begun afterwards (R40)."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, connections

from sharing import door
from sharing.authorise import Asker
from sharing.ledger import ledger
from sharing.models import LedgerEntry
from sharing.service import replicas
from tests import databases
from tests.people import EDUNET, asker
from tests.replicas.clusters import Machines

BECKSIDE = 999002


@contextmanager
def portal_on(machines: Machines, database: str, *, through_the_pool: bool = False) -> Iterator[None]:
    """Point every connection of this process to these machines, as the login of the web application."""
    connections.close_all()
    ours, before = connection.settings_dict, deepcopy(connection.settings_dict)
    ours |= {"HOST": str(machines.home), "PORT": machines.PORT, "NAME": database, "USER": "portal_app"}
    ours["OPTIONS"] = {"options": "-c statement_timeout=2000 -c jit=off"}
    if through_the_pool:
        ours |= {"PORT": machines.pool_port, "OPTIONS": {}, "DISABLE_SERVER_SIDE_CURSORS": True}
    for replica in machines.replicas:
        connections.settings[replica.name] = deepcopy(ours) | {"PORT": replica.port}
    settings.REPLICAS = [] if through_the_pool else [replica.name for replica in machines.replicas]
    replicas._left_alone.clear()
    replicas._known_good.clear()
    try:
        yield
    finally:
        connections.close_all()
        settings.REPLICAS = []
        ours.update(before)
        for replica in machines.replicas:
            connections.settings.pop(replica.name, None)
            with suppress(AttributeError):  # if nobody asked for it
                del connections[replica.name]  # it would lead here when other machines use the names


def last_row(portal: Machines) -> str:
    """The last row of the ledger, on the primary."""
    wanted = "concat_ws(' ', action, person_name, outcome) FROM sharing_ledgerentry ORDER BY id DESC LIMIT 1"
    return portal.primary.ask(f"SELECT {wanted}", databases.TEMPLATE)


@dataclass
class Counted:
    """The result of many pairs. `stale`: answers that lacked something that was known when they were begun."""

    pairs: int = 0
    reads: int = 0
    on_replicas: int = 0
    seconds: float = 0.0
    stale: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Notes:
    """An officer's notes that the head reads, each with a number that only grows; and what is known of them so far."""

    def __init__(self, how_many: int) -> None:
        self.officer: Asker = asker("officer-data", EDUNET)
        self.head: Asker = asker("head-beckside")
        for _ in range(how_many):
            door.write_note(self.officer, BECKSIDE, text="0", for_head=True)
        written = door.show_visit(self.officer, BECKSIDE).notes.rows[:how_many]
        self.known = {note.id: int(note.text) for note in written}  # one of an earlier test goes on
        self._lock = threading.Lock()

    def write(self, note: int, number: int) -> None:
        door.change_note(self.officer, BECKSIDE, note, text=str(number), for_head=True)
        self._learn({note: number})

    def read(self) -> tuple[list[str], bool]:
        """What was known and is missing from the answer, and whether a replica answered."""
        known = dict(self.known)
        with replicas.only_reads(True), asked_of_replicas() as asked:
            told = door.list_notes_to_head(self.head, BECKSIDE)
        now = {note.id: int(note.text) for note in told.notes if note.id in known}
        self._learn(now)
        stale = [f"note {key}: {now.get(key)} after {known[key]}" for key in known if now.get(key, -1) < known[key]]
        return stale, any("visitnote" in statement for statement in asked)

    def _learn(self, numbers: dict[int, int]) -> None:
        with self._lock:
            self.known |= {note: max(number, self.known[note]) for note, number in numbers.items()}


@contextmanager
def asked_of_replicas() -> Iterator[list[str]]:
    """Collect the statements that this thread sends to replicas."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with ExitStack() as listening:
        for replica in settings.REPLICAS:
            listening.enter_context(connections[replica].execute_wrapper(note))
        yield asked


def many_pairs(notes: Notes, *, pairs: int, seconds: float, watchers: int = 2) -> Counted:
    """Write and read notes, with a thread for each, while others only read, until `pairs` are made or time is up."""
    counted, lock = Counted(), threading.Lock()
    begun = time.monotonic()

    def is_over() -> bool:
        return counted.pairs >= pairs or time.monotonic() - begun > seconds

    def work(note: int | None) -> None:
        number = notes.known[note] if note else 0
        try:
            while not is_over():
                number += 1
                if note is not None:
                    notes.write(note, number)
                stale, by_replica = notes.read()
                with lock:
                    counted.pairs += note is not None
                    counted.reads += 1
                    counted.on_replicas += by_replica
                    counted.stale += stale
        except Exception as fault:
            counted.failed.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[note]) for note in [*notes.known, *[None] * watchers]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted.seconds = time.monotonic() - begun
    return counted


def rows_a_second(waiting_for: str, *, threads: int = 8, seconds: float = 5.0) -> float:
    """How many rows of the ledger are committed a second, one by one as visits do, with this `synchronous_commit`."""
    written: list[int] = []
    ends = time.monotonic() + seconds

    def write() -> None:
        rows = 0
        with connection.cursor() as cursor:
            cursor.execute(f"SET synchronous_commit = {waiting_for}")
        while time.monotonic() < ends:
            ledger.write(None, action="list_notes_to_head", outcome=LedgerEntry.Outcome.SHOWN)
            rows += 1
        written.append(rows)
        connections.close_all()

    writing = [threading.Thread(target=write) for _ in range(threads)]
    for thread in writing:
        thread.start()
    for thread in writing:
        thread.join()
    return sum(written) / seconds
