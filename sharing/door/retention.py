"""Retention, for the information manager on EduNet (P5): disposals approved by two, certificates and legal holds."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Sum

from sharing.authorise import Asker, NoSuchRecord, Refusal, Visit, the_one
from sharing.cannot import CannotDo
from sharing.crypto import encrypt
from sharing.door.managing import managing
from sharing.door.paging import page_of
from sharing.models import Disposal, DisposalLine, LegalHold
from sharing.records.retention import (
    DisposalLineRecord,
    DisposalRecord,
    DisposalShown,
    HoldRecord,
    Holds,
    Retention,
)
from sharing.retention.schedules import BY_KIND, SCHEDULES
from sharing.signals import disposal_decided
from sharing.statements import one_at_a_time, value_of

NEEDED = "Disposal and legal holds are for the information manager, on EduNet."
MOST_YEARS = 25
NOTHING_DUE = "Counted: nothing is due"
_ORDER = [schedule.kind for schedule in SCHEDULES]


_keeping = partial(managing, needed=NEEDED)


class CannotHold(CannotDo):
    """The records cannot be held as asked."""


class NotHeld(CannotHold, Refusal):
    """There is no such child or establishment. The ledger records that, without the number."""


class OneIsUnderWay(Exception):
    """Another disposal has not been settled yet."""


def list_disposals(asker: Asker, *, number: int = 1) -> Retention:
    """All disposals, newest first: how much was due, and how much has been disposed of. Raises NotAtYourLevel."""
    with _keeping(asker, "list_disposals") as here:
        found = Disposal.objects.newest_first().annotate(counted=Sum("lines__counted"), disposed=Sum("lines__disposed"))
        disposals = page_of(found, number, lambda row: _disposal(row, here))
        may_ask = not Disposal.objects.unsettled().exists()
        here.showed(disposals=[disposal.id for disposal in disposals])
        return Retention(disposals, may_ask, here.why_anywhere())


def show_disposal(asker: Asker, disposal_id: int) -> DisposalShown:
    """The preview, or the certificate: by kind in the order of the schedules, then by name. Raises NoSuchRecord."""
    return _shown(asker, disposal_id, "show_disposal")


def take_certificate(asker: Asker, disposal_id: int) -> DisposalShown:
    """The certificate for a file. Raises NoSuchRecord where nothing has been disposed of."""
    return _shown(asker, disposal_id, "take_certificate", only_done=True)


def ask_for_disposal(asker: Asker) -> int:
    """Have what is due today counted, for a second person to approve. Raises OneIsUnderWay."""
    with _keeping(asker, "ask_for_disposal") as here:
        made = int(value_of("SELECT sharing_ask_disposal(%s)", asker.name) or 0)
        if not made:
            raise OneIsUnderWay
        here.changed(disposal=made)
        return made


def decide_disposal(asker: Asker, disposal_id: int, *, approves: bool) -> None:
    """Decide it as the second person; or, as the first one, take it back. Only once.

    Raises NoSuchRecord where no decision is awaited, or it is not theirs to make.
    """
    with _keeping(asker, "decide_disposal") as here:
        if value_of("SELECT sharing_decide_disposal(%s, %s, %s)", disposal_id, approves, asker.name):
            here.changed(disposal=disposal_id, approves=approves)
            disposal_decided.send(sender=Visit, disposal_id=disposal_id)
            return
        said = Disposal.objects.filter(pk=disposal_id, decided_by_name=asker.name)
        refused = Disposal.State.REFUSED
        if not (said.exclude(state=refused) if approves else said.filter(state=refused)).exists():
            raise NoSuchRecord
        here.showed(disposal=disposal_id)


def list_holds(asker: Asker, *, number: int = 1) -> Holds:
    """The legal holds, those still in force first. Raises NotAtYourLevel."""
    with _keeping(asker, "list_holds") as here:
        rows = LegalHold.objects.select_related("establishment").newest_first()
        holds = page_of(rows, number, lambda row: _hold(row, here.today))
        here.showed(holds=[hold.id for hold in holds])
        return Holds(holds, here.why_anywhere())


def place_hold(asker: Asker, *, upn_key: str, urn: int | None, reason: str, until: date | None) -> int:
    """Hold the records of the child with this UPN (its blind index), or of an establishment. Raises CannotHold.

    Returns its number; the same one sent twice is one hold, so that lifting it lifts everything.
    """
    with _keeping(asker, "place_hold") as here:
        if until and not here.today <= until <= here.today + timedelta(days=366 * MOST_YEARS):
            raise CannotHold(f"The last day must not be in the past or more than {MOST_YEARS} years ahead.", "until")
        sealed = encrypt(reason, column="sharing_legalhold.reason")
        one_at_a_time("place_hold")
        with transaction.atomic():
            made = value_of("SELECT sharing_place_hold(%s, %s, %s, %s, %s)", upn_key, urn, sealed, until, asker.name)
            if made is None:
                raise NotHeld("Nothing is recorded under this number.", "upn" if upn_key else "urn")
            first = _sent_before(LegalHold.objects.get(pk=made))
            transaction.set_rollback(first is not None)
        if first:
            here.showed(holds=[first])
            return first
        here.changed(hold=made, until=until)
        return int(made)


def lift_hold(asker: Asker, hold_id: int) -> None:
    """Lift it: from now on the schedules decide again. Twice is the same as once. Raises NoSuchRecord."""
    with _keeping(asker, "lift_hold") as here:
        if value_of("SELECT sharing_lift_hold(%s, %s)", hold_id, asker.name):
            here.changed(hold=hold_id)
            return
        if not LegalHold.objects.filter(pk=hold_id).exists():
            raise NoSuchRecord
        here.showed(hold=hold_id)


def _sent_before(hold: LegalHold) -> int | None:
    """The very same hold by the same person, if it has not been lifted since."""
    facts = {name: getattr(hold, name) for name in ("child_id", "establishment_id", "until", "placed_by_id")}
    same = LegalHold.objects.filter(**facts, lifted_at=None).exclude(pk=hold.pk)
    return next((one.pk for one in same if one.reason == hold.reason), None)


def _shown(asker: Asker, disposal_id: int, action: str, *, only_done: bool = False) -> DisposalShown:
    with _keeping(asker, action) as here:
        found = Disposal.objects.annotate(counted=Sum("lines__counted"), disposed=Sum("lines__disposed"))
        row = the_one(found.filter(pk=disposal_id))
        disposal = _disposal(row, here)
        if only_done and not disposal.has_certificate:
            raise NoSuchRecord
        lines = sorted(
            map(_line, row.lines.select_related("establishment")),
            key=lambda line: (_ORDER.index(line.kind), line.establishment, line.urn or 0),
        )
        here.showed(disposal=row.pk)
        return DisposalShown(disposal, tuple(lines), here.why_anywhere())


def _line(row: DisposalLine) -> DisposalLineRecord:
    schedule = BY_KIND[row.kind]
    return DisposalLineRecord(
        kind=row.kind,
        what=schedule.what,
        schedule=schedule.keeps,
        basis=schedule.basis,
        urn=row.establishment.urn if row.establishment else None,
        establishment=row.establishment.name if row.establishment else "Of no establishment",
        counted=row.counted,
        disposed=row.disposed,
    )


def _disposal(row: Any, here: Visit) -> DisposalRecord:
    waits, is_own = row.state == Disposal.State.COUNTED, row.asked_by_id == here.asker.person_id
    return DisposalRecord(
        id=row.pk,
        reference=f"RD-{row.pk}",
        as_of=row.as_of,
        state=row.state,
        in_words=row.get_state_display() if row.counted or not waits else NOTHING_DUE,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        done_at=row.done_at,
        counted=row.counted or 0,
        disposed=row.disposed or 0,
        may_approve=waits and not is_own and bool(row.counted),
        may_refuse=waits,
    )


def _hold(row: LegalHold, today: date) -> HoldRecord:
    return HoldRecord(
        id=row.pk,
        establishment=row.establishment.name if row.establishment else "",
        reason=str(row.reason),
        until=row.until,
        placed_by_name=row.placed_by_name,
        placed_at=row.placed_at,
        lifted_by_name=row.lifted_by_name,
        lifted_at=row.lifted_at,
        stands=row.lifted_at is None and (row.until is None or row.until >= today),
    )
