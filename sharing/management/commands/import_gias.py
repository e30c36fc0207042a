"""`manage.py import_gias FILE [--links FILE] [--la 381]`."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sharing.imports.gias import import_gias
from sharing.imports.reporting import run


def as_of_in(file_name: str, today: date) -> date:
    """The day in the name of a GIAS file (edubasealldata20250422.csv), or today if there is none."""
    found = re.search(r"(20\d\d)(\d\d)(\d\d)", file_name)
    try:
        return min(date(*map(int, found.groups())), today) if found else today
    except ValueError:
        return today


class Command(BaseCommand):
    help = "Import establishments from the GIAS bulk extract. All or nothing; the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="edubasealldata....csv")
        parser.add_argument("--links", type=Path, help="links_edubasealldata....csv")
        parser.add_argument(
            "--la",
            type=int,
            default=settings.AUTHORITY_CODE,
            help="the local authority whose rows are read: %(default)s, as AUTHORITY_CODE says, unless it is given",
        )
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day of the extract, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        file: Path = options["file"]
        if options["la"] != settings.AUTHORITY_CODE:
            self.stderr.write(f"None of {options['la']} takes part: AUTHORITY_CODE is {settings.AUTHORITY_CODE}.")
        run(
            self,
            lambda: import_gias(
                file,
                by="command line",
                today=today,
                as_of=options["as_of"] or as_of_in(file.name, today),
                links=options["links"],
                la=options["la"],
            ),
        )
