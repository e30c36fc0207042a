"""Reading from replicas that are never behind (P16, R40, docs/adr/0043).

If a request only reads, a visit may read from a replica: within it, `default` is the replica's connection, so that the
code in it need not know. The visit's rows of the ledger go to the primary before the response is sent.
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

LONGEST_WAIT: Final = 0.05  # seconds for what is still being replicated; then another replica is tried, or the primary
LEFT_ALONE_BEHIND: Final = 1.0  # seconds
LEFT_ALONE_LOST: Final = 10.0  # seconds
LONGEST_CATCH_UP: Final = 0.5  # seconds for what is still being replicated, where somebody asks how a replica is
LONGEST_LOOK: Final = 1.0  # seconds for all replicas together, where somebody asks how they are
CLOCKS_APART: Final = 1.0  # seconds: what is out and who may see it depend on the clock of the machine asked

# Everything that anybody was told is stored lies before this position.
_WHERE_THE_PRIMARY_IS: Final = "SELECT pg_current_wal_flush_lsn()::text, clock_timestamp()"
# NULL, which counts as no, where the other side is not a replica.
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
# The primary must wait for a replica, and none is there. Who streams from it is hidden from us, not whether any does.
_COMMITS_WAIT: Final = """
    SELECT current_setting('synchronous_standby_names') <> '' AND NOT EXISTS (SELECT FROM pg_stat_replication)
"""

_only_reads: ContextVar[bool] = ContextVar("this request only reads", default=False)
_left_alone: dict[str, float] = {}  # replica -> until when, by this process's monotonic clock
_known_good: set[str] = set()  # replicas that answered this process when it last asked
_turns = itertools.count()
_choosing = threading.Lock()


class ReplicaFailed(Exception):
    """A replica could not do what the visit wanted: it is lost, or this was a change. Nothing was shown: read again."""


@contextmanager
def only_reads(is_so: bool) -> Iterator[None]:
    """Mark a request that changes nothing, so that its visits may use a replica. They may then raise ReplicaFailed."""
    token = _only_reads.set(is_so and bool(settings.REPLICAS))
    try:
        yield
    finally:
        _only_reads.reset(token)


def the_rest_from_the_primary() -> None:
    """Read the rest of the request from the primary: what replaces a page is not read again if a replica fails."""
    _only_reads.set(False)


@contextmanager
def transaction_of_a_visit() -> Iterator[None]:
    """A transaction on a replica that has everything, or on the primary where there is none.

    The ledger's rows go in last, and on the primary. Each waits there for whoever is writing, so a change that was seen
    here before it was acknowledged is acknowledged, and seen everywhere, before this visit is answered.
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
    """A transaction on a replica, to be closed at the end of the visit.

    None where no replica has everything that the primary had when this was asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_THE_PRIMARY_IS)
        place, clock = cursor.fetchone()
    asked = time.monotonic()
    for replica in _in_turn():
        try:
            with ExitStack() as begun:
                begun.enter_context(transaction.atomic(using=replica))
                waited = timedelta(seconds=time.monotonic() - asked)  # on replicas that are lost
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
    """The replicas that are not left alone now, each visit starting with another one."""
    first = next(_turns) % len(settings.REPLICAS)
    return filter(_may_be_asked, settings.REPLICAS[first:] + settings.REPLICAS[:first])


def _may_be_asked(replica: str) -> bool:
    """Whether the replica may be asked. Of one left alone, one visit at a time finds out: it may have to wait."""
    with _choosing:
        now = time.monotonic()
        if replica in _left_alone:
            if _left_alone[replica] > now:
                return False
            _left_alone[replica] = now + LEFT_ALONE_LOST
    return True


def _has_all(replica: str, place: str, clock: datetime) -> bool:
    """Whether the replica has everything up to `place`.

    Asked within its transaction: outside one, each statement through a pool of connections might reach another server.
    """
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
    """Whether nothing can be stored, because no replica is there to store it too."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMITS_WAIT)
        return bool(cursor.fetchone()[0])


def look_at_all() -> tuple[Replica, ...]:
    """Each configured replica, asked now on a connection of its own. One that hangs counts as lost."""
    if not settings.REPLICAS:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_THE_PRIMARY_IS)
        place, clock = cursor.fetchone()
    asking = ThreadPoolExecutor(len(settings.REPLICAS))
    asked = [asking.submit(_look_at, number, place, clock) for number in range(1, len(settings.REPLICAS) + 1)]
    wait(asked, timeout=LONGEST_LOOK)
    asking.shutdown(wait=False)  # those that hang end by their own time limits
    found = [one.result() if one.done() else Replica(number, False) for number, one in enumerate(asked, start=1)]
    return tuple(_with_note(replica) for replica in found)


def _look_at(number: int, place: str, clock: datetime) -> Replica:
    """The state of one replica. What is on its way for a moment, longer on a busy machine, is not being behind."""
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
    """How many bytes it is behind, and when the newest transaction that it has was stored."""
    cursor.execute(_HOW_FAR, [place])
    behind, newest = cursor.fetchone()
    return behind, newest


def _with_note(found: Replica) -> Replica:
    """The replica with the time since when it is lost, shared by all processes; if it answers, that note is deleted."""
    replica = settings.REPLICAS[found.place - 1]
    if found.answers:
        with waiting_for_no_replica():
            cache.delete(_noted(replica))
        return found
    _note_lost(replica)
    return replace(found, lost_since=cache.get(_noted(replica)))


def _note_lost(replica: str) -> None:
    """Note when it was first found lost. Whoever finds it there again deletes the note."""
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
    """A transaction that waits for no replica, for what may be lost with the primary.

    A note that a replica is lost must not wait until it is back.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = local")
        yield


def _noted(replica: str) -> str:
    return f"lost_{replica}"
