"""Children on the way, as both schools and the officers see them (R5-R8, A4): the inbox, one transfer, all of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Through, Visit, visit
from sharing.authorise.visits import NEEDED, NEEDED_ON_EDUNET
from sharing.door.paging import page_of
from sharing.models import Pupil, Transfer
from sharing.models.transfers import is_back
from sharing.narrowing import in_words
from sharing.records import Why
from sharing.records.transfers import Group, OnTheWay, Stage, TransferInbox, TransferList, TransferPage, TransferRecord

COMING = (
    ("Waiting for your answer", "Accept the child, or decline and say why. You see the record once you have accepted."),
    ("Overdue", "The child was expected and has not arrived. Say that the child has arrived, or ask the other school."),
    ("Agreed", "You see the record. Say when the child has arrived."),
    ("Declined", "The school has said no. Read why."),
)
LEAVING = (
    (
        "Transfer file to send",
        "The child has left, or is leaving soon. Send the file by the day shown. After that you can no longer see the "
        "record.",
    ),
    ("Overdue", "The child was expected there and has not arrived. Find out where the child is."),
    ("Waiting for their answer", "There is nothing for you to do. Cancel it if the child stays."),
    ("Agreed", "When the child leaves, say so with the last day, and send the transfer file."),
    ("Declined", "The other school has said no. Read why, and talk to them or to Admissions."),
)


def show_transfers(asker: Asker, urn: int) -> TransferInbox:
    """The transfers to and from the establishment, grouped by what they wait for.

    Names depend on the day and the asker's year groups (R5, R35).
    """
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_transfers") as here:
        years, place = here.narrowing.year_groups, here.establishment.pk
        known = Transfer.objects.in_years(years).select_related("establishment", "from_establishment").by_day()
        coming = list(known.coming_to([place]).filter(_shown_coming(here)).knowing_told_again())
        both = named_as_today((*coming, *known.leaving_from([place]).filter(_shown_leaving(here))), place)
        to_us, from_us = both[: len(coming)], both[len(coming) :]
        here.showed(**for_the_ledger(both, place))
        return TransferInbox(
            here.here,
            _grouped(COMING, [as_record(here, row, place) for row in to_us]),
            _grouped(LEAVING, [as_record(here, row, place) for row in from_us]),
            lapse_days=settings.TRANSFER_LAPSE_SCHOOL_DAYS,
            grace_days=settings.CTF_GRACE_SCHOOL_DAYS,
            narrowed=in_words(years, here.narrowing.withheld),
            why=here.why,
        )


def show_transfer(asker: Asker, urn: int, transfer_id: int) -> TransferPage:
    """One of the establishment's transfers, for those who arrange transfers. Raises NoSuchRecord (404)."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action="show_transfer") as here:
        (row,) = named_as_today([find(here, transfer_id)], here.establishment.pk)
        here.showed(**for_the_ledger([row], here.establishment.pk))
        record = as_record(here, row, here.establishment.pk)
        return TransferPage(here.here, record, here.why)


def on_the_way(here: Visit, record: UUID) -> OnTheWay | None:
    """The transfer of one child that is under way, for the child's record.

    Only for those who see it on the page of transfers, and so not for somebody who sees this record by itself (R5, R9,
    R35).
    """
    if here.one:
        return None
    place = here.establishment.pk
    known = Transfer.objects.in_years(here.narrowing.year_groups).under_way(here.today)
    at_an_end = Q(pupil=record, establishment=place) | Q(leaving=record, from_establishment=place)
    row = known.filter(at_an_end).select_related("establishment", "from_establishment").by_day().first()
    if row is None:
        return None
    is_coming = row.pupil_id == record
    return OnTheWay(
        row.pk,
        is_coming,
        other=row.sender if is_coming else row.establishment.name,
        is_agreed=row.agreed_on is not None,
        is_overdue=row.expected_on < here.today,
        expected_on=row.expected_on,
    )


