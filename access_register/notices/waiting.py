"""Tells people that something new waits for them: a request for support, a disposal, duties that end (R9, R20, P5).

The emails name no person and do not say what is asked: only that something waits, and where.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.dispatch import receiver
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.models import Duty, Person
from access_register.notices import mail
from access_register.notices.answers import whom
from sharing.authorise import Permission, Through
from sharing.days import day_in_words
from sharing.ledger import ledger
from sharing.models import Disposal, EstablishmentPermission, LedgerEntry, SupportRequest
from sharing.signals import disposal_counted, disposal_stopped, support_asked
from sharing.statements import values_of

SUPPORT: Final = "{place} has received a request for support. Read it, and answer it."
LEVEL_1: Final = "you have Level 1 at {place}"
TO_APPROVE: Final = (
    "A disposal of records is waiting for a second person. Look at what is due, and decide whether to approve it."
)
STOPPED: Final = "A disposal of records stopped before it was finished. See how far it got, and ask for another."
THEY_END: Final = "{} will end on {}. See which should go on, and record those again."
KEEPS_DUTIES: Final = "you keep the records of officers and their duties"


def managers(day: date | None = None) -> QuerySet[Person]:
    """The people who keep duties on a day (today unless given), on EduNet, and are not shut out by a sanction (R41)."""
    day = day or timezone.localdate()
    held = EstablishmentPermission.objects.live_on(day).filter(
        permission__codename=Permission.MANAGE_DUTIES, through=Through.EDUNET
    )
    people = Person.objects.filter(pk__in=held.values("user"), is_active=True)
    return people.exclude(suspended_until__gte=day).order_by("pk")


def head_of(establishment_id: int, day: date | None = None) -> QuerySet[Person]:
    """Who is head there on a day (today unless given), and is not shut out by a sanction (R41)."""
    told = values_of("SELECT access_register_head_to_tell(%s, %s)", establishment_id, day or timezone.localdate())
    return Person.objects.filter(pk__in=told, is_active=True)


@receiver(support_asked)
def tell_who_may_answer(support_request_id: int, **kwargs: Any) -> None:
    """Tell Level 1 of the establishment that offers the support."""
    request = SupportRequest.objects.select_related("establishment").get(pk=support_request_id)
    place = request.establishment
    words, because = SUPPORT.format(place=place.name), LEVEL_1.format(place=place.name)
    link = mail.link("support_request", place.urn, request.pk)
    for person_id, _ in whom("support_asked", request.pk):
        _tell(Person.objects.get(pk=person_id), words, because, link)


@receiver(disposal_counted)
def tell_who_may_approve(disposal: Disposal, **kwargs: Any) -> None:
    """Tell all who may approve, except the person who asked. Nobody is told if nothing is due."""
    if disposal.lines.exists():
        _tell_managers(disposal, TO_APPROVE, managers().exclude(pk=disposal.asked_by_id or 0))


@receiver(disposal_stopped)
def tell_that_it_is_not_done(disposal: Disposal, **kwargs: Any) -> None:
    _tell_managers(disposal, STOPPED, managers())


def tell_of_duties_that_end(today: date) -> Iterator[str]:
    """Every night: once in July, tell who keeps duties how many end with the school year (R9). The home page says so
    too, but from four weeks before, when many are away."""
    first, last = date(today.year, 7, 1), date(today.year, 8, 31)
    if today.month != first.month or LedgerEntry.objects.from_day(first).of_actions(["tell_of_duties"]).exists():
        return
    duties = Duty.objects.filter(ended_at=None, is_casework=False, ends_on=last).exclude(data=Duty.Data.DUTIES)
    number = duties.exclude(appointment__ends_on__lt=last).exclude(confirmed_until__lt=today).count()
    people = list(managers())
    if number and people:
        how_many = f"{number} dut{pluralize(number, 'y,ies')} of officers"
        words = THEY_END.format(how_many, day_in_words(last))
        for person in people:
            _tell(person, words, KEEPS_DUTIES, mail.link("officers", at=Through.EDUNET))
        ledger.changed(action="tell_of_duties", about={"duties": number})
        yield f"managers told that {how_many} will end on {day_in_words(last)}"


def _tell_managers(disposal: Disposal, words: str, people: QuerySet[Person]) -> None:
    link = mail.link("disposal", disposal.pk, at=Through.EDUNET)
    for person in people:
        _tell(person, words, KEEPS_DUTIES, link)


def _tell(person: Person, words: str, because: str, link: str) -> None:
    mail.send_later("waits", [person.email], name=person.name, words=words, because=because, link=link)
