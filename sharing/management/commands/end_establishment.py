"""`manage.py end_establishment URN`: once somebody has decided that a closed establishment has no successor."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.imports.ending import CannotEnd, end_establishment

ASKS = "This cannot be undone. Type the URN once more to end them: "


class Command(BaseCommand):
    help = "End the records and the register of a closed establishment. It cannot be undone. A second run does no harm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urn", type=int)
        parser.add_argument("--yes", action="store_true", help="end them without asking: for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        urn = options["urn"]
        end = partial(end_establishment, urn, by="command line", today=timezone.localdate())
        try:
            if not options["yes"]:
                self.stdout.write(f"To be ended: {end(is_trial=True)}")
                if not _is_sure(urn):
                    raise CommandError("Nothing was ended.")
            self.stdout.write(f"Ended: {end()}")
        except CannotEnd as why:
            raise CommandError(str(why)) from None


def _is_sure(urn: int) -> bool:
    """Whether the operator confirms; False also where nobody can be asked."""
    try:
        return input(ASKS).strip() == str(urn)
    except EOFError:
        return False
