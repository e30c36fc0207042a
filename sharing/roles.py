"""The four roles of the database, made once by a login that may make roles.

portal_owner   owns the tables and migrates them
portal_app     serves requests: owns nothing, bypasses no row-level policy, cannot change the ledger
portal_batch   imports and seeds, under policies of its own
portal_backup  dumps everything and changes nothing
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections, transaction

DEMONSTRATION = "The portal's demonstration: all data is invented"
_MARK = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
_NOT_A_DEMONSTRATION = (
    "This database is not a demonstration's, and demonstration mode keeps to those. "
    "Set SECRET_KEY and the other secrets to work on it, or let DATABASE_URL name an empty database."
)
_NO_LIMIT = (
    "Statements of {login} may take for ever. Behind a pool the login brings its own limit: "
    "ALTER ROLE {login} SET statement_timeout = '2s' (docs/operators/replicas.md). Then restart the pool."
)
_NOT_THROUGH_A_POOL = (
    "The worker, the nightly jobs and migrations reach PostgreSQL directly: leave DATABASE_POOLED out of their "
    "settings, and let DATABASE_URL name the server itself."
)
_TOO_OLD = "This server is PostgreSQL {release}. The portal needs PostgreSQL {oldest} or later."
_NOT_IN_UTF8 = (
    "The database {database} is encoded in {encoding}. The portal needs one in UTF8, or names with accents are neither "
    "found nor in order. Make it again: createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 {database}"
)
_ELSEWHERE = (
    "The portal looks for its extensions in the schema public, but these are elsewhere. The database's administrator "
    "moves them:{cure}"
)
_NOT_IN_PUBLIC = """
    SELECT format('ALTER EXTENSION %I SET SCHEMA public;', extname) FROM pg_extension
    WHERE extname IN ('btree_gist', 'fuzzystrmatch', 'pg_trgm', 'unaccent')
      AND extnamespace <> to_regnamespace('public')
    ORDER BY 1
"""
_SET_OTHERWISE = (
    "The server sets what the portal cannot work with: {found}. Its administrator puts that right for {login} alone, "
    "which is enough{then}:{cure}"
)
_RESTART_THE_POOL = ", and then restarts the pool, whose connections keep what they began with"
_OF_ANOTHER = (
    "The database {database}, or its schema public, belongs to {owner}, so this login cannot set who has which rights "
    "there. Make the database as this login, or sign in as that one, then run create_roles again."
)
OLDEST_RELEASE = 15
_WHO_CONNECTS = """
    SELECT current_user, session_user, bool_or(rolsuper OR rolbypassrls OR rolname IN
        ('portal_owner', 'portal_batch', 'portal_backup')), current_setting('statement_timeout')
    FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER') OR rolname = current_user
"""
# With these settings the server's log says that a statement failed, but does not quote it
# (docs/operators/deploy/postgresql.conf).
_QUOTES_NOTHING = {
    "log_min_error_statement": {"fatal", "panic"},
    "log_error_verbosity": {"terse"},
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "auto_explain.log_min_duration": {"-1"},  # this and the next are there only where the server loads the module
    "pgaudit.log_statement": {"off"},
}
# What only a superuser may set, or not every release of PostgreSQL knows, so that connections do not bring it.
_NOT_BROUGHT = {
    "session_replication_role": ("origin",),  # otherwise no trigger acts, and nothing says so
    "transaction_timeout": ("0",),
}
# Nothing that comes through a pool takes as long: the worker, the nightly jobs and migrations do not.
_LONG_ENOUGH = 300_000  # milliseconds
_TIME_LIMITS = {
    "idle_in_transaction_session_timeout", "idle_session_timeout", "lock_timeout", "transaction_timeout",
}  # fmt: skip
# PostgreSQL's own default, as it writes it and as people do. It is as good: no login has a schema of its own.
_PATHS_OF_ALL = ('"$user", public', '"$user",public')
# Otherwise a visit's rows in the ledger may be lost after somebody has seen the page (R43).
_STORES_FIRST = {"synchronous_commit": ("on", "local", "remote_write", "remote_apply")}
# A superuser, and whoever made the roles, are members of them: they count as the portal's only where they ask.
_OTHERS = """
    SELECT usename::text, count(*) FROM pg_stat_activity JOIN pg_roles ON pg_roles.oid = usesysid
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (usename = session_user OR NOT rolsuper AND NOT rolcreaterole
         AND (pg_has_role(usesysid, 'portal_app', 'MEMBER') OR pg_has_role(usesysid, 'portal_batch', 'MEMBER')))
    GROUP BY 1 ORDER BY 1
