"""Who works on an import: one worker at a time, for as long as its connection lives.

The claim is an advisory lock on a connection of its own. A worker that is killed loses it with the connection, so what
it was doing is there to be taken up; and progress written on that connection is seen while the long transaction runs.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from sharing.models import Import
from sharing.roles import BATCH

SECONDS_BETWEEN = 0.5  # between two entries of progress


class Claim:
    """An import in this worker's hands."""

    def __init__(self, cursor: Any, import_id: int) -> None:
        self._cursor, self.import_id = cursor, import_id
        self._told = 0.0

    def is_still(self, *states: Import.State) -> bool:
        self._cursor.execute("SELECT state FROM sharing_import WHERE id = %s", [self.import_id])
        return self._cursor.fetchone() in [(state.value,) for state in states]

    def begin(self, state: Import.State, *, instead_of: tuple[Import.State, ...]) -> int:
        """Enter the state, seen at once. Answers how often it was begun by now; 0 where it is in another state."""
        self._cursor.execute(
            "UPDATE sharing_import SET state = %s, progress = 0, tries = tries + 1 WHERE id = %s AND state = ANY (%s) "
            "RETURNING tries",
            [state.value, self.import_id, [one.value for one in instead_of]],
        )
        begun = self._cursor.fetchone()
        return begun[0] if begun else 0

    def progress(self, per_cent: int) -> None:
        """Tell how far it is. The last of a quick series may be left out."""
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN:
            self._told = now
            percent = max(0, min(per_cent, 100))
            self._cursor.execute("UPDATE sharing_import SET progress = %s WHERE id = %s", [percent, self.import_id])


@contextmanager
def claim(import_id: int) -> Iterator[Claim | None]:
    """The import for this worker alone, or None: another one has it."""
    with alone("sharing_import", import_id) as cursor:
        yield Claim(cursor, import_id) if cursor else None


@contextmanager
def alone(queue: str, number: int) -> Iterator[Any]:
    """A cursor of a connection of its own, as portal_batch, for whoever alone has this entry of a queue, or None."""
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            cursor.execute(f"SET ROLE {BATCH}")
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, %s))", [queue, number])
            yield cursor if cursor.fetchone() == (True,) else None
    finally:
        own.close()
