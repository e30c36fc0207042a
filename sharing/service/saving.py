"""Whether anything can be stored. A visit ends with its row in the ledger (R43), so without that no page opens."""

import time
from dataclasses import dataclass
from typing import Final

from django.db import OperationalError, connection, transaction
from psycopg2.errors import ConfigurationLimitExceeded

from sharing.imports import room
from sharing.service import replicas
from sharing.statements import rows_of, value_of

LONGEST_WAIT: Final = 1.5  # seconds to wait for the ledger or a table; up to then pages are still in time
_TAKE_THE_LEDGER: Final = "SELECT pg_advisory_xact_lock(hashtext('sharing_ledgerentry'))"  # as portal_write_ledger does
_SORT_TWO_MEGABYTES: Final = """
    SELECT current_setting('transaction_read_only') = 'on', sum(length(room)) FROM (
        SELECT number, repeat('x', 8000) AS room FROM generate_series(1, 250) AS number ORDER BY number DESC OFFSET 0
    ) AS sorted
"""
_WHO_HOLDS_IT: Final = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint << 32 | objid::bigint = hashtext('sharing_ledgerentry')
"""
# Only these kinds of locks keep others from reading or writing. Ours are held for an instant, but for `migrate`.
# Whoever waits for one keeps others from the table as well, behind themselves. Whoever waits for a row holds such a
# lock too, but of another type: on that row.
_HOLDS_A_TABLE: Final = """
    SELECT NOT granted, pid, relname::text FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE locktype = 'relation' AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
_END_IT: Final = "See pg_stat_activity. SELECT pg_terminate_backend({pid}) ends it, and undoes what it was doing."


@dataclass(frozen=True)
class Hindrance:
    """Why nothing can be stored, and what to do."""

    says: str
    do: str


def hindrance() -> Hindrance | None:
    """Why nothing can be stored, or None: asked of the primary, beginning with what would cause the others."""
    if replicas.do_commits_wait():
        return Hindrance(
            "Nothing can be saved: there is no replica to keep it too.",
            "Start a replica, or restart keep-replicas with 0: see docs/operators/replicas.md.",
        )
    if storing := _hindrance_of_the_database():
        return storing
    if held := _held_tables():
        only_waits, pid, table = min(held)
        holds = "is waiting to have to itself" if only_waits else "is holding"
        return Hindrance(
            f"Pages wait, and fail: session {pid} of the database {holds} the table {table}.",
            f"Wait if it is migrate. {_END_IT.format(pid=pid)}",
        )
    if holder := _holds_the_ledger():
        return Hindrance(
            f"No page of records opens: session {holder} of the database is holding the ledger.",
            _END_IT.format(pid=holder),
        )
    return None


def _hindrance_of_the_database() -> Hindrance | None:
    """Why the database cannot store, or None, found by sorting two megabytes where PostgreSQL sorts on disk.

    That is beside the tables, unless `temp_tablespaces` says otherwise. It writes and forgets them, so nothing is left
    behind and the web application needs no right for it.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL work_mem = '64kB'; {_SORT_TWO_MEGABYTES}")
            only_reads, _ = cursor.fetchone()
    except OperationalError as trouble:
        if not room.is_full(trouble):
            raise
        if isinstance(trouble.__cause__, ConfigurationLimitExceeded):
            return Hindrance(
                "Files cannot be brought in: PostgreSQL may sort less than two megabytes on its disk.",
                "Raise temp_file_limit, which somebody has set for the server, the database or the login.",
            )
        return Hindrance(
            "Nothing can be saved: the disk of the database is full, so nobody can sign in.",
            "Make room on it: see docs/operators/faults.md, A full disk. Everything then continues automatically.",
        )
    if only_reads:
        return Hindrance(
            "Nothing can be saved: the database accepts no changes, so no page of records opens.",
            "It is a replica, or was set to read only, as some services do when a disk is full. See DATABASE_URL.",
        )
    return None


def _held_tables() -> set[tuple[bool, int, str]]:
    """Which sessions have kept which tables from others for longer than pages wait. True: only by waiting for them."""
    held = set(rows_of(_HOLDS_A_TABLE))
    if held:
        time.sleep(LONGEST_WAIT)
        held &= set(rows_of(_HOLDS_A_TABLE))
    return held


def _holds_the_ledger() -> int | None:
    """The session that has held the ledger for longer than pages wait, if any; a visit holds it only for an instant."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}s'; {_TAKE_THE_LEDGER}")
            transaction.set_rollback(True)  # releases the lock, with nothing to commit
    except OperationalError:
        holder: int | None = value_of(_WHO_HOLDS_IT)
        return holder
    return None
