"""Writing the ledger (R43), and checking that nobody changed it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from sharing.authorise.asker import Asker
from sharing.models.ledger import LedgerEntry

_waiting: ContextVar[list[list[Any]] | None] = ContextVar("ledger rows that wait", default=None)

_INSERT = """
    INSERT INTO sharing_ledgerentry
        (person_id, person_name, through, action, permission, urn, outcome, about, purpose)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_BROKEN = """
    SELECT id FROM (
        SELECT id, hash, previous_hash, sharing_ledger_hash(entry) AS right_hash,
               lag(hash, 1, ''::bytea) OVER (ORDER BY id) AS hash_before,
               lag(id, 1, 0::bigint) OVER (ORDER BY id) AS id_before
        FROM sharing_ledgerentry AS entry
    ) AS chain
    WHERE hash <> right_hash OR previous_hash <> hash_before OR id <> id_before + 1
    ORDER BY id
"""


def write(
    asker: Asker | None,
    *,
    action: str,
    outcome: LedgerEntry.Outcome,
    permission: str = "",
    urn: int | None = None,
    about: Mapping[str, Any] | None = None,
    purpose: str = "",
) -> None:
    """Add one row. `asker` is None for what the service does by itself. The database numbers, dates and chains it."""
    who = (asker.person_id, asker.name, asker.through.value) if asker else (None, "the service", "")
    row = [*who, action, permission, urn, outcome.value, json.dumps(about or {}, default=str), purpose]
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(row)
    else:
        _insert(row)


def _insert(row: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


def refuse(asker: Asker, *, action: str, why: str) -> None:
    """A refusal at no establishment, as at EduNet's gate."""
    write(asker, action=action, outcome=LedgerEntry.Outcome.REFUSED, about={"why": why})


@contextmanager
def written_last() -> Iterator[None]:
    """Rows written inside go in at the end: from its first row to its commit a transaction holds the chain, and
    everybody who reads a page waits for it."""
    waiting: list[list[Any]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for row in waiting:
        _insert(row)


def broken_rows() -> list[int]:
    """The ids of rows that were changed, or before which a row is missing. Empty when the chain is whole.

    Needs a role that may read the ledger: the web application may not.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN)
        return [row_id for (row_id,) in cursor.fetchall()]
