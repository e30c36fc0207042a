"""The worker's part in a request for open statistics (docs/adr/0014): taken up, reported on in words, settled.

A worker may be killed at any moment: making the release and settling the request are one transaction, and a request
that was being worked on is taken up again.
"""

from functools import partial
from typing import Any, Final

from django.utils import timezone

from sharing.claim import alone, or_failed
from sharing.measures.preparing import CannotPrepare
from sharing.models import Release, StatisticsRequest
from sharing.roles import BATCH, acting_as
from sharing.statistics.rules import CannotPublish
from sharing.statistics_store.making import make

State = StatisticsRequest.State
MOST_TRIES: Final = 3
QUEUE: Final = "sharing_statisticsrequest"


def do_next() -> bool:
    """Take up the oldest request that nobody is working on. False if there is none."""
    with acting_as(BATCH):
        waiting = list(StatisticsRequest.objects.filter(state__in=StatisticsRequest.TO_DO).order_by("pk"))
    return any(_take_up(request) for request in waiting)


def _take_up(request: StatisticsRequest) -> bool:
    with alone(QUEUE, request.pk) as cursor:
        if cursor is None or not (tries := _begin(cursor, request.pk)):
            return False
        with or_failed(f"request {request.pk} for statistics", partial(_settle, request.pk, State.FAILED)):
            if tries > MOST_TRIES:
                raise RuntimeError("the worker ended each time")
            try:
                _make(request, cursor)
            except (CannotPublish, CannotPrepare) as reason:
                _settle(request.pk, State.REFUSED, said=str(reason))
    return True


def _begin(cursor: Any, number: int) -> int:
    """Enter the state, visible at once. Returns how often it has been entered; 0 if the request is already settled."""
    cursor.execute(
        "UPDATE sharing_statisticsrequest SET state = 'working', tries = tries + 1 WHERE id = %s AND state = ANY (%s) "
        "RETURNING tries",
        [number, [state.value for state in StatisticsRequest.TO_DO]],
    )
    begun = cursor.fetchone()
    return int(begun[0]) if begun else 0


def _make(request: StatisticsRequest, cursor: Any) -> None:
    def tell(words: str) -> None:
        cursor.execute("UPDATE sharing_statisticsrequest SET progress = %s WHERE id = %s", [words, request.pk])

    make(
        request.academic_year,
        timezone.localdate(),
        by=request.asked_by,
        by_id=request.asked_by_id,
        because=request.because,
        coarsen=request.coarsen,
        tell=tell,
        then=lambda release: _settle(request.pk, State.DONE, release=release),
    )


def _settle(number: int, state: StatisticsRequest.State, *, said: str = "", release: Release | None = None) -> None:
    with acting_as(BATCH):
        StatisticsRequest.objects.filter(pk=number).update(
            state=state, said=said, release=release, progress="", finished_at=timezone.now()
        )
