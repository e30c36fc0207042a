"""The demonstration starts again after a start that was stopped half way."""

from contextlib import suppress

import pytest
from django.db import connection

from portal.management.commands.demo import forget_an_interrupted_start
from sharing.roles import OWNER
from tests.people import as_owner

KNOWN = "SELECT reltuples, relpages FROM pg_class WHERE relname = 'half'"


@pytest.mark.usefixtures("own_database")
def test_what_was_rolled_back_is_forgotten() -> None:
    """PostgreSQL planned for tables without a row, and the next start did not end."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half (number int)")
    with suppress(KeyboardInterrupt), as_owner(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO half SELECT generate_series(1, 10000)")
        raise KeyboardInterrupt
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
        cursor.execute(f"SET ROLE {OWNER}; ANALYZE half")
        cursor.execute("RESET ROLE")
        cursor.execute(KNOWN)
        assert cursor.fetchone()[0] == 0
        forget_an_interrupted_start()
        cursor.execute(KNOWN)
        assert cursor.fetchone()[1] == 0
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (before,)
