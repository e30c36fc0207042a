"""Imports from the command line: nobody is asked to confirm, and each file is one transaction."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from sharing.imports.files import file_hash
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.outcomes import as_report, as_rows
from sharing.imports.problems import Problem
from sharing.imports.reporting import run
from sharing.imports.running import note_in_ledger, place_of
from sharing.keys.fit import refuse_other_keys
from sharing.ledger import ledger
from sharing.models import Import
from sharing.roles import BATCH, acting_as

BY = "command line"


@dataclass(frozen=True)
class Said:
    """What the command prints about one file."""

    outcome: Outcome
    is_applied: bool

    @property
    def queries(self) -> list[Problem]:
        return self.outcome.queries

    def as_lines(self) -> list[str]:
        nothing = ["The records already say all this. Nothing changes."] if self.outcome.changes_nothing else []
        then = (
            []
            if self.is_applied
            else ["Nothing was changed, because the file was only checked. Add --apply to apply it."]
        )
        return [*self.outcome.as_lines(), *nothing, *then]


def bring_in_all(
    command: BaseCommand,
    kind: Kind,
    named: list[Path],
    *,
    apply: bool,
    urn: int | None = None,
) -> None:
    """Bring in files, or all those of a directory. If one is refused, the others go on, but the command then fails."""
    refuse_other_keys()
    paths = [path for name in named for path in (_of_a_directory(name, kind) if name.is_dir() else [name])]
    if not paths:
        raise CommandError(f"There is no file to bring in: {kind.name} comes as {' or '.join(kind.endings)}.")
    refused = []
    for path in paths:
        try:
            run(command, partial(bring_in, kind, path, urn=urn, apply=apply))
        except CommandError as error:
            if len(paths) == 1:
                raise
            command.stderr.write(f"{path.name}: {error}")
            refused.append(path.name)
    if refused:
        raise CommandError(f"{len(refused)} of {len(paths)} files were refused: {', '.join(refused)}.")


def _of_a_directory(directory: Path, kind: Kind) -> list[Path]:
    """The files of a directory; for a kind that consists of several tables, only zips: one table is not enough."""
    endings = (".zip",) if ".zip" in kind.endings else kind.endings
    return sorted(path for path in directory.iterdir() if path.suffix.lower() in endings)


def bring_in(kind: Kind, path: Path, *, urn: int | None = None, apply: bool) -> Said:
    """Check the file; with `apply` also change the store, with the import and its ledger row in one transaction.

    Raises ImportRefused, in which case nothing has changed.
    """
    with acting_as(BATCH), ledger.written_last(), transaction.atomic():
        outcome = kind.bring_in(path, urn=urn, apply=apply, progress=lambda per_cent: None)
        if apply:
            _record(kind, path, outcome)
        else:
            transaction.set_rollback(True)
    return Said(outcome, apply)


def _record(kind: Kind, path: Path, outcome: Outcome) -> None:
    """Record the import as if it had gone through the pages."""
    place = place_of(outcome)
    row = Import.objects.create(
        kind=kind.slug,
        state=Import.State.APPLIED,
        file_name=path.name,
        file_hash=file_hash(path),
        file_size=path.stat().st_size,
        establishment=place,
        by=BY,
        settled_by=BY,
        as_of=outcome.as_of,
        finished_at=timezone.now(),
        progress=100,
        report=as_report(outcome),
        problems=as_rows(outcome.queries),
    )
    note_in_ledger(row, outcome, place)
