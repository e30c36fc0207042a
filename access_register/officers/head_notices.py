"""Tells the head what an officer has planned for the establishment, or has taken back: a move to another Locality
(A11), or the last day on which it takes part (A2).

Sent once that is committed. Nothing is sent if the establishment has no head today.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access_register.notices import mail
from access_register.notices.waiting import head_of
from sharing.models import Establishment, LocalityMove
from sharing.models.establishments import Kind
from sharing.signals import last_day_recorded, move_planned


@receiver(move_planned)
def tell_of_the_move(move: LocalityMove, is_taken_back: bool, **kwargs: Any) -> None:
    left = move.from_locality.name if move.from_locality else ""
    _tell(
        "locality_moves", move.establishment,
        locality=move.to_locality.name, left=left, on=move.on, is_taken_back=is_taken_back,
        is_today=move.on <= timezone.localdate(),
    )  # fmt: skip


@receiver(last_day_recorded)
def tell_of_the_last_day(places: Collection[Establishment], last_day: date | None, **kwargs: Any) -> None:
    for place in places:
        _tell("last_day", place, last_day=last_day, closes=place.kind == Kind.CHILDRENS_CENTRE)


def _tell(kind: str, place: Establishment, **about: object) -> None:
    link = mail.link("establishment", place.urn)
    for head in head_of(place.pk):
        mail.send_later(kind, [head.email], name=head.name, place=place.name, link=link, **about)
