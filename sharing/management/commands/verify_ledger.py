"""`manage.py verify_ledger`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharing.ledger import proof
from sharing.ledger.seals import Head
from sharing.roles import BATCH, acting_as
from sharing.service import service_runs


class Command(BaseCommand):
    help = "Check the ledger: its chain of hashes, and that it is the one that was signed (R43)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", type=Path, help="heads saved earlier from the page How the ledger is sealed")

    def handle(self, *args: Any, **options: Any) -> None:
        saved: Path | None = options["heads"]
        kept = _read(saved) if saved else []
        with service_runs.noted(service_runs.Job.LEDGER) as about:
            with acting_as(BATCH):
                found = proof.check(kept)
            first = next((fault.row for fault in found.faults if fault.row), None)
            about |= {"rows": found.rows, "broken": len(found.faults), "row": first}
            for fault in found.faults:
                self.stderr.write(fault.words)
            if first:
                raise CommandError(f"The ledger is broken at row {first}.")
            if found.faults:
                raise CommandError("The ledger's signed heads cannot be relied on.")
        self.stdout.write(
            f"The ledger is whole: {found.rows} rows, {found.heads} signed heads, signed up to row {found.last_signed}."
        )


def _read(saved: Path) -> list[Head]:
    try:
        return [Head(**facts) for facts in json.loads(saved.read_text())["heads"]]
    except OSError as error:
        raise CommandError(f"The file with the heads cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        cure = "Save the heads again, on the page How the ledger is sealed."
        raise CommandError(f"This is not a file of heads, or it was changed. {cure}") from None
