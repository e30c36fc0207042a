"""What is forgotten at night, as the retention schedules say (P5): accounts of people about whom nothing is kept any
more, old emails, and what somebody kept for their home page.

Lines of the Access Register are removed by a disposal that two people decide. An account goes once nothing refers to
it any more.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.models import Person, RegisterLine, ReviewNotice
from sharing.authorise import Through
from sharing.ledger import ledger
from sharing.models import (
    Download,
    EstablishmentPermission,
    NamedChild,
    OwnList,
    SavedView,
    UnusualPattern,
)

KEPT: Final = timedelta(days=365)  # as the retention schedules say
NEXT_RUN, SOON = timedelta(days=1), timedelta(days=30)


def forget_notices(today: date) -> Iterator[str]:
    """Delete old emails of the termly review: the history of the register says what came of each review."""
    forgotten, _ = ReviewNotice.objects.filter(due_on__lte=today - KEPT).delete()
    if forgotten:
        yield f"{forgotten} email{pluralize(forgotten)} of old reviews forgotten"


def forget_own_lists(today: date) -> Iterator[str]:
    """Delete the class or year group that somebody kept of an establishment where they no longer have a place (R44).
    People who are suspended, or whose access begins later, still have one; people whose contract has ended do not
    (R25)."""
    lines = RegisterLine.objects.live_on(today)
    lines = lines.filter(person=OuterRef("person"), establishment=OuterRef("establishment"))
    lines = lines.exclude(contract__ended_at__isnull=False).exclude(contract__ends_on__lt=today)
    rows = EstablishmentPermission.objects.filter(through=Through.SCHOOLS_ONLINE, user=OuterRef("person"))
    rows = rows.filter(content_object=OuterRef("establishment")).exclude(ends_on__lt=today)
    forgotten, _ = OwnList.objects.filter(~Exists(lines), ~Exists(rows)).delete()
    if forgotten:
        yield f"{forgotten} kept list{pluralize(forgotten)} of people without a place there forgotten"


def forget_accounts(now: datetime) -> Iterator[str]:
    """Delete accounts that nothing needs. The ledger and other people's history keep what they say, and the ledger
    keeps the number of each account that went."""
    people = {person.pk: person for person in _nothing_is_left_of(now)}
    forgotten = [number for number, person in people.items() if _is_forgotten(number, person)]
    if forgotten:
        ledger.changed(action="forget_accounts", about={"people": forgotten})
        yield f"{len(forgotten)} account{pluralize(len(forgotten))} forgotten"


def who_goes(by: datetime) -> list[str]:
    """The accounts that will have gone by then if nobody uses them, one a line: deleted, read, and rolled back."""
    with transaction.atomic():
        people = {person.pk: person for person in _nothing_is_left_of(by)}
        gone = [f"{number}: {who.name}, {who.email}" for number, who in people.items() if _is_forgotten(number, who)]
        transaction.set_rollback(True)
    return gone


def _nothing_is_left_of(now: datetime) -> QuerySet[Person]:
    """People with no line, appointment, permission or open matter, who have not signed in for a year."""
    people = Person.objects.filter(is_superuser=False, lines=None, appointments=None, joined_at__lte=now - KEPT)
    return (
        people.filter(Q(last_login=None) | Q(last_login__lte=now - KEPT))
        .exclude(pk__in=EstablishmentPermission.objects.values("user_id"))
        .exclude(pk__in=NamedChild.objects.not_ended().exclude(ends_on__lt=timezone.localdate(now)).values("person_id"))
        .exclude(pk__in=Download.objects.still_kept().values("by_person_id"))
        .exclude(pk__in=UnusualPattern.objects.waiting().values("person_id"))
        .order_by("pk")
    )


def _is_forgotten(number: int, person: Person) -> bool:
    """Delete the account, unless it has a part in a breach or in a headship handed over: these keep their people."""
    try:
        with transaction.atomic():
            person.acceptances.all().delete()
            person.delete()
    except ProtectedError:
        return False
    SavedView.objects.filter(person_id=number).delete()
    return True
