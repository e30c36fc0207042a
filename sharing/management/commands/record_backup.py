"""`manage.py record_backup`: record that a backup was made, at the end of the script that makes it."""

from pathlib import Path
from shutil import disk_usage
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sharing.service import service_runs


class Command(BaseCommand):
    help = "Note for the operations page that a backup has just been made. Fails if the file named is missing or empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="The dump: its size and the room beside it are noted.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path | None = options["file"]
        if file and not (file.is_file() and file.stat().st_size):
            raise CommandError("There is no such file, or it is empty: no backup is noted.")
        about = {"bytes": file.stat().st_size, "free": disk_usage(file.parent).free} if file else {}
        if not service_runs.record(service_runs.Job.BACKUP, about):
            raise CommandError("The backup could not be noted: the log says why. Run this again.")
        self.stdout.write("Noted.")
