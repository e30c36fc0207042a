"""What PostgreSQL itself enforces, brought in force as this code says it (R6, R45; docs/adr/0045).

Functions, triggers and the rights on tables are in `*/sql/*.sql`, one file for each subject; policies are in
`sharing.rls`. `migrate` ends with `bring_in_force`, which removes whatever was in force before and makes all of it
again, in one transaction. So the files say what is in force, and the database has nothing that is in none of them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.errors import InvalidSchemaName

from sharing import rls
from sharing.retention.replaying import NO_STORE

ANOTHER_VERSION = (
    "The rules of who may see what are those of another version. Run `manage.py migrate`, with the settings of its "
    "owner. It brings them in force, or says that there is a newer version already (docs/operators/upgrade.md)."
)
OF_A_NEWER = (
    "The tables are of a newer version, which has run {steps}. This version does not know that. Nothing was changed. "
    "Check out the newer version, or put back both dumps: docs/operators/upgrade.md, “Back to the version before”."
)
NOT_AS_MADE = (
    "The rules of who may see what are not as the last migrate left them. A function, trigger, policy or right was "
    "changed by hand, or a dump was put back."
)
OF_ANOTHER = (
    "The tables belong to {owner} and not to portal_owner, so functions run with the rights of {owner}. A dump was put "
    "back with --no-owner. Begin again without that option: docs/operators/retention.md, “Restore”."
)
WITHOUT_RULES = (
    "The rules of who may see what are missing for {table}: a restore was cut off, or somebody took them away. After a "
    "restore, begin it again (docs/operators/retention.md). Otherwise run manage.py migrate with owner.env."
)
MAKE_ANEW = "Ask who did it and why, then run manage.py migrate with owner.env: it makes all of it again."
_OURS = ("access_register", "sharing")
# Indexes are built on these functions: they stay, and are replaced. If their text changes, a migration must REINDEX.
IN_INDEXES = Path("sharing", "sql", "in_indexes.sql")
_TAKE_AWAY = """
DO $$
DECLARE
    command text;
    made record;
