"""The nightly job for a type that has come off the protocol's list: its establishments leave the community (A2).

They stop taking part on the day itself. This job removes their kind, and with it what officers see of them, and what
would let them take part again, such as the day after a suspension.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.template.defaultfilters import pluralize

from sharing.ledger import ledger
from sharing.models import Establishment, ListedType, Participation
from sharing.models.establishments import TYPE_ENDED
from sharing.signals import community_changed


def let_go(today: date) -> Iterator[str]:
    """Let go of such establishments; it may run any number of times. Runs as portal_batch."""
    off = ListedType.objects.filter(ends_on__lt=today).values("type_code")
    on = ListedType.objects.counting_on(today).values("type_code")
    leaving = Establishment.objects.of_the_community().filter(type_code__in=off).exclude(type_code__in=on)
    urns = sorted(leaving.values_list("urn", flat=True))
    if urns:
        # First, as it locks them: whoever signs one up, or suspends it, does so before or finds it gone.
        Establishment.objects.filter(urn__in=urns).update(kind="")
        goes_on = Participation.objects.filter(establishment__urn__in=urns).exclude(ends_on__lt=today)
        goes_on.filter(starts_on__gte=today).delete()
        goes_on.update(ends_on=today - timedelta(days=1), ended_because=TYPE_ENDED)
        community_changed.send(sender=Establishment, today=today)
        for urn in urns:
            ledger.changed(action="let_type_go", urn=urn, about={"last_day": today - timedelta(days=1)})
        yield f"{len(urns)} establishment{pluralize(len(urns))} of a type that counts no more"