"""
OWNER, APP, BATCH, BACKUP = "portal_owner", "portal_app", "portal_batch", "portal_backup"

_OWNED_BY_ANOTHER = """
    SELECT current_database(), pg_get_userbyid(owner) FROM (
        SELECT datdba AS owner FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'public'
    ) AS owners WHERE NOT pg_has_role(owner, 'USAGE')
"""
_CREATE = """
DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_batch', 'portal_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
        END IF;
        IF NOT pg_has_role(role_name, 'USAGE') THEN  -- whoever makes a role has none of its rights
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        END IF;
    END LOOP;
    IF NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = 'portal_backup') THEN
        BEGIN
            ALTER ROLE portal_backup BYPASSRLS;
        EXCEPTION WHEN insufficient_privilege THEN  -- only who has it can give it
        END;
    END IF;
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO portal_owner', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO portal_batch', current_database());
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO portal_owner;
GRANT USAGE ON SCHEMA public TO portal_app, portal_batch, portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_batch;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO portal_app, portal_batch;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT SELECT ON TABLES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


def create_roles() -> bool:
    """Make the roles, and set what each may do with future tables. Running it again does no harm.

    It needs a login that may create roles (the one that made the database), so it does not use Django's connection.
    Returns False where portal_backup may not dump the tables, as the login could not let it past row-level security.
    Raises ImproperlyConfigured in a database of another: there PostgreSQL would only warn, and give no right.
    """
    with _as_the_login() as cursor:
        cursor.execute(_OWNED_BY_ANOTHER)
        if found := cursor.fetchone():
            raise ImproperlyConfigured(_OF_ANOTHER.format(database=found[0], owner=found[1]))
        cursor.execute(_CREATE)
        cursor.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = 'portal_backup'")
        return bool(cursor.fetchone()[0])


def why_the_log_names_people() -> list[str]:
    """What `log_quotes_by` finds for the login itself, in no role: for use before there are roles."""
    with _as_the_login() as cursor:
        return log_quotes_by(cursor)


def log_quotes_by(cursor: Any) -> list[str]:
    """The settings that make the server's own log quote statements of this connection, and with them name people."""
    cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(_QUOTES_NOTHING)])
    return sorted(name for name, value in cursor.fetchall() if value not in _QUOTES_NOTHING[name])


def refuse_all_but_the_application() -> None:
    """Raise ImproperlyConfigured unless each connection is portal_app, and cannot become a role that sees more.

    A replica that is down now is checked when it is back (sharing.service.replicas).
    """
    for alias in ("default", *settings.REPLICAS):
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(_WHO_CONNECTS)
                name, login, could_see_more, timeout = cursor.fetchone()
                refuse_other_settings(cursor)
        except OperationalError:
            if alias == "default":
                raise
            continue
        connections[alias].close()
        if name != APP or could_see_more:
            raise ImproperlyConfigured(
                "The web application must reach the database by a login that is "
                f"{APP} and nothing more; {login} is not."
            )
        if timeout == "0":
            raise ImproperlyConfigured(_NO_LIMIT.format(login=login))


