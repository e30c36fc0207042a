"""`manage.py end_establishment URN`: once a person has decided that nobody carries on for a closed establishment."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.imports.ending import CannotEnd, end_establishment


class Command(BaseCommand):
    help = "End the records and the register of a closed establishment. Again without harm; it cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urn", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = end_establishment(options["urn"], by="command line", today=timezone.localdate())
        except CannotEnd as why:
            raise CommandError(str(why)) from None
        self.stdout.write(done)
