"""`manage.py import_census PATH...`."""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sharing import ledger
from sharing.imports.census import bring_in
from sharing.imports.files import file_hash
from sharing.imports.kinds import Outcome
from sharing.imports.reporting import run
from sharing.models import Establishment, Import, LedgerEntry
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Import School Census returns (XML): files, or all *.xml of a directory. Each file all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        named = [Path(path) for path in options["path"]]
        paths = [path for name in named for path in (sorted(name.glob("*.xml")) if name.is_dir() else [name])]
        refused = []
        for path in paths:
            try:
                run(self, partial(_import, path))
            except CommandError as error:
                if len(paths) == 1:
                    raise
                self.stderr.write(f"{path.name}: {error}")
                refused.append(path.name)
        if refused:
            raise CommandError(f"{len(refused)} of {len(paths)} files were refused: {', '.join(refused)}.")


def _import(path: Path) -> Outcome:
    with acting_as(BATCH), ledger.written_last():
        outcome = bring_in(path, urn=None, apply=True, progress=lambda percent: None)
        (urn,) = outcome.by_establishment
        lines = outcome.as_lines()
        Import.objects.create(
            kind="census",
            file_name=path.name,
            file_hash=file_hash(path),
            establishment=Establishment.objects.get(urn=urn),
            by="command line",
            as_of=outcome.as_of,
            report={"lines": lines},
        )
        ledger.write(
            None,
            action="import_census",
            outcome=LedgerEntry.Outcome.CHANGED,
            urn=urn,
            about={"by": "command line", "file": file_hash(path), "report": lines},
        )
    return outcome
