"""Reading from replicas that are never behind (P16, R40, docs/adr/0043).

Where a request only reads, a visit may read from a replica: within it `default` is the replica's connection, so that
nothing which runs there need know. The visit's rows of the ledger go to the primary before the answer is given.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import Error, InterfaceError, InternalError, OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from sharing.ledger import ledger
from sharing.records.operations import Replica
from sharing.roles import APP

LONGEST_WAIT: Final = 0.05  # seconds for what is on its way; after that another replica, or the primary
LEFT_ALONE_BEHIND: Final = 1.0  # seconds
LEFT_ALONE_LOST: Final = 10.0  # seconds
LONGEST_CATCH_UP: Final = 0.5  # seconds for what is on its way, where somebody wants to know how it is
LONGEST_LOOK: Final = 1.0  # seconds for all replicas together, where somebody wants to know how they are
CLOCKS_APART: Final = 1.0  # seconds: what is out and who may see it changes by the clock of the machine that is asked

# All that anybody was told is stored has a place before this one.
_WHERE_THE_PRIMARY_IS: Final = "SELECT pg_current_wal_flush_lsn()::text, clock_timestamp()"
# NULL, which is no, where the other side is no replica.
_HAS_ALL: Final = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
_IS_FIT: Final = (
    "SELECT pg_is_in_recovery() AND current_user = %s AND abs(extract(epoch FROM clock_timestamp() - %s)) < %s"
)
_HOW_IT_IS: Final = """
    SELECT pg_is_in_recovery(), current_user = %s, abs(extract(epoch FROM clock_timestamp() - %s)) < %s
"""
_HOW_FAR: Final = """
    SELECT pg_wal_lsn_diff(%s, pg_last_wal_replay_lsn())::bigint, pg_last_xact_replay_timestamp()
"""
# The primary is to wait for some, and none is there: who streams from it is hidden from us, not that somebody does.
_COMMITS_WAIT: Final = """
    SELECT current_setting('synchronous_standby_names') <> '' AND NOT EXISTS (SELECT FROM pg_stat_replication)
"""

_only_reads: ContextVar[bool] = ContextVar("this request only reads", default=False)
_left_alone: dict[str, float] = {}  # replica -> until when, by the monotonic clock; of this process
_known_good: set[str] = set()  # replicas that answered this process when it last asked
_turns = itertools.count()
_choosing = threading.Lock()


class ReplicaFailed(Exception):
    """A replica could not do what the visit wanted: it is lost, or this was a change. Nothing was shown: read again."""


@contextmanager
def only_reads(is_so: bool) -> Iterator[None]:
    """A request that changes nothing, so that its visits may read from a replica. They may raise ReplicaFailed."""
    token = _only_reads.set(is_so and bool(settings.REPLICAS))
    try:
        yield
    finally:
        _only_reads.reset(token)


def the_rest_from_the_primary() -> None:
    """For the rest of the request: what is shown in place of a page is not read again where a replica fails."""
    _only_reads.set(False)


@contextmanager
def transaction_of_a_visit() -> Iterator[None]:
    """A transaction on a replica that has all, or on the primary where there is none.

    The ledger's rows go in last, and on the primary: each waits there for whoever is writing, so a change that was
    seen here before it was acknowledged is acknowledged, and seen everywhere, before this visit is answered.
    """
    begun = None if connection.in_atomic_block or not _only_reads.get() else _begun_on_a_replica()
    if begun is None:
        with transaction.atomic():
            yield
        return
    with ledger.written_last():
        try:
            with begun:
                yield
        except (OperationalError, InterfaceError, InternalError) as fault:
            raise ReplicaFailed from fault


def _begun_on_a_replica() -> ExitStack | None:
    """To be left at the end of the visit. None: no replica has all that the primary had when this was asked."""
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_THE_PRIMARY_IS)
        place, clock = cursor.fetchone()
    asked = time.monotonic()
    for replica in _in_turn():
        try:
            with ExitStack() as begun:
                begun.enter_context(transaction.atomic(using=replica))
                waited = timedelta(seconds=time.monotonic() - asked)  # for one that is lost
                if _has_all(replica, place, clock + waited):
                    _left_alone.pop(replica, None)
                    _note_there(replica)
                    begun.enter_context(_in_place_of_the_primary(replica))
                    return begun.pop_all()
            _left_alone[replica] = time.monotonic() + LEFT_ALONE_BEHIND
        except Error:
            _left_alone[replica] = time.monotonic() + LEFT_ALONE_LOST
            _note_lost(replica)
    return None


def _in_turn() -> Iterator[str]:
    """The replicas that are not left alone, each visit beginning with another."""
    first = next(_turns) % len(settings.REPLICAS)
    return filter(_may_be_asked, settings.REPLICAS[first:] + settings.REPLICAS[:first])


def _may_be_asked(replica: str) -> bool:
    """Whether one that was left alone is back, one visit looks at a time: it may have to wait for it."""
    with _choosing:
        now = time.monotonic()
        if replica in _left_alone:
            if _left_alone[replica] > now:
                return False
            _left_alone[replica] = now + LEFT_ALONE_LOST
    return True


def _has_all(replica: str, place: str, clock: datetime) -> bool:
    """Within its transaction: of a pool of connections, each statement outside might reach another server."""
    give_up = time.monotonic() + LONGEST_WAIT
    with connections[replica].cursor() as cursor:
        cursor.execute(_IS_FIT, [APP, clock, CLOCKS_APART])
        is_fit = cursor.fetchone() == (True,)
        while is_fit:
            cursor.execute(_HAS_ALL, [place])
            if cursor.fetchone() == (True,):
                return True
            if time.monotonic() >= give_up:
                return False
            time.sleep(0.001)
    return False


@contextmanager
def _in_place_of_the_primary(replica: str) -> Iterator[None]:
    primary = connections["default"]
    connections["default"] = connections[replica]
    try:
        yield
    finally:
        connections["default"] = primary


def do_commits_wait() -> bool:
    """Whether nothing can be stored, because no replica is there to have it too."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMITS_WAIT)
        return bool(cursor.fetchone()[0])