def list_all_transfers(asker: Asker, *, only: str = "", number: int = 1) -> TransferList:
    """Everything under way within an officer's duties, the earliest day first.

    `only`: "waiting", "overdue", or "declined", as the pages of the two ends show it.
    """
    with visit(asker, Permission.VIEW_PUPILS, action="list_all_transfers") as here:
        mine = duties(here)
        keeps = here.holdings.at(Permission.KEEP_RECORDS) & mine
        under_way = Transfer.objects.filter(Q(establishment__in=mine) | Q(from_establishment__in=mine)).under_way(
            here.today
        )
        waiting, overdue = under_way.waiting(here.today), under_way.overdue(here.today)
        announced = Q(establishment__in=keeps, from_establishment=None)
        declined = Transfer.objects.filter(announced | Q(from_establishment__in=mine)).declined(here.today)
        found = {"waiting": waiting, "overdue": overdue, "declined": declined}.get(only, under_way)
        found = found.select_related("establishment", "from_establishment").by_day().knowing_told_again()
        rows = page_of(found, number, lambda row: row)
        here.showed(**for_the_ledger(rows), of=rows.total)
        return TransferList(
            replace(rows, rows=tuple(as_record(here, row, row.establishment_id) for row in named_as_today(rows))),
            waiting.count(),
            overdue.count(),
            declined.count(),
            may_tell=bool(keeps),
            why=Why(_one_reason(here), here.permission),
        )


def for_the_ledger(rows: Iterable[Transfer], place: int | None = None) -> dict[str, Any]:
    """Which transfers, and whose records they name, for the ledger (R43)."""
    told = list(rows)
    records = [_record_at(row, place) for row in told]
    return {"transfers": [row.pk for row in told], "pupils": [record for record in records if record]}


def named_as_today(rows: Iterable[Transfer], place: int | None = None) -> list[Transfer]:
    """The rows, each with the name, birthday and sex that the child's record has today, if the asker sees it.

    A transfer keeps what was told when it began. Each end reads what its own record says: after an adoption the sender
    does not learn the new name.
    """
    told = list(rows)
    of = {row.pk: record for row in told if (record := _record_at(row, place))}
    seen = Pupil.objects.of(place) if place else Pupil.objects.all()  # whoever sees both ends reads each at its own
    records = seen.numbered(of.values()).only("forename", "surname", "born_on", "sex") if of else ()
    today = {record.pk: record for record in records}
    for row in told:
        if row.pk in of and (now := today.get(of[row.pk])):
            row.forename, row.surname, row.born_on, row.sex = now.forename, now.surname, now.born_on, now.sex
    return told


def _record_at(row: Transfer, place: int | None) -> UUID | None:
    """The child's record at `place`, or the receiver's once there is one.

    A child from outside has none before the answer.
    """
    return (row.pupil_id if place in (None, row.establishment_id) else None) or row.leaving_id


def duties(here: Visit) -> set[int]:
    """The establishments whose pupils the asker sees. Raises NotAtYourLevel (403) where there are none."""
    mine = here.holdings.at(here.permission)
    if not mine:
        raise NotAtYourLevel((NEEDED_ON_EDUNET if here.asker.through == Through.EDUNET else NEEDED)[here.permission])
    return mine


def find(here: Visit, transfer_id: int) -> Transfer:
    """The transfer to or from the establishment of the visit, if it may be seen today; else NoSuchRecord."""
    place = here.establishment.pk
    known = Transfer.objects.select_related("establishment", "from_establishment")
    row = known.filter(Q(establishment=place) | Q(from_establishment=place), pk=transfer_id).first()
    if row is None or not here.holdings.holds(Permission.VIEW_PUPILS, place):
        raise NoSuchRecord
    return row


def stage_of(row: Transfer, today: date) -> Stage:
    """How far it is today (R7): anything that ended it counts first, then whether the receiver has accepted."""
    if row.cancelled_at:
        return Stage.CANCELLED
    if row.declined_at:
        return Stage.DECLINED
    if row.arrived_on and row.arrived_on <= today:
        return Stage.ARRIVED
    if row.lapses_on < today:
        return Stage.LAPSED
    return Stage.AGREED if row.agreed_on else Stage.WAITING


