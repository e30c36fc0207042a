"""`manage.py import_census FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sharing.imports.census import import_census
from sharing.imports.reporting import run


class Command(BaseCommand):
    help = "Import one establishment's School Census return (XML). All or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        run(self, lambda: import_census(options["file"], by="command line"))
