"""Statements that fail in PostgreSQL, as one does that waited too long for a lock, or found no room on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

WAITED_TOO_LONG: Final = "55P03"


@contextmanager
def failing(begins: str, *, state: str = WAITED_TOO_LONG) -> Iterator[None]:
    """Let each statement that begins with these words fail with this SQLSTATE."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(begins):
            return execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$", None, False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
