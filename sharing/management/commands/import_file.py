"""`manage.py import_file KIND PATH... [--apply]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sharing.imports.by_command import bring_in_all
from sharing.imports.registry import KINDS


class Command(BaseCommand):
    help = (
        "Check files, or those of a directory, and say what each would change. With --apply, change it: "
        "each file all or nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS), help=", ".join(sorted(KINDS)))
        parser.add_argument("path", nargs="+", type=Path)
        parser.add_argument("--apply", action="store_true", help="change the store at once")
        parser.add_argument("--urn", type=int, help="refuse the file of any other establishment")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, paths = KINDS[options["kind"]], [Path(path) for path in options["path"]]
        bring_in_all(self, kind, paths, apply=options["apply"], urn=options["urn"])
