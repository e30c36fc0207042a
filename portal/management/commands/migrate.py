"""`migrate`, as the role that owns the tables."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from portal.migrating import Executor
from sharing.roles import OWNER, refuse_a_pool

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # the only way to hand Django's command another


class Command(migrate.Command):
    help = migrate.Command.help + " Runs as portal_owner."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_pool()
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNER}; SET statement_timeout = 0")
        try:
            super().handle(*args, **options)
        finally:
            connection.close()
