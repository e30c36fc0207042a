"""`manage.py import_file KIND FILE [--apply]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sharing.imports.by_command import bring_in
from sharing.imports.registry import KINDS
from sharing.imports.reporting import run


class Command(BaseCommand):
    help = "Check a file and say what it would change. With --apply, change it: all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kind", choices=sorted(KINDS), help="; ".join(f"{k.slug}: {k.name}" for k in KINDS.values())
        )
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="change the store at once")
        parser.add_argument("--urn", type=int, help="the establishment whose file it must be")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        run(
            self,
            lambda: bring_in(
                KINDS[options["kind"]], file, urn=options["urn"], apply=options["apply"], by="command line"
            ),
        )
