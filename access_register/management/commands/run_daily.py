"""`manage.py run_daily` does what has to be done every day."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access_register import daily
from access_register.former_people import NEXT_RUN, SOON, who_goes
from access_register.notices.waiting import managers
from sharing.children import possible_duplicates
from sharing.roles import BATCH, acting_as
from sharing.service import service_runs
from sharing.service.starting import refuse_to_work


class Command(BaseCommand):
    help = (
        "Run reviews, reminders, notices and the permission table once a day. Running it again does no harm. It "
        "fails if any part of it failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accounts", action="store_true", help="Only list the accounts that go within 30 days if nobody uses them."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_work()
        if options["accounts"]:
            self.stdout.write("\n".join(_who_goes(SOON)) or "None.")
            return
        today = timezone.localdate()
        service_runs.note_key(today)
        with service_runs.noted(service_runs.Job.DAILY) as about:
            try:
                report = daily.run(today)
            except daily.AlreadyRunning:
                self.stdout.write("Another run is under way, so there is nothing to do.")
                raise service_runs.NotARun from None
            about |= {"parts": report.parts, "written": report.written, "put_right": report.put_right}
            about["accounts"] = [len(_who_goes(NEXT_RUN)), len(_who_goes(SOON))]
            about["managers"] = [_managers(today), _managers(today + service_runs.RENEWED)]
            about["to_join"] = sum(pair.can_be_joined for pair in possible_duplicates())
            for line in report.done or ["Nothing to do."]:
                self.stdout.write(line)
            if report.failed:
                raise CommandError("Failed, and left for the next run:\n" + "\n".join(report.failed))


def _managers(day: date) -> int:
    with acting_as(BATCH):
        return managers(day).count()


def _who_goes(within: timedelta) -> list[str]:
    with acting_as(BATCH):
        return who_goes(timezone.now() + within)
