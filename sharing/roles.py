"""The four roles of the database, made once by whoever may make roles.

portal_owner   owns the tables and migrates them
portal_app     serves requests: owns nothing, passes no row-level policy by right, cannot change the ledger
portal_batch   imports and seeds, under policies of its own
portal_backup  dumps everything and changes nothing
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.db import connection, transaction

OWNER, APP, BATCH, BACKUP = "portal_owner", "portal_app", "portal_batch", "portal_backup"

_CREATE = """
DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_batch', 'portal_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
        END IF;
    END LOOP;
    ALTER ROLE portal_backup BYPASSRLS;
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO portal_owner', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO portal_batch', current_database());
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO portal_owner;
GRANT USAGE ON SCHEMA public TO portal_app, portal_batch, portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app, portal_batch;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO portal_app, portal_batch;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT SELECT ON TABLES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO portal_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


def create_roles() -> None:
    """Make the roles and what each may do with tables to come. Again and again without harm.

    Needs a login that may create roles (the one that made the database), so it comes without Django's connection.
    """
    as_the_login = connection.get_connection_params() | {"options": ""}
    as_the_login.pop("cursor_factory", None)
    with closing(psycopg2.connect(**as_the_login)) as login, login, login.cursor() as cursor:
        cursor.execute(_CREATE)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """A transaction in which this connection acts as `role`, without the two-second limit of web requests.

    PostgreSQL refuses where the login is not that role or a member of it: the web application's login cannot
    turn itself into portal_batch.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('statement_timeout')")
        before, timeout = cursor.fetchone()
        cursor.execute(f"SET LOCAL ROLE {role}; SET LOCAL statement_timeout = 0")
        yield
        cursor.execute(f"SET LOCAL ROLE {before}; SET LOCAL statement_timeout = '{timeout}'")
