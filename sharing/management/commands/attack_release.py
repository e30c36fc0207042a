"""`manage.py attack_release FOLDER [FOLDER ...]`: what can be inferred from published folders of statistics (R11)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sharing.attacker import OwnSchool, attack
from sharing.attacker.released import NotARelease, read_cells


class Command(BaseCommand):
    help = "Attack a release of statistics: its folder, and those of its earlier versions. Fails if anything is found."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="+", type=Path)
        parser.add_argument("--whole", action="store_true", help="try every cell that may be small, not a sample")
        parser.add_argument(
            "--own-school",
            nargs=2,
            action="append",
            default=[],
            metavar=("CODE", "FILE"),
            help="what a school knows of its own pupils: urn:107382 and its exact counts (cell,pupils)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            own = [OwnSchool(code, read_cells(Path(file))) for code, file in options["own_school"]]
            verdict = attack(options["folder"], whole=options["whole"], own=own)
        except NotARelease as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(verdict.in_words())
        if not verdict.holds:
            raise CommandError("Do not publish this release.")
