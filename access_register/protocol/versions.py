"""Publishes the protocol's texts, as portal_batch (R42). A new text ends the acceptances of the one before."""

from datetime import date, timedelta

from access_register.models import Person, ProtocolVersion
from sharing.ledger import ledger
from sharing.statements import hold_lock


class CannotPublishText(Exception):
    """The text cannot follow those that are already published."""


def publish(version: ProtocolVersion, *, today: date) -> int:
    """Publish a text, which everybody has to accept from its first day on. Returns how many acceptances this ends.

    Raises CannotPublishText. If its first day is in the future, the text before it stays in force until then.
    """
    hold_lock("publish_protocol")
    latest = ProtocolVersion.objects.order_by("-in_force_from").first()
    if latest and version.in_force_from <= latest.in_force_from:
        raise CannotPublishText(f"Version {latest.number} is in force from {latest.in_force_from}: choose a later day.")
    if version.in_force_from < today:
        raise CannotPublishText("A text cannot have been in force before it was published: choose today or later.")
    if ProtocolVersion.objects.filter(number=version.number).exists():
        raise CannotPublishText(f"There is a version {version.number} already.")
    version.save(force_insert=True)
    accepted = Person.objects.filter(protocol_accepted_until__gte=version.in_force_from)
    list(accepted.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    ended = accepted.update(protocol_accepted_until=version.in_force_from - timedelta(days=1))
    about = {"version": version.number, "in_force_from": version.in_force_from, "acceptances_ended": ended}
    ledger.changed(action="publish_protocol", about=about)
    return ended
