"""The background work of an import: check a file, and later apply it. The worker does it as portal_batch.

The Import table is the queue (docs/adr/0014). A worker may be killed at any moment: checking leaves nothing behind,
applying is one transaction with its row in the ledger, and either is taken up again.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import Q
from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing.claim import Claim, claim
from sharing.days import midnight
from sharing.imports import people
from sharing.imports.kinds import Outcome
from sharing.imports.outcomes import as_report, as_rows, is_the_same
from sharing.imports.pieces import plain_file
from sharing.imports.problems import ImportRefused, refused
from sharing.imports.registry import KINDS
from sharing.imports.room import NO_ROOM, is_full
from sharing.ledger import ledger
from sharing.models import Establishment, Import, ImportPerson, LedgerEntry
from sharing.roles import BATCH, acting_as
from sharing.statements import hold_lock

log = logging.getLogger(__name__)
State = Import.State
MOST_TRIES: Final = 3
LOOK_AGAIN = "The records have changed since you looked at this file, and so has what it would do. Look again."
DAYS_TO_LOOK: Final = 7


class _LookAgain(Exception):
    """Applying would do something different from what was looked at."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def do_next() -> bool:
    """Take up the oldest import that nobody is working on. False if there is none."""
    with acting_as(BATCH):
        waiting = list(Import.objects.filter(state__in=Import.TO_DO).order_by("pk").values_list("pk", flat=True))
    return any(take_up(import_id) for import_id in waiting)


def take_up(import_id: int) -> bool:
    """Check the import or apply it, whichever is due. False if another worker has it, or it waits for a person."""
    with claim(import_id) as mine:
        return mine is not None and (check(mine) or apply(mine))


def check(mine: Claim) -> bool:
    """Read, compare and report. The store stays as it was: the transaction is rolled back. False: it was not due."""
    tries = mine.begin(State.CHECKING, instead_of=(State.UPLOADED, State.CHECKING))
    if not tries:
        return False
    try:
        outcome = _bring_in(mine, apply=False, tries=tries)
    except ImportRefused as problems:
        _refuse(mine, problems)
    except Exception as error:
        _fail(mine, error)
    else:
        _show(mine, outcome, instead_of=State.CHECKING)
    return True


def apply(mine: Claim) -> bool:
    """Change the store, the import and the ledger in one transaction. If that would do something other than what was
    looked at, ask for another look. False: it was not due.
    """
    tries = mine.begin(State.APPLYING, instead_of=(State.TO_APPLY, State.APPLYING))
    if not tries:
        return False
    try:
        _bring_in(mine, apply=True, tries=tries)
    except _LookAgain as changed:
        _show(mine, changed.outcome, instead_of=State.APPLYING, note=LOOK_AGAIN)
    except ImportRefused as problems:
        _refuse(mine, problems)
    except Exception as error:
        _fail(mine, error)
    return True


class _Done(Exception):
    """Rolls back the work of a check once it is done."""


def _bring_in(mine: Claim, *, apply: bool, tries: int) -> Outcome:
    """Do the kind's work in one transaction. Without `apply` it is rolled back, whatever it did."""
    if tries > MOST_TRIES:
        raise RuntimeError("the worker ended each time")
    outcome: Outcome | None = None
    try:
        with acting_as(BATCH), ledger.written_last():
            row = Import.objects.select_related("establishment").get(pk=mine.row_id)
            urn = row.establishment.urn if row.establishment else None
            with plain_file(row) as path:
                if apply:  # one at a time: two files that change the same children could deadlock
                    hold_lock("sharing_import: apply")
                kind = KINDS[row.kind]
                try:
                    outcome = kind.bring_in(path, urn=urn, apply=apply, progress=mine.progress)
                except ImportRefused as found:
                    found.people = people.behind(path, kind.rows, people.rows_of(found.problems))
                    raise
                was_looked_at = apply and is_the_same(as_report(outcome), row.report)
                if not was_looked_at:
                    wanted = people.rows_of(outcome.queries).union(*(rows for _, rows in outcome.to_look_at))
                    outcome.people = people.behind(path, kind.rows, wanted)
            if not apply:
                raise _Done
            if not was_looked_at:
                raise _LookAgain(outcome)
            place = row.establishment or place_of(outcome)
            facts = {"establishment": place, "report": as_report(outcome), "progress": 100}
            if not _write(mine, State.APPLIED, instead_of=State.APPLYING, **facts):
                raise RuntimeError("it was settled meanwhile")
            note_in_ledger(row, outcome, place)
    except _Done:
        pass
    assert outcome is not None
    return outcome


