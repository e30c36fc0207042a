"""The worker's part in a disposal (docs/adr/0014): it counts what is asked for, and deletes what is approved.

A worker may be killed at any moment: a disposal that was being worked on is then taken up again.
"""

from functools import partial
from typing import Any, Final

from sharing.claim import alone, or_failed
from sharing.models import Disposal
from sharing.retention import disposing
from sharing.roles import BATCH, acting_as

State = Disposal.State
MOST_TRIES: Final = 5
QUEUE: Final = "sharing_disposal"


def do_next() -> bool:
    """Take up the oldest disposal that waits for the worker. Returns False if there is none."""
    with acting_as(BATCH):
        waiting = list(Disposal.objects.filter(state__in=Disposal.TO_DO).order_by("pk"))
    return any(_take_up(disposal) for disposal in waiting)


def _take_up(disposal: Disposal) -> bool:
    with alone(QUEUE, disposal.pk) as cursor:
        if cursor is None or not (begun := _begin(cursor, disposal.pk)):
            return False
        state, tries = begun
        with or_failed(f"disposal {disposal.pk}", partial(disposing.settle, disposal, State.FAILED)):
            if tries > MOST_TRIES:
                raise RuntimeError("the worker ended each time")
            if state == State.ASKED:
                disposing.write_preview(disposal)
            else:
                for _ in disposing.dispose(disposal):
                    cursor.execute("UPDATE sharing_disposal SET tries = 0 WHERE id = %s", [disposal.pk])
    return True


def _begin(cursor: Any, number: int) -> tuple[str, int] | None:
    """What state it is in and how often it has been begun by now; None where it is already settled."""
    cursor.execute(
        "UPDATE sharing_disposal SET tries = tries + 1 WHERE id = %s AND state = ANY (%s) RETURNING state, tries",
        [number, [state.value for state in Disposal.TO_DO]],
    )
    return cursor.fetchone()
