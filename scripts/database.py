"""Writes docs/database/tables.sql: what the web application may do to each table, and to which of its rows.

Run `uv run python -m scripts.database` after a change of `sharing/rls.py` or of `sharing/sql/rights.sql`. There a
policy is put together from named parts; here it is written out in full. `tests/locks/test_rules.py` fails while the
page is out of date.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from sharing.statements import rows_of

PAGE = Path(__file__).parent.parent / "docs" / "database" / "tables.sql"
WRITTEN_FOR = 18  # another major version of PostgreSQL words the same rules differently
_TABLES = """
    SELECT made.oid, made.oid::regclass::text, relrowsecurity AND relforcerowsecurity,
           (SELECT string_agg(privilege_type, ', ' ORDER BY privilege_type) FROM aclexplode(relacl)
            WHERE grantee = 'portal_app'::regrole),
           (SELECT string_agg(may.privilege_type || ' (' || attname || ')', ', ' ORDER BY may.privilege_type, attname)
            FROM pg_attribute, aclexplode(attacl) AS may WHERE attrelid = made.oid AND grantee = 'portal_app'::regrole)
    FROM pg_class AS made JOIN pg_namespace AS place ON place.oid = relnamespace
    WHERE nspname IN ('public', 'portal_keys') AND relkind IN ('r', 'p') AND NOT relispartition
    ORDER BY nspname, relname
"""
_POLICIES = """
    SELECT polname, CASE polpermissive WHEN true THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
           CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                       ELSE 'ALL' END,
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy WHERE polrelid = %s AND 'portal_app'::regrole = ANY (polroles) ORDER BY polname
"""


def page() -> str:
    """The whole of docs/database/tables.sql, from the database that Django is connected to."""
    return "\n".join(_tables())


def _tables() -> Iterator[str]:
    for table, name, is_guarded, may, columns in rows_of(_TABLES):
        rights = ", ".join(filter(None, (may, columns))) or "nothing"
        yield f"-- {name}: portal_app may {rights}{'' if is_guarded else '; rows are not guarded'}."
        policies = rows_of(_POLICIES, table)
        if shut := [command for *_, command, qual, check in policies if {qual, check} - {None} == {"false"}]:
            yield f"-- No row by {', '.join(shut)}."
        for policy, kind, command, qual, check in policies:
            if {qual, check} - {None} in ({"true"}, {"false"}):
                continue
            yield f"CREATE POLICY {policy} ON {name} AS {kind} FOR {command} TO portal_app"
            yield from (f"    {word} ({rule})" for word, rule in (("USING", qual), ("WITH CHECK", check)) if rule)
        yield ""


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

    import django

    django.setup()

    from django.db import connection

    from tests import databases

    databases.make_template()
    try:
        PAGE.write_text(page())
    finally:
        connection.close()
        databases.forget_template()