BEGIN
    ALTER DEFAULT PRIVILEGES REVOKE ALL ON ROUTINES FROM PUBLIC;  -- PostgreSQL's own default is in no table
    FOR command IN
        WITH ours AS (
            SELECT oid FROM pg_class WHERE relowner = current_user::regrole AND relkind IN ('r', 'p')
              AND relnamespace IN ('public'::regnamespace, 'portal_keys'::regnamespace))
        SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
        FROM pg_trigger JOIN ours ON ours.oid = tgrelid WHERE NOT tgisinternal AND tgparentid = 0
        UNION ALL
        SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass)
        FROM pg_policy JOIN ours ON ours.oid = polrelid
        UNION ALL
        SELECT format('DROP RULE %I ON %s', rulename, ev_class::regclass)
        FROM pg_rewrite JOIN ours ON ours.oid = ev_class
        UNION ALL  -- or somebody else could call each function that is made now
        SELECT format('ALTER DEFAULT PRIVILEGES %s REVOKE ALL ON ROUTINES FROM %s',
                      'IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace,
                      coalesce(quote_ident(rolname), 'PUBLIC'))
        FROM pg_default_acl, aclexplode(defaclacl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
        WHERE defaclrole = current_user::regrole AND defaclobjtype = 'f' AND grantee <> defaclrole
    LOOP
        EXECUTE command;
    END LOOP;
    FOR made IN
        SELECT oid::regprocedure AS named,
               EXISTS (SELECT FROM pg_depend
                       WHERE refclassid = 'pg_proc'::regclass AND refobjid = pg_proc.oid) AS stays,
               (SELECT string_agg(DISTINCT coalesce(quote_ident(rolname), 'PUBLIC'), ', ')
                FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS held
                LEFT JOIN pg_roles ON pg_roles.oid = grantee
                WHERE grantee <> proowner) AS held_by
        FROM pg_proc WHERE proowner = current_user::regrole
          AND pronamespace IN ('public'::regnamespace, 'portal_keys'::regnamespace)
    LOOP
        IF NOT made.stays THEN
            EXECUTE format('DROP ROUTINE %s', made.named);
        ELSIF made.held_by IS NOT NULL THEN
            EXECUTE format('REVOKE ALL ON ROUTINE %s FROM %s CASCADE', made.named, made.held_by);
        END IF;
    END LOOP;
END $$;
"""
_REMEMBER = """
CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT '{} {}' $$;
GRANT EXECUTE ON FUNCTION portal_rules TO portal_app, portal_batch;
"""
# The policies of a table that only narrow are four (rls.protect).
_WITHOUT_RULES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)
  AND NOT (relrowsecurity AND relforcerowsecurity
           AND (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND NOT polpermissive) = 4)
ORDER BY relname LIMIT 1
"""
_OTHER_OWNERS = """
SELECT owner FROM (
    SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = to_regclass('public.django_migrations')
    UNION SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'portal_keys'
) AS owners WHERE owner <> 'portal_owner'
"""
# Everything that is enforced on what the owner has, as PostgreSQL reports it. The ledger has one partition for each
# month, all alike, so each kind of rule on them counts once. What an administrator owns is left out, since migrate does
# not make it.
_AS_IT_IS = """
WITH held AS (
    SELECT of_what, string_agg(format('%s=%s%s', coalesce(rolname, 'PUBLIC'), privilege_type, is_grantable), ' '
                               ORDER BY rolname, privilege_type, is_grantable) AS rights
    FROM (
        SELECT format('f%s', oid) AS of_what, proowner AS owner, held.*
        FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS held
        UNION ALL SELECT format('t%s', oid), relowner, held.* FROM pg_class, aclexplode(relacl) AS held
        UNION ALL SELECT format('c%s.%s', attrelid, attname), relowner, held.*
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) AS held
        UNION ALL SELECT format('s%s', oid), nspowner, held.* FROM pg_namespace, aclexplode(nspacl) AS held
    ) AS held LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE grantee <> owner GROUP BY of_what
), made AS (
    SELECT oid, CASE WHEN relispartition THEN 'a part' ELSE oid::regclass::text END AS named, relname,
           relrowsecurity, relforcerowsecurity
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relowner = 'portal_owner'::regrole
      AND relnamespace IN (to_regnamespace('public'), to_regnamespace('portal_keys'))
), said AS (
    SELECT concat_ws(' ', CASE WHEN prokind = 'a' THEN oid::regprocedure::text ELSE pg_get_functiondef(oid) END,
                     rights) AS words
    FROM pg_proc LEFT JOIN held ON of_what = format('f%s', oid)
    WHERE pronamespace IN (to_regnamespace('public'), to_regnamespace('portal_keys'))
      AND proowner = 'portal_owner'::regrole AND proname <> 'portal_rules'
    UNION SELECT concat_ws(' ', named, relrowsecurity, relforcerowsecurity, rights,
                           (SELECT string_agg(replace(pg_get_triggerdef(pg_trigger.oid), relname, '')
                                              || tgenabled::text, ' ' ORDER BY tgname)
                            FROM pg_trigger WHERE tgrelid = made.oid AND NOT tgisinternal))
    FROM made LEFT JOIN held ON of_what = format('t%s', oid)
    UNION SELECT concat_ws(' ', named, attname, rights)
    FROM made JOIN pg_attribute ON attrelid = oid JOIN held ON of_what = format('c%s.%s', attrelid, attname)
    UNION SELECT concat_ws(' ', named, polname, polcmd, polpermissive, polroles::regrole[],
                           pg_get_expr(polqual, polrelid), '/', pg_get_expr(polwithcheck, polrelid))
    FROM made JOIN pg_policy ON polrelid = made.oid
    UNION SELECT pg_get_ruledef(pg_rewrite.oid) FROM made JOIN pg_rewrite ON ev_class = made.oid
    UNION SELECT concat_ws(' ', nspname, rights)
    FROM pg_namespace JOIN held ON of_what = format('s%s', oid) WHERE nspname = 'portal_keys'
)
SELECT md5(string_agg(words, E'\n' ORDER BY words COLLATE "C")) FROM said
"""


class Version(NamedTuple):
    """A version of the code: the digest of its rules, and the migrations that it knows."""

    digest: str
    steps: frozenset[tuple[str, str]]


@cache
def this_version() -> Version:
    """The version of this process, read once, as it starts: an upgrade changes the files while a process still runs."""
    return _on_disk()


def bring_in_force() -> bool:
    """Make the database's rules those of this code. Returns False where they already were, and nobody had changed them.

    Runs as the role that owns the tables. It takes less than a second, but waits for anybody who is using a table (a
    dump does so for minutes), and everybody else waits behind it.
    """
    rules = list(_rules())
    digest = _digest(rules, _steps())
    if in_force() == digest and is_as_made():
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL check_function_bodies = off")  # a function may call one of a later file
            for rule in rules:
                cursor.execute(rule)
            cursor.execute(_REMEMBER.format(digest, _as_it_is()))
    except ProgrammingError as wrong:
        if isinstance(wrong.__cause__, InvalidSchemaName):
            raise ImproperlyConfigured(NO_STORE) from None
        raise
    return True


def refuse_tables_of_another() -> None:
    """Raise ImproperlyConfigured where the tables, or the store of the keys, do not belong to portal_owner.

    Functions that run as their owner would then run as whoever put a dump back, an administrator as a rule (R6).
    """
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_OWNERS)
        if found := cursor.fetchone():
            raise ImproperlyConfigured(OF_ANOTHER.format(owner=found[0]))


