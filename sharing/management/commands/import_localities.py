"""`manage.py import_localities FILE`."""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sharing.imports.localities import import_localities
from sharing.imports.reporting import run


class Command(BaseCommand):
    help = (
        "Name the Localities and place establishments that are in none, from a CSV with the columns URN and Locality."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        run(self, partial(import_localities, options["file"], today=timezone.localdate()))
