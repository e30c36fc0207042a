from typing import Any

import psycopg2
from django.core.management.base import BaseCommand, CommandError

from sharing.roles import create_roles, why_the_log_names_people

LOG = (
    "PostgreSQL's own log would name children: it quotes statements, with what was searched for. "
    "See docs/operators/deploy/postgresql.conf. It comes from: {}."
)
NO_BACKUP = (
    "This login cannot let portal_backup past row-level security, so pg_dump fails as portal_backup. "
    "Let portal_owner make that dump: see docs/operators/retention.md, “Back up”."
)


class Command(BaseCommand):
    help = "Make the four database roles. Needs a login that may create roles. It can be run again without harm."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            may_dump = create_roles()
            quotes_by = why_the_log_names_people()
        except psycopg2.Error as trouble:
            why = str(trouble).strip().partition("\n")[0]
            raise CommandError(
                f"The roles were not made. The database's administrator has to make them: {why}"
            ) from None
        self.stdout.write("The four roles are there.")
        if not may_dump:
            self.stdout.write(NO_BACKUP)
        if quotes_by:
            self.stdout.write(LOG.format(", ".join(quotes_by)))
