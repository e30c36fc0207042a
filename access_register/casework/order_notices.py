"""Tells the person named to authorise an order that it has been recorded, by an email without a name (R18)."""

from access_register.models import Order, Person
from access_register.notices import mail
from sharing.authorise import Through


def ask_authoriser(order: Order) -> None:
    """Sent once the order is committed."""
    authoriser = Person.objects.get(pk=order.authoriser_id)
    link = mail.link("orders_to_authorise", at=Through.EDUNET)
    mail.send_later("order_to_authorise", [authoriser.email], name=authoriser.name, link=link)
