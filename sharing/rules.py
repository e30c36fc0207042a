"""What PostgreSQL itself enforces, brought in force as this code says it (R6, R45; docs/adr/0045).

Functions, triggers and the rights of tables stand in `*/sql/*.sql`, a file for each subject; policies in
`sharing.rls`. `migrate` ends with `bring_in_force`: whatever was in force before is taken away and all of it is made
anew, in one transaction. So the files say what is in force, and the database has nothing that stands in none of them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg2.errors import InvalidSchemaName

from sharing import rls
from sharing.retention.replaying import NO_STORE

ANOTHER_VERSION = (
    "The rules of who may see what are those of another version. Run `manage.py migrate`, with the settings of its "
    "owner. It brings them in force, or says that there is a newer version already (docs/operators/upgrade.md)."
)
# Indexes are made of these: they stay, and are replaced. Another text than before asks for a REINDEX, by a migration.
IN_INDEXES = Path("sharing", "sql", "in_indexes.sql")
# Parts of the ledger carry a trigger of their own (sharing_guard_ledger_part), whose function is replaced as well.
_TAKE_AWAY = """
DO $$
DECLARE
    command text;
    made record;
BEGIN
    FOR command IN
        SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND relowner = current_user::regrole
          AND NOT tgisinternal AND NOT relispartition
        UNION ALL
        SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass)
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
        WHERE relnamespace = 'public'::regnamespace AND relowner = current_user::regrole
    LOOP
        EXECUTE command;
    END LOOP;
    FOR made IN
        SELECT oid::regprocedure AS named,
               EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_proc'::regclass AND refobjid = pg_proc.oid) AS stays
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
    LOOP
        IF made.stays THEN
            EXECUTE format(
                'REVOKE ALL ON FUNCTION %s FROM PUBLIC, portal_app, portal_batch, portal_backup', made.named);
        ELSE
            EXECUTE format('DROP FUNCTION %s', made.named);
        END IF;
    END LOOP;
END $$;
"""
_REMEMBER = """
CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT '{}' $$;
GRANT EXECUTE ON FUNCTION portal_rules TO portal_app, portal_batch;
"""


def bring_in_force() -> bool:
    """Make the rules of this code those of the database. False where they were already.

    As the role that owns the tables. It takes less than a second, but waits for whoever is at a table, as a dump
    is for minutes; everybody else waits behind it.
    """
    rules = list(_rules())
    if in_force() == _digest(rules):
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL check_function_bodies = off")  # a function may call one of a later file
            for rule in rules:
                cursor.execute(rule)
            cursor.execute(_REMEMBER.format(_digest(rules)))
    except ProgrammingError as wrong:
        if isinstance(wrong.__cause__, InvalidSchemaName):
            raise ImproperlyConfigured(NO_STORE) from None
        raise
    return True


def refuse_those_of_another_version() -> None:
    """Code and rules belong together. Raises ImproperlyConfigured where the database has others."""
    if in_force() != _digest(_rules()):
        raise ImproperlyConfigured(ANOTHER_VERSION)


def in_force() -> str:
    """By which text the rules of the database were made. Empty before there are any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('portal_rules') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return ""
        cursor.execute("SELECT portal_rules()")
        return str(cursor.fetchone()[0])


def text_of(file: Path) -> str:
    """SQL as it stands in a file of the project."""
    return (settings.BASE_DIR / file).read_text(encoding="utf-8")


def _digest(rules: Iterable[str]) -> str:
    """Of the migrations as well: one that makes a column anew takes policies and triggers away with the old one."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    steps = sorted(".".join(step) for step in loader.disk_migrations)
    return hashlib.sha256("\n".join([*steps, *rules]).encode()).hexdigest()


def _rules() -> Iterator[str]:
    """What was in force is gone first; functions are there before the policies that ask them."""
    yield _TAKE_AWAY
    for file in sorted(settings.BASE_DIR.glob("*/sql/*.sql")):
        yield text_of(file)
    for protected in rls.PROTECTED:
        yield rls.protect(protected.table)