def look_at_all() -> tuple[Replica, ...]:
    """Each replica of the settings, asked now on a connection of its own. One that hangs is as lost as one off."""
    if not settings.REPLICAS:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_THE_PRIMARY_IS)
        place, clock = cursor.fetchone()
    asking = ThreadPoolExecutor(len(settings.REPLICAS))
    asked = [asking.submit(_look_at, number, place, clock) for number in range(1, len(settings.REPLICAS) + 1)]
    wait(asked, timeout=LONGEST_LOOK)
    asking.shutdown(wait=False)  # what hangs ends by its own limits of time
    found = [one.result() if one.done() else Replica(number, False) for number, one in enumerate(asked, start=1)]
    return tuple(_with_note(replica) for replica in found)


def _look_at(number: int, place: str, clock: datetime) -> Replica:
    """What is stored all the time is on its way for a moment, longer on a busy machine: that is not to be behind."""
    replica, give_up = settings.REPLICAS[number - 1], time.monotonic() + LONGEST_CATCH_UP
    try:
        with transaction.atomic(using=replica), connections[replica].cursor() as cursor:
            cursor.execute(_HOW_IT_IS, [APP, clock, CLOCKS_APART])
            is_replica, is_app, is_on_time = cursor.fetchone()
            behind, newest = _how_far(cursor, place) if is_replica else (0, None)
            while behind > 0 and time.monotonic() < give_up:
                time.sleep(0.01)
                behind, newest = _how_far(cursor, place)
    except Error:
        return Replica(number, False)
    finally:
        connections[replica].close()
    if not is_replica:
        return Replica(number, True, why_not="it is a separate server, and not a replica")
    if not is_app:
        return Replica(number, True, why_not="its login does not act as portal_app")
    if not is_on_time:
        return Replica(number, True, why_not="its clock is more than a second off")
    return Replica(number, True, behind=behind, newest=newest) if behind > 0 else Replica(number, True)


def _how_far(cursor: CursorWrapper, place: str) -> tuple[int, datetime | None]:
    """How many bytes it is behind, and when the newest was stored that it has."""
    cursor.execute(_HOW_FAR, [place])
    behind, newest = cursor.fetchone()
    return behind, newest


def _with_note(found: Replica) -> Replica:
    """Since when it is lost, as all processes know it together; one that answers is lost no more."""
    replica = settings.REPLICAS[found.place - 1]
    if found.answers:
        with waiting_for_no_replica():
            cache.delete(_noted(replica))
        return found
    _note_lost(replica)
    return replace(found, lost_since=cache.get(_noted(replica)))


def _note_lost(replica: str) -> None:
    """Keep when it was first found lost. Whoever finds it there again forgets that."""
    _known_good.discard(replica)
    if cache.get(_noted(replica)) is None:
        with waiting_for_no_replica():
            cache.add(_noted(replica), timezone.now(), timeout=None)


def _note_there(replica: str) -> None:
    if replica not in _known_good:
        _known_good.add(replica)
        with waiting_for_no_replica():
            cache.delete(_noted(replica))


@contextmanager
def waiting_for_no_replica() -> Iterator[None]:
    """For what may be lost with the primary, as a note that a replica is lost: it must not wait until that is back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = local")
        yield


def _noted(replica: str) -> str:
    return f"lost_{replica}"