def others_of_the_portal() -> list[tuple[str, int]]:
    """The logins of other processes of the portal that are connected now, each with its number of connections."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return list(cursor.fetchall())


def refuse_an_old_server(version: int) -> None:
    """Raise ImproperlyConfigured for too old a server. `version` is as PostgreSQL numbers it: 140012 is 14.12."""
    release = version // 10_000
    if release < OLDEST_RELEASE:
        raise ImproperlyConfigured(_TOO_OLD.format(release=release, oldest=OLDEST_RELEASE))


def refuse_an_unfit_database(cursor: Any) -> None:
    """Raise ImproperlyConfigured unless the database is in UTF8, the one encoding with every name's letters, and no
    extension that the portal needs was put elsewhere."""
    cursor.execute("SELECT current_database(), current_setting('server_encoding')")
    database, encoding = cursor.fetchone()
    if encoding != "UTF8":
        raise ImproperlyConfigured(_NOT_IN_UTF8.format(database=database, encoding=encoding))
    cursor.execute(_NOT_IN_PUBLIC)
    if moves := cursor.fetchall():
        raise ImproperlyConfigured(_ELSEWHERE.format(cure="".join(f"\n    {move}" for (move,) in moves)))


def refuse_other_settings(cursor: Any) -> None:
    """Raise ImproperlyConfigured where this connection has other settings than the portal needs, with the cure.

    Most come with the connection (settings.DATABASE_SESSION): those are different only behind a pool. There a time
    limit of minutes is as good as none; some providers set one of a day.
    """
    wanted: dict[str, tuple[str, ...]] = {name: (value,) for name, value in settings.DATABASE_SESSION.items()}
    wanted |= _NOT_BROUGHT
    wanted["search_path"] += _PATHS_OF_ALL
    if settings.MODE == "production":
        wanted |= _STORES_FIRST
    cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s) ORDER BY name", [list(wanted)])
    others = [
        (name, value) for name, value in cursor.fetchall()
        if value not in wanted[name] and not (settings.DATABASE_POOLED and _is_long(name, value))
    ]  # fmt: skip
    if not others:
        return
    cursor.execute("SELECT quote_ident(session_user), quote_ident(current_database())")
    login, database = cursor.fetchone()
    cure = "".join(
        f"\n    ALTER ROLE {login} IN DATABASE {database} SET {name} = '{wanted[name][0]}';" for name, _ in others
    )
    found = ", ".join(f"{name} is {value}" for name, value in others)
    then = _RESTART_THE_POOL if settings.DATABASE_POOLED else ""
    raise ImproperlyConfigured(_SET_OTHERWISE.format(found=found, login=login, then=then, cure=cure))


def _is_long(name: str, value: str) -> bool:
    return name in _TIME_LIMITS and int(value) >= _LONG_ENOUGH


def refuse_a_pool() -> None:
    """Raise ImproperlyConfigured where connections are lent for one transaction at a time.

    Some locks and settings last longer than a transaction, and would belong to somebody else by then.
    """
    if settings.DATABASE_POOLED:
        raise ImproperlyConfigured(_NOT_THROUGH_A_POOL)


def claim_for_the_demonstration() -> None:
    """Mark this database as the demonstration's. Raises ImproperlyConfigured where it holds a real portal."""
    with _as_the_login() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        (is_in_use,) = cursor.fetchone()
        cursor.execute(_MARK)
        if is_in_use and cursor.fetchone() != (DEMONSTRATION,):
            raise ImproperlyConfigured(_NOT_A_DEMONSTRATION)
        cursor.execute("SELECT format('COMMENT ON DATABASE %%I IS %%L', current_database(), %s)", [DEMONSTRATION])
        cursor.execute(cursor.fetchone()[0])


def is_a_demonstration() -> bool:
    """Whether this database is marked as the demonstration's."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        return bool(cursor.fetchone() == (DEMONSTRATION,))


@contextmanager
def _as_the_login() -> Iterator[Any]:
    """A connection as the login of DATABASE_URL, in no role."""
    as_the_login = connection.get_connection_params() | {"options": ""}
    as_the_login.pop("cursor_factory", None)
    with closing(psycopg2.connect(**as_the_login)) as login, login, login.cursor() as cursor:
        refuse_an_old_server(login.server_version)
        refuse_an_unfit_database(cursor)
        yield cursor


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """A transaction in which this connection acts as `role`, without the two-second limit of web requests.

    PostgreSQL refuses where the login is not that role or a member of it: the web application's login cannot turn
    itself into portal_batch. Demonstration mode, whose keys are public, only works on a demonstration's database.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if settings.DEMO and not is_a_demonstration():
            raise ImproperlyConfigured(_NOT_A_DEMONSTRATION)
        cursor.execute("SELECT current_user, current_setting('statement_timeout')")
        before, timeout = cursor.fetchone()
        cursor.execute(f"SET LOCAL ROLE {role}; SET LOCAL statement_timeout = 0")
        yield
        cursor.execute(f"SET LOCAL ROLE {before}; SET LOCAL statement_timeout = '{timeout}'")
