"""What one statement answers: how the doors ask PostgreSQL's own functions (`sharing/sql`, `access_register/sql`)."""

from typing import Any

from django.db import connection


def value_of(statement: str, *params: Any) -> Any:
    """The one value that the statement answers with, in the visit or transaction that is open; None without a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row = cursor.fetchone()
        return row[0] if row else None


def rows_of(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Every row that the statement answers with, likewise."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())


def one_at_a_time(what: str) -> None:
    """What the asker sends twice at one moment: the second waits here until the first is on record, and can be seen."""
    value_of("SELECT pg_advisory_xact_lock(hashtext(%s), portal_asker()::int)", what)
