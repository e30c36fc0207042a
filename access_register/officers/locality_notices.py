"""Tells the head that an officer has planned a move of the establishment to another Locality, or cancelled it (A11)."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from access_register.models import Person
from access_register.notices import mail
from sharing.models import LocalityMove
from sharing.signals import move_planned
from sharing.statements import rows_of


@receiver(move_planned)
def tell_the_head(move: LocalityMove, is_taken_back: bool, **kwargs: Any) -> None:
    """Sent once the move is committed. Nothing is sent if the establishment has no head today."""
    place = move.establishment
    told = rows_of("SELECT access_register_head_to_tell(%s, %s)", place.pk, timezone.localdate())
    heads = [person for (person,) in told]
    for head in Person.objects.filter(pk__in=heads, is_active=True):
        mail.send_later(
            "locality_moves", [head.email], name=head.name, place=place.name, locality=move.to_locality.name,
            left=move.from_locality.name if move.from_locality else "", on=move.on, is_taken_back=is_taken_back,
            link=mail.link("establishment", place.urn),
        )  # fmt: skip
