"""Closed children (P7, R18): absent for everybody except those named, by an information manager and a second person.

It works at once. Another information manager agrees, or a head of the child unless heads are barred; without that the
child is open again automatically. Nothing here says which child it is, and closing a child shows nobody a record.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import partial

from django.contrib.auth import get_user_model
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, Permission, Refusal, Visit, visit
from sharing.cannot import CannotDo
from sharing.crypto import encrypt
from sharing.days import midnight
from sharing.door.managing import managing
from sharing.door.paging import page_of
from sharing.models import Closing
from sharing.models.overrides import ClosingQuerySet
from sharing.records.overrides import ClosingRecord, Closings, ClosingsHere
from sharing.signals import child_closed, closing_agreed
from sharing.statements import hold_lock, rows_of, value_of

NEEDED = "Children are closed by the information manager, on EduNet."
MOST_DAYS = 365
LOOK = (
    "{} Closed too: this record has the UPN of the child who was to be closed, or the same name and date of birth at "
    "the same school. End it if it is somebody else."
)
CLOSED_TWICE = (
    "You have closed this child twice, and no second person has agreed. Ask another information manager, or the head "
    "of the child’s school, to agree."
)


_keeping = partial(managing, needed=NEEDED)


class CannotClose(CannotDo):
    """The child cannot be closed as asked."""


class NotClosed(CannotClose, Refusal):
    """Not a typing error: no child has this UPN, or the 90 days rule it out. It goes in the ledger without the UPN."""


def list_closings(asker: Asker, *, number: int = 1) -> Closings:
    """All closings, those that have not ended first."""
    with _keeping(asker, "list_closings") as here:
        closings = page_of(Closing.objects.newest_first(), number, lambda row: _record(row, here))
        here.showed(closings=[closing.id for closing in closings])
        return Closings(closings, here.why_anywhere())


def close_child(
    asker: Asker,
    *,
    upn_key: str,
    named: Collection[str],
    authoriser: str,
    basis: str,
    reason: str,
    head_barred: bool,
    last_day: date,
) -> int:
    """Close the child with this UPN (its blind index) at once, and whoever may be the same child. `named`: email
    addresses. Raises CannotClose.

    The same form within the hour is the same closing (a double click), so that the one renewal is not used up by
    accident.
    """
    with _keeping(asker, "close_child") as here:
        if not here.today <= last_day <= here.today + timedelta(days=MOST_DAYS):
            raise CannotClose("The last day must not be in the past or more than a year ahead.", "last_day")
        people = _people(named)
        hold_lock("close_child")  # as an import of pupils does at its end: one of the two sees what the other adds
        facts = {"named": people, "authoriser": authoriser, "basis": Closing.Basis(basis).value,
                 "head_barred": head_barred, "ends_at": _end_of(last_day)}  # fmt: skip
        mine = Closing.objects.filter(asked_by_id=asker.person_id, ended_at=None, **facts)
        again = [one.pk for one in mine if str(one.reason) == reason]
        made = value_of(
            "SELECT sharing_close_child(%s, %s::bigint[], %s, %s, %s, %s, %s, %s, %s::bigint[])",
            upn_key, people, authoriser, facts["basis"], encrypt(reason, column="sharing_closing.reason"),
            head_barred, facts["ends_at"], asker.name, again,
        )  # fmt: skip
        if made is None:
            raise NotClosed("No child is known by this UPN.", "upn")
        if made == 0:
            raise NotClosed(CLOSED_TWICE, "upn")
        if made in again:
            here.showed(closing=made)
            return int(made)
        sealed = encrypt(LOOK.format(reason), column="sharing_closing.reason")
        alike = [number for (number,) in rows_of("SELECT sharing_close_alike(%s, %s)", made, sealed)]
        about = {"basis": basis, "named": len(people), "head_barred": head_barred, "last_day": last_day}
        here.changed(closing=made, alike=alike, **about)
        for closing in Closing.objects.filter(pk__in=[made, *alike]).order_by("pk"):
            child_closed.send(sender=Visit, closing=closing)
        return int(made)


def agree_closing(asker: Asker, closing_id: int) -> None:
    """Agree as the second person, on EduNet. Agreeing again changes nothing.

    Raises NoSuchRecord where there is nothing to agree to, or the closing is one's own.
    """
    with _keeping(asker, "agree_closing") as here:
        _agree(here, closing_id)


def agree_closing_here(asker: Asker, urn: int, closing_id: int) -> None:
    """Agree as the second person, by a head of the child. As `agree_closing`."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="agree_closing_here") as here:
        if not _told(here).filter(pk=closing_id).exists():
            raise NoSuchRecord
        _agree(here, closing_id)


