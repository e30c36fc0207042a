"""`manage.py work`: the background worker."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.template.defaultfilters import pluralize

from sharing.roles import refuse_a_pool
from sharing.service import work
from sharing.service.starting import refuse_to_work


class Command(BaseCommand):
    help = (
        "Check and apply the files that people bring in, and make the open statistics they ask for, until it is "
        "stopped. It may be stopped at any moment, even by force: the next one takes up again what it was doing. It "
        "needs the login of portal_batch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is waiting now, and stop")
        parser.add_argument("--beside", type=int, metavar="PID", help="stop when this process, the parent, has ended")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_pool()
        if settings.MODE == "production":
            call_command("check", deploy=True, fail_level="ERROR")  # as portal.wsgi does
        if options["once"]:
            refuse_to_work()
            done = work.until_nothing_waits()
            self.stdout.write(f"{done} thing{pluralize(done)} done.")
            return
        try:
            work.until_ended(parent=options["beside"])
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was not finished is taken up again.")
