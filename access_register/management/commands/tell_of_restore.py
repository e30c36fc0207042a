"""`manage.py tell_of_restore`: after a restore, before the portal starts (docs/operators/retention.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access_register.notices import restored
from sharing.cannot import CannotDo
from sharing.ledger import ledger
from sharing.roles import BATCH, acting_as

SAID = "Nothing that was done after {:%H:%M on %-d %B %Y} is kept. {} people will be told once the worker runs."


class Command(BaseCommand):
    help = "After a restore, tell heads and information managers what is lost: access that was ended since is back."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(BATCH), ledger.written_last():
                kept_until, number = restored.tell()
        except CannotDo as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(SAID.format(timezone.localtime(kept_until), number))
