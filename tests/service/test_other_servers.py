"""A PostgreSQL that somebody else has set up: its encoding, and settings of the server, the database or the login
(R6, R43)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from sharing.roles import create_roles, refuse_all_but_the_application
from sharing.service.starting import refuse_to_run, refuse_to_serve, refuse_to_work
from tests import databases
from tests.conftest import WORKER
from tests.people import client

PUPILS = "/establishments/999002/pupils/"
# What an administrator may have chosen for all databases.
CHOSEN = {
    "default_transaction_isolation": "serializable",
    "idle_in_transaction_session_timeout": "'10s'",
    "idle_session_timeout": "'1min'",
    "lock_timeout": "'1s'",
    "row_security": "off",
    "search_path": '"$user", extensions',
    "standard_conforming_strings": "off",
}


def a_command() -> None:
    refuse_to_run("run_daily")


def migrate() -> None:
    call_command("migrate", verbosity=0)


STARTS = (refuse_to_serve, refuse_to_work, a_command, migrate)


def set_for_the_database(**chosen: str) -> None:
    """As an administrator does. Whoever connects from now on has it."""
    name = connection.settings_dict["NAME"]
    databases.as_admin(*[f"ALTER DATABASE {name} SET {what} = {value}" for what, value in chosen.items()])
    connections.close_all()


@pytest.fixture
def behind_a_pool(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that bring nothing but who they are, as `DATABASE_POOLED` makes them."""
    brings = connection.settings_dict["OPTIONS"] | {"options": "-c role=portal_app -c statement_timeout=2s"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", brings)
    monkeypatch.setattr(settings, "DATABASE_POOLED", True)
    connections.close_all()


@pytest.mark.parametrize("name", CHOSEN)
def test_what_others_chose_for_the_database_is_not_the_portals(own_database: None, name: str) -> None:
    """R6, R43: a page of children opens, whoever starts may start, and the rules come into force again."""
    set_for_the_database(**{name: CHOSEN[name]})
    for starts in STARTS:
        starts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = %s", [name])
        assert cursor.fetchone() == (settings.DATABASE_SESSION[name],)
    assert client("head-beckside").get(PUPILS).status_code == 200


def test_all_that_the_portal_brings_has_been_tried() -> None:
    assert settings.DATABASE_SESSION.keys() == CHOSEN.keys()


@pytest.mark.parametrize("name", CHOSEN)
def test_behind_a_pool_the_login_has_to_bring_it(behind_a_pool: None, name: str) -> None:
    """Who starts is told which setting it is, and the words to put it right, once the pool has new connections."""
    set_for_the_database(**{name: CHOSEN[name]})
    with pytest.raises(ImproperlyConfigured, match=rf"cannot work with: {name} is .*then restarts the pool") as refused:
        refuse_to_serve()
    _, *cures = str(refused.value).splitlines()
    databases.as_admin(*cures)
    connections.close_all()
    refuse_to_serve()


def test_behind_a_pool_a_time_limit_that_no_page_reaches_is_left_to_the_server(behind_a_pool: None) -> None:
    """Amazon RDS comes with one of a day. What takes as long reaches PostgreSQL directly, and brings its own."""
    limits = {name: "'1d'" for name in CHOSEN if name.endswith("_timeout")}
    set_for_the_database(**limits)
    refuse_to_serve()
    set_for_the_database(**dict.fromkeys(limits, "'1min'"))
    with pytest.raises(ImproperlyConfigured, match=".*".join(sorted(limits))):
        refuse_to_serve()


@pytest.fixture
def set_otherwise(own_database: None, request: pytest.FixtureRequest) -> str:
    name, value = request.param
    set_for_the_database(**{name: value})
    return f"cannot work with: {name} is "


@pytest.mark.parametrize("starts", STARTS)
@pytest.mark.parametrize(
    "set_otherwise", [("session_replication_role", "replica"), ("transaction_timeout", "'5s'")], indirect=True, ids=str
)
def test_what_no_connection_can_bring_is_refused(set_otherwise: str, starts: Any) -> None:
    """R6, R43: without triggers nothing says what a child's days are; a long import would be cut off each time."""
    with pytest.raises(ImproperlyConfigured, match=set_otherwise) as refused:
        starts()
    _, *cures = str(refused.value).splitlines()
    databases.as_admin(*cures)
    connections.close_all()
    starts()


def test_a_ledger_that_may_lose_its_last_rows_is_refused(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: what somebody has seen is in the ledger, even if the server loses its power a moment later."""
    refuse_to_serve()  # invented data may lose them
    monkeypatch.setattr(settings, "MODE", "production")
    with pytest.raises(ImproperlyConfigured, match=r"synchronous_commit is off(?s:.*)SET synchronous_commit = 'on';"):
        refuse_to_serve()


def test_gunicorn_looks_too(own_database: None) -> None:
    set_for_the_database(session_replication_role="replica")
    with pytest.raises(ImproperlyConfigured, match="session_replication_role is replica"):
        refuse_all_but_the_application()


def as_administrator_here(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(["SET LOCAL ROLE NONE", *statements]))


@pytest.mark.parametrize("starts", [create_roles, *STARTS])
def test_extensions_that_are_elsewhere_are_refused(own_database: None, starts: Any) -> None:
    """Some providers put them into a schema of their own, before anybody asks. The cure that is told is one."""
    as_administrator_here("CREATE SCHEMA extensions", "ALTER EXTENSION unaccent SET SCHEMA extensions")
    with pytest.raises(ImproperlyConfigured, match="looks for its extensions in the schema public") as refused:
        starts()
    _, *cures = str(refused.value).splitlines()
    as_administrator_here(*cures)
    starts()


@pytest.fixture
def in_another_encoding(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    before, name = connection.settings_dict["NAME"], f"portal_{databases.RUN}_{WORKER}_encoding"
    with django_db_blocker.unblock():
        databases.drop(name)
        databases.as_admin(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING {request.param} LOCALE 'C'")
        databases.use(name)
        yield str(request.param)
        databases.use(before)
        databases.drop(name)


@pytest.mark.parametrize("in_another_encoding", ["SQL_ASCII", "LATIN1"], indirect=True)
@pytest.mark.parametrize("starts", [create_roles, *STARTS])
def test_a_database_in_another_encoding_is_refused(in_another_encoding: str, starts: Any) -> None:
    """PostgreSQL itself makes one where the machine has no language set, and then each accent counts as two letters."""
    with pytest.raises((ImproperlyConfigured, CommandError), match=rf"is encoded in {in_another_encoding}\."):
        starts()
