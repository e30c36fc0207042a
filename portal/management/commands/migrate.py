"""`migrate`, as the role that owns the tables."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from sharing.roles import OWNER


class Command(Migrate):
    help = Migrate.help + " Runs as portal_owner."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNER}; SET statement_timeout = 0")
        try:
            super().handle(*args, **options)
        finally:
            connection.close()
