"""Two people, or a person and a script, upgrade at the same time: docs/operators/upgrade.md."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from sharing.roles import OWNER


def test_one_migrate_at_a_time(own_database: None) -> None:
    """The second one stops and says so: both would apply the same step, and what it does to the data would be done
    twice. It does not wait either, since an index that is made concurrently would wait for it."""
    first = connections.create_connection("default")
    try:
        with first.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNER}")
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))")
            with pytest.raises(CommandError, match="Another migrate is under way"):
                call_command("migrate", verbosity=0)
    finally:
        first.close()
    call_command("migrate", verbosity=0)
