"""An index of the ledger that is made while it is written to, for a migration that is not atomic."""

from typing import Any

from django.db.migrations import RunPython

LEDGER = "sharing_ledgerentry"


def made_part_by_part(name: str, indexed: str) -> RunPython:
    """Of each part, and then of the whole, which takes those of its parts. Again without harm where it was stopped."""

    def make(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [LEDGER])
            for (part,) in cursor.fetchall():
                of_part = f"{name}_{part.removeprefix(LEDGER + '_')}"
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {of_part}")
                cursor.execute(f"CREATE INDEX CONCURRENTLY {of_part} ON {part} {indexed}")
            cursor.execute(f"CREATE INDEX {name} ON {LEDGER} {indexed}")

    return RunPython(make, RunPython.noop)
