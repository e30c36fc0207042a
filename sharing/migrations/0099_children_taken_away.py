"""A head reads who took a child's record away; its index is made while the ledger is written to (R14, R43)."""

from typing import Any

from django.db import migrations

from sharing.sql.taken_away import CREATE, DROP, INDEX, INDEXED

LEDGER = "sharing_ledgerentry"


def index(apps: Any, schema_editor: Any) -> None:
    """Part by part, and then of the whole, which takes those of its parts. Again without harm where it was stopped."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [LEDGER])
        for (part,) in cursor.fetchall():
            name = f"{INDEX}_{part.removeprefix(LEDGER + '_')}"
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            cursor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {part} {INDEXED}")
        cursor.execute(f"CREATE INDEX {INDEX} ON {LEDGER} {INDEXED}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0098_children_in_a_download")]

    operations = [
        migrations.RunPython(index, migrations.RunPython.noop),
        migrations.RunSQL(CREATE, f"{DROP} DROP INDEX {INDEX};"),
    ]