def place_of(outcome: Outcome) -> Establishment | None:
    """The one establishment a file was about, whoever brought it in: that school sees it among its own imports."""
    places = list(outcome.by_establishment)
    return Establishment.objects.filter(urn=places[0]).first() if len(places) == 1 else None


def note_in_ledger(row: Import, outcome: Outcome, place: Establishment | None) -> None:
    """Write to the ledger what was brought in, on whose word, and from which file: for all together, and of a file for
    several establishments also for each of them, which reads what was changed in its records."""
    about = {
        "import": row.pk, "kind": row.kind, "file": row.file_hash, "brought_by": row.by,
        "by": row.settled_by, "changes": dict(outcome.changes),
    }  # fmt: skip
    told = [(place.urn if place else None, about)]
    if place is None:
        told += [(urn, about | {"changes": dict(changes)}) for urn, changes in outcome.by_establishment.items()]
    for urn, facts in told:
        ledger.write(
            None, action="apply_import", outcome=LedgerEntry.Outcome.CHANGED, urn=urn, about=facts,
            purpose=f"Brought in by: {row.by}. Applied by: {row.settled_by}.",
        )  # fmt: skip


def _write(mine: Claim, state: Import.State, *, instead_of: Import.State, **facts: Any) -> bool:
    facts |= {"state": state, "tries": 0, "finished_at": timezone.now()}
    return bool(Import.objects.filter(pk=mine.row_id, state=instead_of).update(**facts))


def _show(mine: Claim, outcome: Outcome, *, instead_of: Import.State, note: str = "") -> None:
    report = as_report(outcome)
    report["notes"] = [note, *report["notes"]] if note else report["notes"]
    with acting_as(BATCH):
        shown = _write(
            mine, State.READY, instead_of=instead_of, report=report, problems=as_rows(outcome.queries),
            as_of=outcome.as_of, progress=100, settled_by="",
        )  # fmt: skip
        if shown:
            people.keep(mine.row_id, outcome.people, outcome.on_record)


def _refuse(mine: Claim, problems: ImportRefused) -> None:
    facts: dict[str, Any] = {"problems": as_rows(problems.problems), "progress": 100}
    if problems.title:
        facts["report"] = {"title": problems.title}
    with acting_as(BATCH):
        if any(_write(mine, State.REFUSED, instead_of=at, **facts) for at in (State.CHECKING, State.APPLYING)):
            people.keep(mine.row_id, problems.people)


def _fail(mine: Claim, error: Exception) -> None:
    """Note a failure that is our fault, or the machine's. If the database went away, or stopped one of two transactions
    that deadlocked or wrote the same record (a transfer accepted meanwhile), the work is tried again later. A full disk
    is not tried again: it is reported.
    """
    if is_full(error):
        log.error("import %s found no room on the disk (or within temp_file_limit)", mine.row_id)
        _refuse(mine, refused("", NO_ROOM))
        return
    if isinstance(error, (OperationalError, InterfaceError, IntegrityError)):
        raise error
    log.error("import %s failed: %s", mine.row_id, type(error).__name__)
    with acting_as(BATCH):
        for before in (State.CHECKING, State.APPLYING):
            _write(mine, State.FAILED, instead_of=before)


def last_day(checked_at: datetime) -> date:
    """The last day on which a file checked at that time, and waiting for a decision, is kept."""
    return timezone.localdate(checked_at) + timedelta(days=DAYS_TO_LOOK)


def discard_unlooked(now: datetime) -> list[str]:
    """Forget files that nobody has looked at for a week. Called as portal_batch; returns what was done, in words."""
    since = midnight(timezone.localdate(now) - timedelta(days=DAYS_TO_LOOK))
    unlooked = Import.objects.filter(state__in=(State.UPLOADED, State.READY)).filter(
        Q(finished_at__lt=since) | Q(finished_at=None, at__lt=since)
    )
    number = unlooked.update(state=State.DISCARDED, settled_by="the service, after a week", finished_at=now)
    return [f"{number} file{pluralize(number)} discarded that nobody looked at for a week"] if number else []


def forget_people(now: datetime) -> list[str]:
    """Forget the names behind the rows of files that were refused a week ago. Called as discard_unlooked."""
    since = midnight(timezone.localdate(now) - timedelta(days=DAYS_TO_LOOK))
    number, _ = ImportPerson.objects.filter(of__finished_at__lt=since).delete()
    return [f"{number} name{pluralize(number)} behind refused files forgotten after a week"] if number else []
