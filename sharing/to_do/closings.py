"""Closed children to whom today's head, or another information manager, may agree, for the home page (R18)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Value
from django.db.models.expressions import RawSQL
from django.dispatch import receiver
from django.utils import timezone

from sharing.authorise import Permission, Through, Visit
from sharing.models import Closing
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import Counted, number_of
from sharing.to_do.officers import Waiting, is_manager


@receiver(home_counted)
def closings_to_agree(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment where the person is head, if there is a closing that is not barred from heads.

    Not one that the head has asked for, as an information manager: another person agrees to it.
    """
    if here.asker.through != Through.SCHOOLS_ONLINE or not here.asker.second_factor:
        return
    waiting = Closing.objects.filter(agreed_at=None, ended_at=None, ends_at__gt=timezone.now(), head_barred=False)
    waiting = waiting.exclude(asked_by_id=here.asker.person_id)
    for place in here.holdings.at(Permission.MANAGE_REGISTER):
        at = Value(place, output_field=BigIntegerField())
        mine = waiting.filter(pk__in=RawSQL("SELECT portal_closings_to_head(%s)", [place]))
        words = number_of("closed record to agree to", "closed records to agree to")
        yield Counted(mine, words, "closings_here", at)


@receiver(workbench_opened)
def closings_of_others(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager: closings that another person has asked for."""
    if is_manager(here):
        waiting = Closing.objects.filter(agreed_at=None, ended_at=None, ends_at__gt=timezone.now())
        yield Waiting(
            "Safeguarding", waiting.exclude(asked_by_id=here.asker.person_id), "closed child to agree to",
            "closed children to agree to", "closings",
        )  # fmt: skip
