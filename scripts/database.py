"""Writes docs/database: all that PostgreSQL itself enforces, as it is after every migration.

`uv run python -m scripts.database`. A rule of the second lock is told by the migration that made it and by those that
changed a part of it since; here it stands in one piece. `tests/locks/test_in_force.py` fails while it is out of date.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from sharing.statements import rows_of

PLACE = Path(__file__).parent.parent / "docs" / "database"
WRITTEN_FOR = 18  # another release of PostgreSQL words the same rules differently
_NOT_OF_AN_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = {}.oid AND deptype = 'e')"
_CALLERS = """
    SELECT string_agg(name, ', ' ORDER BY name) FROM (
        SELECT coalesce(pg_get_userbyid(nullif(grantee, 0)), 'everybody') AS name
        FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner) AS callers
"""
_FUNCTIONS = f"""
    SELECT pg_get_functiondef(made.oid), ({_CALLERS}) FROM pg_proc AS made
    JOIN pg_namespace AS place ON place.oid = pronamespace
    WHERE nspname IN ('public', 'portal_keys') AND prokind = 'f' AND {_NOT_OF_AN_EXTENSION.format("made")}
      AND proname LIKE %s ORDER BY proname, pg_get_function_identity_arguments(made.oid)
"""  # noqa: S608 (our own words)
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
_TRIGGERS = """
    SELECT pg_get_triggerdef(made.oid) FROM pg_trigger AS made JOIN pg_class AS on_it ON on_it.oid = tgrelid
    WHERE NOT tgisinternal AND NOT relispartition ORDER BY tgrelid::regclass::text, tgname
"""


def pages() -> dict[str, str]:
    """The name of each file, and what is in it. Asks the database to which Django is connected."""
    functions = {f"functions-{app}.sql": "\n".join(_functions(app)) for app in ("access_register", "portal", "sharing")}
    return functions | {"tables.sql": "\n".join(_tables()), "triggers.sql": "\n".join(_triggers())}


def _functions(app: str) -> Iterator[str]:
    for text, callers in rows_of(_FUNCTIONS, f"{app}\\_%"):
        yield f"-- Called by: {callers or 'its owner alone'}.\n{text.rstrip()};\n"


def _tables() -> Iterator[str]:
    """What the web application's role may do to each table, and to which of its rows."""
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


def _triggers() -> Iterator[str]:
    for (text,) in rows_of(_TRIGGERS):
        yield f"{text};"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

    import django

    django.setup()

    from django.db import connection

    from tests import databases

    databases.make_template()
    try:
        for file, text in pages().items():
            (PLACE / file).write_text(text)
    finally:
        connection.close()
        databases.forget_template()
