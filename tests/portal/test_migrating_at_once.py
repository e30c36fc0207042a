"""Two people, or a person and a script, upgrade at the same time: docs/operators/upgrade.md."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from psycopg2 import extensions

from sharing.roles import OWNER
from tests import steps
from tests.locks.switches import run_as_owner
from tests.threads import OURS, PATIENCE

WAITS = f"NOT waits.granted AND waits.relation = 'access_register_registerline'::regclass AND waits.database = {OURS}"
TAKEN_BY_WHO_WAITS = (
    "SELECT has.relation::regclass::text FROM pg_locks AS has JOIN pg_locks AS waits USING (pid) "
    f"WHERE {WAITS} AND has.granted AND has.mode = 'AccessExclusiveLock' AND has.relation IN "
    "(SELECT tgrelid FROM pg_trigger WHERE NOT tgisinternal) LIMIT 1"
)


@contextmanager
def another_login(options: str = "") -> Iterator[extensions.cursor]:
    """The portal that was not stopped, in a transaction. Of two that wait for each other, the patient one goes on."""
    as_the_login = connection.get_connection_params() | {"options": options}
    as_the_login.pop("cursor_factory", None)
    with closing(psycopg2.connect(**as_the_login)) as portal, portal.cursor() as reader:
        yield reader


def until(reader: extensions.cursor, asks: str) -> Any:
    """What is told first."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        reader.execute(asks)
        if told := reader.fetchone():
            return told[0]
    raise AssertionError("it did not wait")


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
            cursor.execute("SELECT pg_advisory_unlock(hashtext('migrate'))")
    finally:
        first.close()
    call_command("migrate", verbosity=0)


def test_beside_a_portal_that_runs_it_ends_with_what_to_do(own_database: None) -> None:
    """Each waits for a table that the other has: PostgreSQL ends one of them, and here it is the migrate."""
    run_as_owner("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'before' $$")
    with ThreadPoolExecutor(1) as pool, another_login("-c deadlock_timeout=1min") as reader:
        reader.execute("LOCK TABLE access_register_registerline IN ACCESS SHARE MODE")
        migrate = pool.submit(call_command, "migrate", verbosity=0)
        taken = until(reader, TAKEN_BY_WHO_WAITS)
        reader.execute(f"LOCK TABLE {taken} IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Stop the portal, its worker"):
            migrate.result(PATIENCE)
    call_command("migrate", stdout=(said := StringIO()))
    assert "What PostgreSQL enforces is now as this version says." in said.getvalue()
    call_command("migrate", stdout=(said := StringIO()))
    assert "What PostgreSQL enforces is already as this version says." in said.getvalue()


def test_a_step_that_is_in_the_way_of_the_portal_ends_with_what_to_do(
    own_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the rules do at the end. Nothing of the step is left."""
    steps.one_more(
        tmp_path, monkeypatch, "LOCK TABLE access_register_person", "LOCK TABLE access_register_registerline"
    )
    with ThreadPoolExecutor(1) as pool, another_login("-c deadlock_timeout=1min") as reader:
        reader.execute("LOCK TABLE access_register_registerline IN ACCESS SHARE MODE")
        migrate = pool.submit(call_command, "migrate", verbosity=0)
        until(reader, f"SELECT true FROM pg_locks AS waits WHERE {WAITS}")
        reader.execute("LOCK TABLE access_register_person IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Stop the portal, its worker"):
            migrate.result(PATIENCE)
    call_command("migrate", verbosity=0)


def test_a_step_that_waits_no_longer_than_it_may_ends_with_what_to_do(
    own_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.one_more(tmp_path, monkeypatch, "SET LOCAL lock_timeout = '100ms'", "LOCK TABLE access_register_registerline")
    with another_login() as reader:
        reader.execute("LOCK TABLE access_register_registerline IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Stop the portal, its worker"):
            call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
