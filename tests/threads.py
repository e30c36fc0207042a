"""Things done at the same moment, each in a thread with a database connection of its own."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections

from sharing.cannot import CannotDo
from tests.locks.switches import rows
from tests.people import as_batch

PATIENCE = 60  # seconds, on a busy machine
# pg_locks is of the whole server, where other tests have databases of their own, with the same tables.
OURS = "(SELECT oid FROM pg_database WHERE datname = current_database())"
# Who waits for a row holds a lock in their own database.
WHO_WAIT = f"""
    SELECT count(DISTINCT pid) FROM pg_locks AS waits JOIN pg_locks AS has USING (pid)
    WHERE NOT waits.granted AND has.database = {OURS}
"""


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """What each task returned, or the exception it ended in, in the order of the tasks. They start together."""
    start, outcomes = threading.Barrier(len(tasks), timeout=PATIENCE), [None] * len(tasks)

    def attempt(place: int, task: Callable[[], object]) -> None:
        try:
            start.wait()
            outcomes[place] = task()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def race(*tasks: Callable[[], object], words: Callable[[Any], str] = str) -> Counter[str]:
    """How often each outcome occurred: "done", or a refusal in its words."""

    def in_words(ended: object) -> str:
        if isinstance(ended, CannotDo):
            return words(ended)
        return repr(ended) if isinstance(ended, Exception) else "done"

    return Counter(in_words(ended) for ended in at_once(*tasks))


def waiting() -> int:
    """How many sessions of this database wait for a lock."""
    return rows(WHO_WAIT)[0][0]


def until_waiting(sessions: int = 1) -> None:
    """Go on when so many wait: by then each of them has read what is about to change."""
    until = time.monotonic() + PATIENCE
    while waiting() < sessions:
        assert time.monotonic() < until, "it did not wait"
        time.sleep(0.02)


def until_alone() -> None:
    """Go on when no other session of this database is left: one that is closed is there for some moments more."""
    others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + PATIENCE
    while rows(f"{others} AND backend_type = 'client backend'"):
        assert time.monotonic() < until, "another session stays"
        time.sleep(0.02)


def in_turn(
    hold: Callable[[], object], *tasks: Callable[[], object], words: Callable[[Any], str] = str
) -> list[Counter[str]]:
    """How each task ended, as `race` puts it. Each begins once those before it wait. What `hold` locks, as the service,
    keeps them all until the last one waits.
    """
    ended: list[Counter[str]] = [Counter()] * len(tasks)

    def attempt(place: int, task: Callable[[], object]) -> None:
        ended[place] = race(task, words=words)

    threads = [threading.Thread(target=attempt, args=pair) for pair in enumerate(tasks)]
    with as_batch():
        hold()
        for number, thread in enumerate(threads, start=1):
            thread.start()
            until_waiting(number)
    for thread in threads:
        thread.join()
    return ended
