"""A server whose administrator is no superuser, as a provider's own PostgreSQL has it (docs/operators/deploy.md)."""

import subprocess
from contextlib import closing
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from sharing.retention.replaying import refuse_until_replayed
from sharing.roles import APP, BATCH, acting_as, others_of_the_portal
from tests import databases
from tests.faults.server import PROGRAMS, elsewhere, needs_a_server_of_the_same_release, own_server, url_of_tests
from tests.locks.switches import rows

# As `nightly` makes them with DUMP_BY_OWNER=yes.
DUMPS = (
    ("--role=portal_owner", "--enable-row-security", "--exclude-schema=portal_keys"),
    ("--role=portal_owner", "--schema=portal_keys"),
)
ADMINISTRATOR = "administrator"
TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, to_regnamespace('portal_keys'))
"""
HIDDEN_FROM_THE_OWNER = """
SELECT relname FROM pg_class WHERE relforcerowsecurity AND relowner = 'portal_owner'::regrole
  AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'owner_all')
"""


def counts() -> dict[str, int]:
    """How many rows each table has, the parts of the ledger too. Asked by a superuser, who sees them all."""
    return {table: rows(f"SET LOCAL ROLE NONE; SELECT count(*) FROM {table}")[0][0] for (table,) in rows(TABLES)}


def test_its_administrator_makes_the_roles_and_puts_back_dumps_by_the_owner(own_database: None, tmp_path: Path) -> None:
    """R13: from PostgreSQL 16 on such a login has none of the rights of roles that it makes, and it cannot let
    portal_backup past the policies. Dumps made as the owner, by the owner's policies, have every row all the same."""
    needs_a_server_of_the_same_release()
    dumps = [tmp_path / "tables", tmp_path / "keys"]
    for made, options in zip(dumps, DUMPS, strict=True):
        subprocess.run(
            [PROGRAMS / "pg_dump", "--format=custom", *options, f"--file={made}", url_of_tests()],
            check=True, timeout=300,
        )  # fmt: skip
    before = counts()
    assert rows(HIDDEN_FROM_THE_OWNER) == []
    assert all(before[table] for table in ("sharing_pupil", "sharing_ledgerentry_before", "portal_keys.key"))
    with own_server() as server, elsewhere():
        server.take_over()
        databases.as_admin(
            f"CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE CREATEDB", f"CREATE DATABASE portal OWNER {ADMINISTRATOR}"
        )
        server.take_over("portal")
        connection.settings_dict["USER"] = ADMINISTRATOR
        for _ in range(2):
            call_command("create_roles", stdout=(heard := StringIO()))
            assert heard.getvalue().startswith("The four roles are there.\nThis login cannot let portal_backup past")
        for role in (APP, BATCH):  # as demo and seed_bradford do, with the one login that they have
            with acting_as(role):
                assert rows("SELECT current_user::text, session_user::text") == [(role, ADMINISTRATOR)]
        for one in dumps:
            url = server.url("portal").replace("postgres@", f"{ADMINISTRATOR}@")
            subprocess.run(
                [PROGRAMS / "pg_restore", "--single-transaction", f"--dbname={url}", one], check=True, timeout=300
            )
        server.take_over("portal")
        call_command("migrate", verbosity=0)
        call_command("migrate", "--check")
        refuse_until_replayed()
        assert counts() == before
        with closing(psycopg2.connect(url)):  # who administers the server is no part of the portal
            assert others_of_the_portal() == []


def test_who_does_not_own_the_database_is_told(own_database: None) -> None:
    """R6: PostgreSQL only warns where rights cannot be given or taken, so the roles would be there without them,
    and everybody could still make temporary tables."""
    with own_server() as server, elsewhere():
        server.take_over()
        databases.as_admin(f"CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE CREATEDB", "CREATE DATABASE portal")
        server.take_over("portal")
        connection.settings_dict["USER"] = ADMINISTRATOR
        with pytest.raises(ImproperlyConfigured, match="belongs to postgres, so this login cannot"):
            call_command("create_roles", stdout=StringIO())
