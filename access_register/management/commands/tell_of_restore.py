"""`manage.py tell_of_restore`: after a restore, before the portal starts (docs/operators/retention.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access_register.notices import restored
from sharing.cannot import CannotDo
from sharing.ledger import ledger
from sharing.roles import BATCH, acting_as

LAST = "The last thing that is kept is of {:%H:%M on %-d %B %Y}. {} people would read that everything after it is lost."
ASKS = "If that is so, type how many they are once more: "


class Command(BaseCommand):
    help = "After a restore, tell heads and information managers what is lost: access that was ended since is back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="tell them without asking: for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not options["yes"]:
                self._ask()
            with acting_as(BATCH), ledger.written_last():
                number = restored.tell()
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{number} people will be told once the worker runs.")

    def _ask(self) -> None:
        """Ask first: where nothing was restored, it would not be true. No answer means no."""
        with acting_as(BATCH):
            last, people = restored.to_be_told()
        self.stdout.write(LAST.format(timezone.localtime(last.at), len(people)))
        try:
            is_sure = input(ASKS).strip() == str(len(people))
        except EOFError:
            is_sure = False
        if not is_sure:
            raise CommandError("Nobody was told.")
