"""Who works on a row of a queue (docs/adr/0014): one worker at a time, while its connection lives.

The claim is an advisory lock on a connection of its own. A worker that is killed loses it with the connection, so what
it was doing is there to be taken up; and progress written on that connection is seen while the long transaction runs.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connections
from django.db.models import TextChoices

from sharing.roles import BATCH, refuse_a_pool

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.5  # between two entries of progress
IMPORTS, REPORTS, DOWNLOADS = "sharing_import", "sharing_report", "sharing_download"  # the queues


class Claim:
    """A row of a queue that this worker has claimed."""

    def __init__(self, cursor: Any, row_id: int, queue: str) -> None:
        self._cursor, self.row_id, self._queue = cursor, row_id, queue
        self._told = 0.0

    def begin(self, state: TextChoices, *, instead_of: tuple[TextChoices, ...]) -> int:
        """Enter the state, seen by others at once. Returns how often it was begun by now; 0 if in another state."""
        self._cursor.execute(
            f"UPDATE {self._queue} SET state = %s, progress = 0, tries = tries + 1 "  # noqa: S608
            "WHERE id = %s AND state = ANY (%s) RETURNING tries",
            [state.value, self.row_id, [one.value for one in instead_of]],
        )
        begun = self._cursor.fetchone()
        return begun[0] if begun else 0

    def progress(self, per_cent: int) -> None:
        """Report how far the work is. Within a quick series of calls, the last may be left out."""
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN:
            self._told = now
            percent = max(0, min(per_cent, 100))
            self._cursor.execute(
                f"UPDATE {self._queue} SET progress = %s WHERE id = %s",  # noqa: S608
                [percent, self.row_id],
            )


@contextmanager
def claim(row_id: int, queue: str = IMPORTS) -> Iterator[Claim | None]:
    """The row, claimed for this worker only, or None where another worker has it."""
    with alone(queue, row_id) as cursor:
        yield Claim(cursor, row_id, queue) if cursor else None


@contextmanager
def alone(queue: str, number: int) -> Iterator[Any]:
    """A cursor, as portal_batch on a connection of its own, for the one worker with this entry; None for others."""
    refuse_a_pool()
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            cursor.execute(f"SET ROLE {BATCH}")
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, %s))", [queue, number])
            try:
                yield cursor if cursor.fetchone() == (True,) else None
            finally:  # closing the connection frees the lock too, but a moment later: the next one would find it busy
                with suppress(OperationalError, InterfaceError):
                    cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        own.close()


@contextmanager
def or_failed(what: str, fail: Callable[[], object]) -> Iterator[None]:
    """Work on a row, calling `fail` to tell whoever waits if it goes wrong.

    Only the kind of error is logged, as its words may contain a child's data. Where the database went away, or somebody
    wrote the same row at the same time, the work is not failed and will be tried again.
    """
    try:
        yield
    except (OperationalError, InterfaceError, IntegrityError):
        raise
    except Exception as error:
        log.error("%s failed: %s", what, type(error).__name__)
        fail()
