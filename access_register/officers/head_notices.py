"""Tells the head what an officer has planned for the establishment, or has taken back: a move to another Locality
(A11), or the last day on which it takes part (A2).

Sent once that is committed. Nothing is sent if the establishment has no head today.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access_register.models import Person
from access_register.notices import mail
from sharing.models import Establishment, LocalityMove
from sharing.models.establishments import Kind
from sharing.signals import last_day_recorded, move_planned
from sharing.statements import rows_of


@receiver(move_planned)
def tell_of_the_move(move: LocalityMove, is_taken_back: bool, **kwargs: Any) -> None:
    left = move.from_locality.name if move.from_locality else ""
    _tell(
        "locality_moves", move.establishment,
        locality=move.to_locality.name, left=left, on=move.on, is_taken_back=is_taken_back,
    )  # fmt: skip


@receiver(last_day_recorded)
def tell_of_the_last_day(places: Collection[Establishment], last_day: date | None, **kwargs: Any) -> None:
    for place in places:
        _tell("last_day", place, last_day=last_day, closes=place.kind == Kind.CHILDRENS_CENTRE)


def _tell(kind: str, place: Establishment, **about: object) -> None:
    told = rows_of("SELECT access_register_head_to_tell(%s, %s)", place.pk, timezone.localdate())
    heads = [person for (person,) in told]
    link = mail.link("establishment", place.urn)
    for head in Person.objects.filter(pk__in=heads, is_active=True):
        mail.send_later(kind, [head.email], name=head.name, place=place.name, link=link, **about)
