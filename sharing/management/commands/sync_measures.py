"""`manage.py sync_measures`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharing.measures.catalogue import MeasureInUse, sync


class Command(BaseCommand):
    help = "Bring the datasets and measures in the database to the catalogue. The second time changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = sync()
        except MeasureInUse as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{written} rows were written.")
