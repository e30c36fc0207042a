"""The answer of one statement: how the doors call PostgreSQL's functions (`sharing/sql`, `access_register/sql`)."""

from typing import Any

from django.db import connection


def row_of(statement: str, *params: Any) -> tuple[Any, ...] | None:
    """The one row that the statement returns, within the open visit or transaction; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def value_of(statement: str, *params: Any) -> Any:
    """The one value that the statement returns; None where there is no row."""
    row = row_of(statement, *params)
    return row[0] if row else None


def rows_of(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Every row that the statement returns, within the open visit or transaction."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())


def values_of(statement: str, *params: Any) -> list[Any]:
    """The first value of every row that the statement returns."""
    return [row[0] for row in rows_of(statement, *params)]


def hold_lock(what: str, number: int | None = None) -> None:
    """Hold PostgreSQL's advisory lock of this name, or of this name and number, until the transaction ends.

    Whoever else holds it is waited for.
    """
    if number is None:
        value_of("SELECT pg_advisory_xact_lock(hashtext(%s))", what)
    else:
        value_of("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", what, number)


def one_at_a_time(what: str) -> None:
    """Make the second of two identical submissions wait here until the first is on record and can be seen."""
    value_of("SELECT pg_advisory_xact_lock(hashtext(%s), portal_asker()::int)", what)
