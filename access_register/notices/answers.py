"""Tells the person who asked that there is an answer: to a report of misuse, a challenge, a transfer, a legal override,
a closing, a disposal, a second officer, or a request for support.

The emails name no person and say nothing of the answer: only that there is one, and where to read it (R18, R20, R23).
The person who gave the answer gets none, nor does anybody who could not read it today.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.dispatch import receiver

from access_register.models import OfficerAppointment, Order, Person
from access_register.notices import mail
from sharing.authorise import Through
from sharing.models import Challenge, Establishment, MisuseReport, SupportRequest, Transfer
from sharing.signals import (
    challenge_answered,
    closing_agreed,
    disposal_decided,
    misuse_closed,
    support_answered,
    transfer_cancelled,
    transfer_declined,
)
from sharing.statements import rows_of

REPORT: Final = (
    "The misuse of a comparison that you reported has been looked at and closed. You can read what came of it."
)
CHALLENGE: Final = "You said that something in the records of {place} is wrong. Your challenge has been answered."
TRANSFER: Final = "{place} has declined a child who you said was going there. Read why, and see where the child is now."
CALLED_OFF: Final = (
    "{place} had accepted a child. The transfer has been called off. The child is not coming, and is no longer in "
    "your lists."
)
ORDER: Final = "A legal override that you recorded has been authorised. It takes effect from its first day."
CLOSING: Final = "A second person has agreed to a closing that you asked for. It now lasts until its last day."
DISPOSAL: Final = "The disposal that you asked for has been decided. You can read what was decided."
SUPPORT: Final = "{place} has answered your request for support."
OFFICER: Final = "Another information manager has confirmed an officer whom you recorded. You can now give them duties."


@receiver(misuse_closed)
def tell_who_reported(report: MisuseReport, **kwargs: Any) -> None:
    _tell("misuse", report.pk, REPORT, "misuse_report", report.pk)


@receiver(challenge_answered)
def tell_who_challenged(challenge: Challenge, **kwargs: Any) -> None:
    place = challenge.establishment
    words = CHALLENGE.format(place=place.name)
    _tell("challenge", challenge.pk, words, "challenge", place.urn, challenge.pk)


@receiver(transfer_declined)
def tell_who_asserted(transfer: Transfer, **kwargs: Any) -> None:
    """Tell the school that the child would leave; for a child from outside, the officer who told of the transfer."""
    at = transfer.from_establishment or transfer.establishment
    words = TRANSFER.format(place=transfer.establishment.name)
    _tell("declined", transfer.pk, words, "transfers", at.urn)


@receiver(transfer_cancelled)
def tell_who_expects_the_child(transfer: Transfer, **kwargs: Any) -> None:
    """Tell the school, if it had accepted the child, who is no longer shown there."""
    words = CALLED_OFF.format(place=transfer.establishment.name)
    _tell("cancelled", transfer.pk, words, "transfers", transfer.establishment.urn)


@receiver(closing_agreed)
def tell_who_asked_for_the_closing(closing_id: int, **kwargs: Any) -> None:
    _tell("closing", closing_id, CLOSING, "closings")


@receiver(disposal_decided)
def tell_who_asked_for_the_disposal(disposal_id: int, **kwargs: Any) -> None:
    _tell("disposal", disposal_id, DISPOSAL, "disposal", disposal_id)


@receiver(support_answered)
def tell_who_asked_for_support(support_request_id: int, **kwargs: Any) -> None:
    request = SupportRequest.objects.select_related("establishment", "from_establishment").get(pk=support_request_id)
    words, asking = SUPPORT.format(place=request.establishment.name), request.from_establishment
    _tell("support", request.pk, words, "support_request", asking.urn, request.pk)


def tell_who_recorded(order: Order) -> None:
    _tell("order", order.pk, ORDER, "orders")


def tell_who_recorded_officer(appointment: OfficerAppointment) -> None:
    _tell("officer", appointment.pk, OFFICER, "officer", appointment.pk)


def tell_who_challenged_a_leavers(place: Establishment, numbers: Iterable[int]) -> None:
    """At night, tell each person once, however many of their challenges are closed: no page shows them any more."""
    told = {who for number in numbers for who in whom("left", number)}
    for person_id, site in sorted(told):
        person = Person.objects.get(pk=person_id)
        link = mail.link("challenges", place.urn, at=Through(site))
        mail.send_later("challenge_of_leaver", [person.email], name=person.name, place=place.name, link=link)


def _tell(what: str, number: int, words: str, page: str, *of: int) -> None:
    """Write inside the visit of the person who answers; the email goes once that is committed."""
    for person_id, site in whom(what, number):
        person = Person.objects.get(pk=person_id)
        link = mail.link(page, *of, at=Through(site))
        mail.send_later("answered", [person.email], name=person.name, words=words, link=link)


def whom(what: str, number: int) -> list[tuple[int, str]]:
    """(person, site) of those who asked and could read the answer there today."""
    return rows_of("SELECT person, site FROM access_register_asker_to_tell(%s, %s)", what, number)
