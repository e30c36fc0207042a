"""`manage.py rotate_keys` puts every encrypted value under the first key of FIELD_KEYS (docs/operators/keys.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access_register.sign_in.key_rotation import factors_left, rotate_factors
from sharing.crypto import CannotDecrypt
from sharing.keys.rotation import left, rotate, sealed_tables
from sharing.service import service_runs

FACTORS = "second factors"


class Command(BaseCommand):
    help = (
        "Encrypt again every value that is not under the first key of FIELD_KEYS. It runs beside the portal, and "
        "continues where it was if it is started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say how many values are left, by column.")

    def handle(self, *args: Any, **options: Any) -> None:
        with service_runs.noted(service_runs.Job.KEYS) as about:
            if not options["check"]:
                self._rotate()
                service_runs.note_key(timezone.localdate())
            about["left"] = self._left()
            if about["left"]:
                raise CommandError("Some values are not under the first key yet. Keep every key, and run rotate_keys.")
        self.stdout.write(
            "Every value is under the first key. See docs/operators/keys.md for when you can remove the other keys."
        )

    def _rotate(self) -> None:
        parts = [(sealed.table, rotate(sealed)) for sealed in sealed_tables()]
        for name, batches in [*parts, (FACTORS, rotate_factors())]:
            written = 0
            try:
                for number in batches:
                    written += number
                    self.stdout.write(f"{name}: {written} rows written")
                    self.stdout.flush()
            except CannotDecrypt as problem:
                raise CommandError(f"{name}: a value was changed, or its key is not in FIELD_KEYS.") from problem

    def _left(self) -> int:
        counted = {
            f"{sealed.table}.{column}": number for sealed in sealed_tables() for column, number in left(sealed).items()
        }
        counted[FACTORS] = factors_left()
        for name, number in counted.items():
            self.stdout.write(f"{name}: {number} left")
        return sum(counted.values())
