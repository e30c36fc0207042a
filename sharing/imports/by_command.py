"""A file that is brought in by command: no conversation, one transaction."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from sharing import ledger
from sharing.imports.files import file_hash
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.outcomes import as_lines, as_report, as_rows
from sharing.imports.problems import Problem
from sharing.imports.running import note_in_ledger
from sharing.models import Establishment, Import
from sharing.roles import BATCH, acting_as


@dataclass(frozen=True)
class Said:
    """What the command prints."""

    outcome: Outcome
    is_applied: bool

    @property
    def queries(self) -> list[Problem]:
        return self.outcome.queries

    def as_lines(self) -> list[str]:
        then = [] if self.is_applied else ["Nothing was changed. With --apply it will be."]
        return [*as_lines(self.outcome), *then]


def bring_in(kind: Kind, path: Path, *, urn: int | None = None, apply: bool, by: str) -> Said:
    """Check the file; with `apply` also change the store, with the import and the ledger's row in one transaction.

    Raises ImportRefused, and then nothing is changed.
    """
    with acting_as(BATCH), ledger.written_last(), transaction.atomic():
        outcome = kind.bring_in(path, urn=urn, apply=apply, progress=lambda per_cent: None)
        if apply:
            _record(kind, path, outcome, urn=urn, by=by)
        else:
            transaction.set_rollback(True)
    return Said(outcome, apply)


def _record(kind: Kind, path: Path, outcome: Outcome, *, urn: int | None, by: str) -> None:
    """The import as a conversation would have left it."""
    places = [urn] if urn else list(outcome.by_establishment)
    place = Establishment.objects.filter(urn=places[0]).first() if len(places) == 1 else None
    row = Import.objects.create(
        kind=kind.slug,
        state=Import.State.APPLIED,
        file_name=path.name,
        file_hash=file_hash(path),
        file_size=path.stat().st_size,
        establishment=place,
        by=by,
        settled_by=by,
        as_of=outcome.as_of,
        finished_at=timezone.now(),
        progress=100,
        report=as_report(outcome),
        problems=as_rows(outcome.queries),
    )
    note_in_ledger(row, outcome, place.urn if place else None)