def end_closing(asker: Asker, closing_id: int) -> None:
    """Open the child again, from everybody's next request on. Twice is the same as once. Raises NoSuchRecord."""
    with _keeping(asker, "end_closing") as here:
        if value_of("SELECT sharing_end_closing(%s, %s)", closing_id, asker.name):
            here.changed(closing=closing_id)
            return
        if not Closing.objects.filter(pk=closing_id).exists():
            raise NoSuchRecord
        here.showed(closing=closing_id)


def list_closings_here(asker: Asker, urn: int, *, number: int = 1) -> ClosingsHere:
    """The closings of children at the establishment, for its head, unless that is barred.

    It never says which child: a head who is named reads that with the child (access_register.may_see).
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="list_closings_here") as here:
        closings = page_of(_told(here).newest_first(), number, lambda row: _record(row, here, for_head=True))
        here.showed(closings=[closing.id for closing in closings])
        return ClosingsHere(here.here, closings, here.why)


def _told(here: Visit) -> ClosingQuerySet:
    """The closings at the establishment that its head may be told of."""
    at_this = RawSQL("SELECT portal_closings_to_head(%s)", [here.establishment.pk])
    return Closing.objects.filter(head_barred=False, pk__in=at_this)


def _agree(here: Visit, closing_id: int) -> None:
    if value_of("SELECT sharing_agree_closing(%s, %s)", closing_id, here.asker.name):
        here.changed(closing=closing_id)
        closing_agreed.send(sender=Visit, closing_id=closing_id)
        return
    if not Closing.objects.filter(pk=closing_id, agreed_by_id=here.asker.person_id, ended_at=None).exists():
        raise NoSuchRecord
    here.showed(closing=closing_id)


def _people(named: Collection[str]) -> list[int]:
    known = {
        email.lower(): person
        for email, person in get_user_model()
        .objects.annotate(plain=Lower("email"))
        .filter(is_active=True, plain__in=named)
        .values_list("email", "pk")
    }
    missing = sorted(set(named) - known.keys())
    if missing:
        raise CannotClose(f"Nobody is known by this address: {missing[0]}", "named")
    return sorted(known.values())


def _end_of(last_day: date) -> datetime:
    return midnight(last_day + timedelta(days=1))


def _record(row: Closing, here: Visit, *, for_head: bool = False) -> ClosingRecord:
    now = timezone.now()
    alone_until = row.alone_until
    runs = row.ended_at is None and row.starts_at <= now < row.ends_at
    is_closed = runs and (row.agreed_at is not None or now < alone_until)
    return ClosingRecord(
        id=row.pk,
        authoriser=row.authoriser,
        basis=row.get_basis_display(),
        reason="" if for_head else str(row.reason),
        named=len(row.named),
        head_barred=row.head_barred,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        asked_by_name=row.asked_by_name,
        agreed_by_name=row.agreed_by_name,
        ended_by_name=row.ended_by_name,
        ended_at=row.ended_at,
        opens_by_itself_at=alone_until if is_closed and row.agreed_at is None else None,
        is_closed=is_closed,
        is_last_alone=row.is_renewal and row.agreed_at is None,
        may_agree=runs and row.agreed_at is None and row.asked_by_id != here.asker.person_id,
    )
