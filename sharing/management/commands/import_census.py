"""`manage.py import_census PATH...`: the same as `import_file census PATH... --apply`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sharing.imports.by_command import bring_in_all
from sharing.imports.census import KIND


class Command(BaseCommand):
    help = "Import School Census returns (XML): files, or all *.xml of a directory. Each file all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        bring_in_all(self, KIND, [Path(path) for path in options["path"]], apply=True)
