"""Tells the head that an officer has added a confidential item. The email does not say what it is (R26)."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from access_register.notices import mail
from access_register.notices.waiting import head_of
from sharing.models import RestrictedItem
from sharing.signals import restricted_item_added


@receiver(restricted_item_added)
def tell_the_head(item: RestrictedItem, day: date, **kwargs: Any) -> None:
    """Written once the item is committed, with its first day if that is to come. Nothing is sent if no head is there
    today, or if its last day has passed."""
    if item.ends_on and item.ends_on < day:
        return
    establishment = item.establishment
    begins = item.starts_on if item.starts_on > day else None
    for head in head_of(establishment.pk, day):
        link = mail.link("confidential_items", establishment.urn)
        mail.send_later(
            "restricted_added", [head.email], name=head.name, place=establishment.name, begins=begins, link=link
        )
