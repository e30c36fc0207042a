"""`manage.py verify_ledger`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharing import service_runs
from sharing.ledger import broken_rows
from sharing.models import LedgerEntry
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Check the ledger's chain: no row changed, none missing (R43)."

    def handle(self, *args: Any, **options: Any) -> None:
        with service_runs.noted(service_runs.Job.LEDGER) as about:
            with acting_as(BATCH):
                broken, rows = broken_rows(), LedgerEntry.objects.count()
            about |= {"rows": rows, "broken": len(broken)}
            if broken:
                raise CommandError(f"The chain is broken at row {broken[0]} ({len(broken)} in all).")
        self.stdout.write("The ledger is whole.")
