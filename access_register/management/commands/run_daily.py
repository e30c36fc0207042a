"""`manage.py run_daily`: what has to be done every day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access_register import daily
from sharing import service_runs
from sharing.retention.replaying import refuse_until_replayed


class Command(BaseCommand):
    help = (
        "Reviews, reminders, notices and the permission table: once a day, and again without harm. Fails if a part did."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_until_replayed()
        today = timezone.localdate()
        service_runs.note_key(today)
        with service_runs.noted(service_runs.Job.DAILY) as about:
            try:
                report = daily.run(today)
            except daily.AlreadyRunning:
                self.stdout.write("Another run is under way: nothing to do.")
                raise service_runs.NotARun from None
            about |= {"parts": report.parts, "written": report.written}
            for line in report.done or ["Nothing to do."]:
                self.stdout.write(line)
            if report.failed:
                raise CommandError("Failed, and left for the next run:\n" + "\n".join(report.failed))
