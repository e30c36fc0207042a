"""Files of the last School Census as schools and COLLECT would send them, made from the store."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.demo.bradford.census_collect import write_collect
from sharing.demo.bradford.census_xml import write_xml
from sharing.demo.bradford.returns import returns
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Write the last School Census of every establishment from an invented store, to try the importers with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument(
            "--format", choices=("xml", "collect"), default="xml", help="a file for each school, or tables of all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("These files are not encrypted. They are written from invented data only.")
        directory = options["directory"]
        directory.mkdir(parents=True, exist_ok=True)
        with acting_as(BATCH):
            given = returns(timezone.localdate())
            if options["format"] == "xml":
                written = len([write_xml(one, directory) for one in given])
            else:
                written = write_collect(given, directory)
        self.stdout.write(f"The returns of {written} establishments are in {directory}.")