def as_record(here: Visit, row: Transfer, place: int) -> TransferRecord:
    """The transfer as seen from one of its two ends."""
    stage, is_receiver = stage_of(row, here.today), row.establishment_id == place
    keeps, sees = here.holdings.at(Permission.KEEP_RECORDS), here.holdings.at(Permission.VIEW_PUPILS)
    at_receiver, at_sender = row.establishment_id in keeps, row.from_establishment_id in keeps
    on_edunet = here.asker.through == Through.EDUNET
    by_admissions = row.from_establishment_id is None and on_edunet and at_receiver
    may_tell_another = stage == Stage.DECLINED and by_admissions and not row.is_told_again
    open_stage = stage in (Stage.WAITING, Stage.AGREED) and not row.arrived_on
    return TransferRecord(
        id=row.pk,
        forename=row.forename,
        surname=row.surname,
        born_on=row.born_on,
        sex_code=row.sex,
        year_code=row.year_group,
        sender=row.sender,
        receiver=row.establishment.name,
        sender_urn=row.from_establishment.urn if row.from_establishment and row.from_establishment_id in sees else None,
        receiver_urn=row.establishment.urn if row.establishment_id in sees else None,
        stage=stage,
        is_overdue=open_stage and row.expected_on < here.today,
        expected_on=row.expected_on,
        lapses_on=row.lapses_on,
        asserted_by=row.asserted_by_name,
        asserted_on=timezone.localdate(row.asserted_at),
        answered_by=row.answered_by_name,
        agreed_on=row.agreed_on,
        declined_because=str(row.declined_because),
        arrived_on=row.arrived_on,
        keeps_until=None if is_receiver else row.sender_keeps_until,
        file_sent_on=timezone.localdate(row.file_sent_at) if row.file_sent_at else None,
        child=row.pupil_id if is_receiver else row.leaving_id,
        may_answer=stage == Stage.WAITING and at_receiver and is_receiver and row.asserted_by != here.asker.person_id,
        may_cancel=open_stage and ((at_sender and not is_receiver) or by_admissions),
        may_arrive=stage == Stage.AGREED and open_stage and at_receiver and is_receiver,
        may_tell_another=may_tell_another,
        upn=str(row.upn) if may_tell_another and row.asserted_by == here.asker.person_id else "",
        may_send_file=bool(row.agreed_on and not row.cancelled_at) and at_sender and not is_receiver,
    )


def _shown_coming(here: Visit) -> Q:
    """What is under way towards here; before it is agreed, only for those who answer (R5).

    Also a child whom the asker announced from outside, once the school has declined.
    """
    live = Q(cancelled_at=None, arrived_on=None, lapses_on__gte=here.today)
    if not here.here.can_keep_records:
        return live & Q(agreed_on__isnull=False)
    return live & (Q(declined_at=None) | Q(from_establishment=None))


def _shown_leaving(here: Visit) -> Q:
    live = Q(arrived_on=None, lapses_on__gte=here.today)
    to_send = Q(~is_back(), file_sent_at=None, sender_keeps_until__gte=here.today)
    return Q(cancelled_at=None) & (live | to_send)


def _group_of(record: TransferRecord) -> str:
    if record.stage == Stage.DECLINED:
        return "Declined"
    if record.stage == Stage.WAITING:
        return "Waiting"
    if record.keeps_until and not record.file_sent_on:
        return "Transfer file to send"
    return "Overdue" if record.is_overdue else "Agreed"


def _grouped(headings: Iterable[tuple[str, str]], records: list[TransferRecord]) -> tuple[Group, ...]:
    groups = (
        Group(title, what_to_do, tuple(record for record in records if title.startswith(_group_of(record))))
        for title, what_to_do in headings
    )
    return tuple(group for group in groups if group.rows)


def _one_reason(here: Visit) -> str:
    return next(iter(here.holdings.best(here.permission).values()), "")
