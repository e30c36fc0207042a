"""Two people, or a person and a script, upgrade at the same time: docs/operators/upgrade.md."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from sharing.roles import OWNER
from tests.locks.switches import run_as_owner

TAKEN_BY_WHO_WAITS = (
    "SELECT has.relation::regclass::text FROM pg_locks AS has JOIN pg_locks AS waits USING (pid) "
    "WHERE NOT waits.granted AND waits.relation = 'access_register_registerline'::regclass "
    "AND has.granted AND has.mode = 'AccessExclusiveLock' AND has.relation IN "
    "(SELECT tgrelid FROM pg_trigger WHERE NOT tgisinternal) LIMIT 1"
)


def test_one_migrate_at_a_time(own_database: None) -> None:
    """The second one stops and says so: both would apply the same step, and what it does to the data would be done
    twice. It does not wait either, since an index that is made concurrently would wait for it."""
    first = connections.create_connection("default")
    try:
        with first.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNER}")
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))")
            with pytest.raises(CommandError, match="Another migrate is under way"):
                call_command("migrate", verbosity=0)
    finally:
        first.close()
    call_command("migrate", verbosity=0)


def test_beside_a_portal_that_runs_it_ends_with_what_to_do(own_database: None) -> None:
    """Each waits for a table that the other has: PostgreSQL ends one of them, and here it is the migrate."""
    run_as_owner("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'before' $$")
    as_the_login = connection.get_connection_params() | {"options": "-c deadlock_timeout=1min"}
    as_the_login.pop("cursor_factory", None)
    with (
        ThreadPoolExecutor(1) as pool,
        closing(psycopg2.connect(**as_the_login)) as portal,
        portal.cursor() as reader,
    ):
        reader.execute("LOCK TABLE access_register_registerline IN ACCESS SHARE MODE")
        migrate = pool.submit(call_command, "migrate", verbosity=0)
        while True:
            reader.execute(TAKEN_BY_WHO_WAITS)
            if taken := reader.fetchone():
                break
        reader.execute(f"LOCK TABLE {taken[0]} IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Stop the portal, its worker"):
            migrate.result()
    call_command("migrate", stdout=(said := StringIO()))
    assert "What PostgreSQL enforces is now as this version says it." in said.getvalue()
    call_command("migrate", stdout=(said := StringIO()))
    assert "What PostgreSQL enforces is as this version says it already." in said.getvalue()
