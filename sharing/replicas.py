"""Reading from replicas that are never behind (P16, R40, docs/adr/0111).

Where a request only reads, a visit may read from a replica: within it `default` is the replica's connection, so that
nothing which runs there need know. The visit's rows of the ledger go to the primary before the answer is given.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import Error, InterfaceError, InternalError, OperationalError, connection, connections, transaction

from sharing import ledger
from sharing.roles import APP

LONGEST_WAIT: Final = 0.05  # seconds for what is on its way; after that another replica, or the primary
LEFT_ALONE_BEHIND: Final = 1.0  # seconds
LEFT_ALONE_LOST: Final = 10.0  # seconds
CLOCKS_APART: Final = 1.0  # seconds: what is out and who may see it changes by the clock of the machine that is asked

# All that anybody was told is stored has a place before this one.
_WHERE_THE_PRIMARY_IS: Final = "SELECT pg_current_wal_flush_lsn()::text, clock_timestamp()"
# NULL, which is no, where the other side is no replica.
_HAS_ALL: Final = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
_IS_FIT: Final = (
    "SELECT pg_is_in_recovery() AND current_user = %s AND abs(extract(epoch FROM clock_timestamp() - %s)) < %s"
)

_only_reads: ContextVar[bool] = ContextVar("this request only reads", default=False)
_left_alone: dict[str, float] = {}  # replica -> until when, by the monotonic clock; of this process
_turns = itertools.count()


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
    for replica in _in_turn():
        try:
            with ExitStack() as begun:
                begun.enter_context(transaction.atomic(using=replica))
                if _has_all(replica, place, clock):
                    begun.enter_context(_in_place_of_the_primary(replica))
                    return begun.pop_all()
            _left_alone[replica] = time.monotonic() + LEFT_ALONE_BEHIND
        except Error:
            _left_alone[replica] = time.monotonic() + LEFT_ALONE_LOST
    return None


def _in_turn() -> list[str]:
    """The replicas that are not left alone, each visit beginning with another."""
    first = next(_turns) % len(settings.REPLICAS)
    turned = settings.REPLICAS[first:] + settings.REPLICAS[:first]
    return [replica for replica in turned if _left_alone.get(replica, 0.0) <= time.monotonic()]


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