def refuse_tables_without_rules() -> None:
    """Raise ImproperlyConfigured where a protected table lacks its policies. Tables come back from a dump before them,
    and `portal_rules` does too."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_RULES, [list(rls.BY_TABLE)])
        if found := cursor.fetchone():
            raise ImproperlyConfigured(WITHOUT_RULES.format(table=found[0]))


def refuse_those_of_another_version() -> None:
    """Raise ImproperlyConfigured where the database has another version's rules: code and rules belong together."""
    if in_force() != this_version().digest:
        raise ImproperlyConfigured(ANOTHER_VERSION)


def refuse_a_newer_database() -> None:
    """Raise ImproperlyConfigured where the database has run migrations that this version does not know.

    Migrations are not undone, and the rules of an older version would leave newer tables and columns unprotected (R6).
    The rules alone do not tell: those of the older version are still in force after a `migrate` that was cut off.
    """
    ran = {step for step in MigrationRecorder(connection).applied_migrations() if step[0] in _OURS}
    if newer := sorted(".".join(step) for step in ran - this_version().steps):
        raise ImproperlyConfigured(OF_A_NEWER.format(steps=", ".join(newer)))


def in_force() -> str:
    """The digest of the rules that are in force in the database; empty before there are any."""
    return _remembered().partition(" ")[0]


def is_as_made() -> bool:
    """Whether functions, triggers, policies and rights are as the last `migrate` left them.

    They are not after a dump was restored: PostgreSQL then words some policies differently.
    """
    return _remembered().partition(" ")[2] == _as_it_is()


def _remembered() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('portal_rules') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return ""
        cursor.execute("SELECT portal_rules()")
        return str(cursor.fetchone()[0])


def _as_it_is() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # takes a second where none of it has been read yet
        cursor.execute(_AS_IT_IS)
        return str(cursor.fetchone()[0])


def text_of(file: Path) -> str:
    """The SQL in a file of the project."""
    return (settings.BASE_DIR / file).read_text(encoding="utf-8")


def _on_disk() -> Version:
    """A migration that a squashed one replaces counts as known, even if its file is gone."""
    steps = _steps()
    return Version(_digest(_rules(), steps), frozenset(steps).union(*(step.replaces for step in steps.values())))


def _steps() -> dict[tuple[str, str], Migration]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return loader.disk_migrations


def _digest(rules: Iterable[str], steps: Iterable[tuple[str, str]]) -> str:
    """A digest of these rules and of the migrations: one that makes a column again drops its policies and triggers."""
    named = sorted(".".join(step) for step in steps)
    return hashlib.sha256("\n".join([*named, *rules]).encode()).hexdigest()


def _rules() -> Iterator[str]:
    """The rules in order: first what was in force is removed; functions come before the policies that call them."""
    yield _TAKE_AWAY
    for file in sorted(settings.BASE_DIR.glob("*/sql/*.sql")):
        yield text_of(file)
    for protected in rls.PROTECTED:
        yield rls.protect(protected.table)
