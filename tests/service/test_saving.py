"""A17: operators and monitors hear at once where nothing can be stored, and so nobody can open a page of records."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, connections
from django.test import Client
from psycopg2.extras import wait_select

from sharing.imports import room
from sharing.records.operations import How
from sharing.service import health, service_runs
from tests import databases
from tests.faults.server import url_of_tests
from tests.people import EDUNET, client, visitor
from tests.threads import until_waiting

OPERATIONS, HEALTH, PUPILS = "/operations/", "/health/", "/establishments/999002/pupils/"
VISIT = "/establishments/999003/visit/"
READS_ONLY = "Nothing can be saved: the database accepts no changes, so no page of records opens."


def monitored() -> int:
    return visitor(address="127.0.0.1").get(HEALTH).status_code


def saving() -> list[tuple[How, str, str]]:
    return [(part.how, part.says, part.do) for part in health.how_is_the_service().parts if part.title == "Saving"]


@contextmanager
def held_ledger() -> Iterator[int]:
    """By somebody else's session, whose number it answers."""
    with closing(psycopg2.connect(url_of_tests())) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_advisory_xact_lock(hashtext('sharing_ledgerentry'))")
        yield cursor.fetchone()[0]


@contextmanager
def held_table(mode: str, table: str = "sharing_establishment") -> Iterator[int]:
    """As by a `psql` that somebody left open. Answers the number of its session."""
    with closing(psycopg2.connect(url_of_tests())) as other, other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN {mode} MODE; SELECT pg_backend_pid()")
        yield cursor.fetchone()[0]


