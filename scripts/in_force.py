"""A function of PostgreSQL as it is now, and who speaks of it: `uv run python -m scripts.in_force sharing_forget_copy`.

Its text stands in no file once a migration has changed a part of it (`within`, sharing/sql/overrides.py). It is read
from the demonstration's database, or that of DATABASE_URL, as far as that is migrated.
"""

import os
import re
import sys

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from scripts.record_migrations import sql_of


def definitions(name: str) -> list[str]:
    """The function; more than one where several have the name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s ORDER BY oid", [name])
        return [definition for (definition,) in cursor.fetchall()]


def migrations_of(name: str) -> list[str]:
    """Those whose SQL names it, because they make, change or call it: as they are applied."""
    graph = MigrationLoader(None).graph
    order = dict.fromkeys(step for leaf in graph.leaf_nodes() for step in graph.forwards_plan(leaf))
    return [
        ".".join(step)
        for step in order
        if re.search(rf"\b{re.escape(name)}\b", "\n".join(sql_of(graph.nodes[step].operations)))
    ]


def main(name: str) -> int:
    found = definitions(name)
    print(*found, sep="\n")
    print(f"Named by the migrations: {', '.join(migrations_of(name)) or 'none'}.")
    if not found:
        print(f"There is no function {name}. Is the database migrated? uv run manage.py demo --no-serve")
    return not found


if __name__ == "__main__":
    os.environ.setdefault("PORTAL_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if "DATABASE_URL" not in os.environ:
        from portal import embedded

        os.environ["DATABASE_URL"] = embedded.start()

    import django

    django.setup()
    sys.exit(main(sys.argv[1]))
