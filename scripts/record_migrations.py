"""Writes down what each migration tells PostgreSQL, as a sum: `uv run python -m scripts.record_migrations`.

A migration that reads a rule out of the code says something else once that rule changes: to new databases only; those
that exist have run it. `tests/locks/test_old_migrations.py` fails then. Give those that exist the same by a new
migration, compare both with `scripts.upgrade_from`, and record.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations import RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

RECORD = Path(__file__).parent.parent / "tests" / "locks" / "old_migrations.txt"


def sums() -> dict[str, str]:
    """Each of our migrations that has SQL of its own, and the sum of that."""
    found = {}
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        told = "\n".join(sql_of(migration.operations))
        if told and Path(apps.get_app_config(app).path).parent == settings.BASE_DIR:
            found[f"{app}.{name}"] = hashlib.sha256(told.encode()).hexdigest()[:12]
    return found


def recorded() -> dict[str, str]:
    return dict(line.split() for line in RECORD.read_text().splitlines())


def sql_of(operations: Iterable[Operation]) -> Iterator[str]:
    for operation in operations:
        if isinstance(operation, RunSQL):
            yield str(operation.sql)
        elif isinstance(operation, SeparateDatabaseAndState):
            yield from sql_of(operation.database_operations)


if __name__ == "__main__":
    os.environ.setdefault("PORTAL_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    import django

    django.setup()
    RECORD.write_text("".join(f"{name} {told}\n" for name, told in sums().items()))
