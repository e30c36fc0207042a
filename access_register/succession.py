"""When one establishment carries on as another, its Access Register goes with it."""

from datetime import date, timedelta
from typing import Any

from django.dispatch import receiver

from access_register import grants, service
from access_register.models import RegisterLine
from sharing.models import Establishment
from sharing.signals import community_changed, establishment_succeeded


@receiver(establishment_succeeded)
def carry_register_over(predecessor: Establishment, successor: Establishment, on: date, **kwargs: Any) -> None:
    """Every line that holds goes on at the successor from its first day, and ends at the predecessor the day before."""
    for line in RegisterLine.objects.live_on(on).filter(establishment=predecessor).select_related("person"):
        service.end_line(line, last_day=on - timedelta(days=1))
        line.pk = None
        line._state.adding = True
        line.establishment, line.withdrawn_at, line.withdrawn_by_name = successor, None, ""
        line.starts_on, line.ends_on = max(line.starts_on, on), line.ends_on
        service.place_line(line)


@receiver(community_changed)
def follow_the_community(today: date, **kwargs: Any) -> None:
    """Officers see the establishments that came in, and no longer those that left."""
    grants.rebuild(today)
