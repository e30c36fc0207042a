"""`manage.py dispose`: show what would go; `--apply`: do what two people have approved; `--replay`: after a restore."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.models import Establishment
from sharing.retention import disposing, replaying, working
from sharing.retention.schedules import DISPOSED_OF
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Records that no longer need to be kept. Without an option it only counts. It prints no personal data."

    def add_arguments(self, parser: CommandParser) -> None:
        do = parser.add_mutually_exclusive_group()
        do.add_argument("--dry-run", action="store_true", help="Only count what is due today (this is the default).")
        do.add_argument("--apply", action="store_true", help="Do the disposals that were approved on EduNet.")
        do.add_argument("--replay", action="store_true", help="After a restore: dispose again of what was disposed of.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["apply"]:
            done = 0
            while working.do_next():
                done += 1
            self.stdout.write(f"{done} disposals were taken up. Their certificates are on EduNet.")
        elif options["replay"]:
            self._replay()
        else:
            self._count()

    def _replay(self) -> None:
        numbers: Counter[str] = Counter()
        try:
            for kind, number in replaying.replay():
                numbers[kind] += number
        except replaying.KeyStoreIsOlder as reason:
            raise CommandError(str(reason)) from None
        for kind, number in numbers.items():
            self.stdout.write(f"{kind}: {number} disposed of again")
        self.stdout.write("The database and the store of the keys agree. The portal may start.")

    def _count(self) -> None:
        with acting_as(BATCH):
            counts = disposing.count(timezone.localdate())
            names = dict(Establishment.objects.values_list("pk", "urn"))
        for schedule in DISPOSED_OF:
            here = {place: number for (kind, place), number in counts.items() if kind == schedule.kind}
            self.stdout.write(f"{schedule.kind}: {sum(here.values())} due")
            for urn, number in sorted((names[place] if place else 0, number) for place, number in here.items()):
                self.stdout.write(f"  {urn or 'of no establishment'}: {number}")
        self.stdout.write("Nothing was changed.")