@pytest.fixture
def browsers(own_database: None, settings: Any) -> Iterator[tuple[Client, ...]]:
    """As a database service sets it where the disk is full, or as a replica is. Sessions are due to be renewed."""
    settings.SESSION_RENEWED_EVERY = 0
    name = connection.settings_dict["NAME"]
    seen = client("superuser", EDUNET), client("officer-information", EDUNET), client("head-beckside")
    for browser in seen:
        browser.get("/guidance/")
    service_runs.record(service_runs.Job.WORKER)
    assert monitored() == 200
    databases.as_admin(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    connections.close_all()
    yield seen
    databases.as_admin(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    connections.close_all()


def test_a_database_that_only_reads_is_told(browsers: tuple[Client, ...]) -> None:
    superuser, manager, head = browsers
    head.raise_request_exception = False
    assert head.get(PUPILS).status_code == 500
    assert head.get("/guidance/").status_code == 200
    assert monitored() == 503
    assert [(how, says) for how, says, _ in saving()] == [(How.WRONG, READS_ONLY)]
    for browser in (superuser, manager):
        assert READS_ONLY in browser.get(OPERATIONS).content.decode()


def test_a_limit_of_what_is_sorted_on_the_disk_is_told(own_database: None) -> None:
    """An administrator's temp_file_limit: what needs more is refused as on a full disk, not tried for ever."""
    name = connection.settings_dict["NAME"]
    databases.as_admin(f"ALTER DATABASE {name} SET temp_file_limit = '1MB'")
    connections.close_all()
    ((how, says, do),) = saving()
    assert (how, says.partition(":")[0]) == (How.WRONG, "Files cannot be brought in")
    assert do.startswith("Raise temp_file_limit")
    with pytest.raises(OperationalError) as trouble, connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64kB'; SELECT number FROM generate_series(1, 999999) AS number ORDER BY 1 DESC")
    assert room.is_full(trouble.value)


def test_whoever_holds_the_ledger_is_told(own_database: None) -> None:
    """And by which session, so that it can be ended. Held for an instant, as each visit does, it is well."""
    superuser, head = client("superuser", EDUNET), client("head-beckside")
    head.raise_request_exception = False
    with held_ledger() as holder:
        assert head.get(PUPILS).status_code == 500
        assert monitored() == 503
        ((how, says, do),) = saving()
        assert (how, says) == (
            How.WRONG, f"No page of records opens: session {holder} of the database is holding the ledger.",
        )  # fmt: skip
        assert f"pg_terminate_backend({holder})" in do
        assert says in superuser.get(OPERATIONS).content.decode()
    service_runs.record(service_runs.Job.WORKER)
    assert (saving(), monitored(), head.get(PUPILS).status_code) == ([], 200, 200)


@pytest.mark.parametrize("mode", ["ACCESS EXCLUSIVE", "SHARE"])
def test_whoever_holds_a_table_is_told(mode: str, own_database: None) -> None:
    """Whoever reads it, or changes it, waits and fails. What looks at the rules does not wait for it as well."""
    service_runs.record(service_runs.Job.WORKER)
    with held_table(mode) as holder:
        assert monitored() == 503
        ((how, says, do),) = saving()
        held = f"session {holder} of the database is holding the table sharing_establishment."
        assert (how, says) == (How.WRONG, f"Pages wait, and fail: {held}")
        assert f"pg_terminate_backend({holder})" in do
        with pytest.raises(CommandError, match="Something is wrong"):
            call_command("check_service")
    assert (saving(), monitored()) == ([], 200)


def test_whoever_waits_for_a_table_that_somebody_reads_is_told(own_database: None) -> None:
    """As VACUUM FULL during a dump: all others wait behind them, and whoever holds the table does nothing wrong."""
    service_runs.record(service_runs.Job.WORKER)
    head = client("head-beckside")
    head.raise_request_exception = False
    with held_table("ACCESS SHARE"), closing(psycopg2.connect(url_of_tests(), async_=True)) as other:
        wait_select(other)
        other.cursor().execute("BEGIN; LOCK TABLE sharing_establishment IN ACCESS EXCLUSIVE MODE")
        until_waiting()
        assert head.get(PUPILS).status_code == 500
        assert monitored() == 503
        ((_, says, do),) = saving()
        waiter = other.get_backend_pid()
        assert says.endswith(
            f"session {waiter} of the database is waiting to have to itself the table sharing_establishment."
        )
        assert f"pg_terminate_backend({waiter})" in do
    assert saving() == []


@pytest.mark.parametrize("table", ["django_migrations", "sharing_servicerun"])
def test_whoever_holds_a_table_that_the_command_reads_is_told_too(table: str, own_database: None) -> None:
    with held_table("ACCESS EXCLUSIVE", table) as holder:
        with pytest.raises(CommandError, match=f"session {holder} of the database is holding the table {table}"):
            call_command("check_service")
        assert monitored() == 503


@pytest.mark.parametrize("mode", ["SHARE UPDATE EXCLUSIVE", "ACCESS SHARE"])
def test_a_table_that_is_being_vacuumed_or_dumped_is_not_held(mode: str, own_database: None) -> None:
    with held_table(mode):
        assert saving() == []


def test_whoever_waits_for_a_row_is_not_taken_for_holding_its_table(own_database: None) -> None:
    """They hold a lock on the row meanwhile. It may be the night, which waits for an import: nobody should end it."""
    take_the_row = "SELECT FROM sharing_establishment WHERE urn = 999002 FOR UPDATE"
    with closing(psycopg2.connect(url_of_tests())) as holder, holder.cursor() as cursor:
        cursor.execute(take_the_row)
        with closing(psycopg2.connect(url_of_tests(), async_=True)) as other:
            wait_select(other)
            other.cursor().execute(take_the_row)
            until_waiting()
            assert saving() == []


def test_a_form_that_could_not_be_saved_is_sent_again_as_the_page_says(own_database: None) -> None:
    """Going back would lose what was typed, since browsers store no page of ours (R13). Reloaded, it is saved once."""
    officer, typed = client("officer-data", EDUNET), {"text": "Typed in a bad moment."}
    officer.raise_request_exception = False
    with held_ledger():
        page = officer.post(VISIT, typed)
        assert page.status_code == 500
        assert "If you were sending a form, stay on this page" in page.content.decode()
    assert officer.post(VISIT, typed).status_code == 302
    assert officer.get(VISIT).content.decode().count(typed["text"]) == 1


def test_a_page_does_not_deny_what_it_did_where_the_connection_of_its_session_has_gone(own_database: None) -> None:
    """R30: psycopg2 itself refuses a connection that it knows to be closed, and the page was a 500 after its change."""
    browser, groups = client("head-beckside"), "/establishments/999002/groups/"

    def closed(execute: Any, sql: str, *given: Any) -> Any:
        if sql.startswith('UPDATE "django_session" SET "session_data"'):
            connection.connection.close()
        return execute(sql, *given)

    with connection.execute_wrapper(closed):
        answer = browser.post(f"{groups}add/", {"name": "Readers", "kind": "hand"})
    assert answer.status_code == 302
    assert "Readers" in browser.get(groups).content.decode()
