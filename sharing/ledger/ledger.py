"""Writing the ledger (R43). `proof` checks that nobody changed it, `words` says what a row means."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from sharing.authorise.asker import Asker
from sharing.models.ledger import LedgerEntry
from sharing.statements import value_of

_waiting: ContextVar[list[list[Any]] | None] = ContextVar("ledger rows that wait", default=None)
_noted: ContextVar[list[list[Any]] | None] = ContextVar("ledger rows of a page", default=None)
_there: ContextVar[list[list[Any]] | None] = ContextVar("ledger rows of its first reading", default=None)

_OUTCOME = 6  # the outcome's position in a row, as _INSERT takes it
_INSERT = "SELECT portal_write_ledger(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)"


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
    """Add one row. `asker` is None for what the service does by itself. The database numbers, dates and chains it.

    `purpose` says why they may; what an officer is working for in the session is added to it (P8).
    """
    if asker and asker.purpose:
        purpose = ". ".join(part for part in (purpose.rstrip("."), f"Session for: {asker.purpose}") if part)
    who = (asker.person_id, asker.name, asker.through.value) if asker else (None, "the service", "")
    row = [*who, action, permission, urn, outcome.value, json.dumps(about or {}, default=str), purpose]
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(row)
    else:
        _insert(row)


def _insert(row: list[Any]) -> None:
    there, noted = _there.get(), _noted.get()
    if there and row in there:
        there.remove(row)
        return
    if noted is not None and row[_OUTCOME] != LedgerEntry.Outcome.CHANGED:
        transaction.on_commit(partial(noted.append, row))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


def changed(*, action: str, about: Mapping[str, Any], urn: int | None = None) -> None:
    """Record what the service has changed by itself, without a person asking."""
    write(None, action=action, outcome=LedgerEntry.Outcome.CHANGED, urn=urn, about=about)


def refuse(asker: Asker, *, action: str, why: str) -> None:
    """Record a refusal at no establishment, such as at EduNet's gate."""
    write(asker, action=action, outcome=LedgerEntry.Outcome.REFUSED, about={"why": why})


@contextmanager
def written_last() -> Iterator[None]:
    """Hold back rows written inside, and add them at the end.

    From its first row until it commits, a transaction holds the chain, and everybody who reads a page waits for it.
    """
    waiting: list[list[Any]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for row in waiting:
        _insert(row)


@contextmanager
def noted() -> Iterator[list[list[Any]]]:
    """Collect the rows written inside that change nothing, once committed, for a page that may be read again."""
    rows: list[list[Any]] = []
    token = _noted.set(rows)
    try:
        yield rows
    finally:
        _noted.reset(token)


@contextmanager
def read_again(rows: list[list[Any]]) -> Iterator[None]:
    """Read a page a second time, without writing again the `rows` that its first reading has written."""
    token = _there.set(rows)
    try:
        yield
    finally:
        _there.reset(token)


def make_months(today: date) -> Iterator[str]:
    """Make sure that this month and the next have a partition of the table. Needs portal_batch."""
    for day in (today, (today.replace(day=1) + timedelta(days=31)).replace(day=1)):
        if value_of("SELECT sharing_make_ledger_month(%s)", day):
            yield f"the ledger has a part for {day:%B %Y}"
