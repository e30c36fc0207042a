"""Tells the head that an officer has added a confidential item. The email does not say what it is (R26)."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from access_register.models import Person
from access_register.notices import mail
from sharing.models import Establishment
from sharing.signals import restricted_item_added
from sharing.statements import values_of


@receiver(restricted_item_added)
def tell_the_head(establishment: Establishment, day: date, **kwargs: Any) -> None:
    """Written once the item is committed. Nothing is sent if no head there can read it today."""
    heads = values_of("SELECT access_register_head_to_tell(%s, %s)", establishment.pk, day)
    for head in Person.objects.filter(pk__in=heads, is_active=True):
        link = mail.link("confidential_items", establishment.urn)
        mail.send_later("restricted_added", [head.email], name=head.name, place=establishment.name, link=link)
