"""`migrate`, as the role that owns the tables."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection

from portal.migrating import Executor
from sharing.roles import OWNER, refuse_a_pool

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # the only way to hand Django's command another
UNDER_WAY = "Another migrate is under way in this database. Wait until it has ended, then run this one again."


class Command(migrate.Command):
    help = migrate.Command.help + " Runs as portal_owner, and alone."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_pool()
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNER}; SET statement_timeout = 0")
            # Nobody waits for it, since an index made concurrently would wait for them. It ends with the connection.
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))")
            is_alone = cursor.fetchone() == (True,)
        try:
            if not is_alone:
                raise CommandError(UNDER_WAY)
            super().handle(*args, **options)
        finally:
            connection.close()
