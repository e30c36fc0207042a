"""Challenges that wait for those who keep the records, for their home page (P9)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.models import Challenge
from sharing.signals import home_counted
from sharing.to_do.here import Counted


@receiver(home_counted)
def challenges_to_answer(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many challenges the person owes an answer to, and how many are overdue, at each establishment."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if kept and here.asker.through != Through.EDUNET:
        mine = Challenge.objects.waiting().filter(establishment__in=kept, assigned_to=Challenge.Desk.SCHOOL)
        yield Counted(mine, _words, "challenges", late=Q(due_on__lt=here.today))


def _words(waiting: int, overdue: int) -> str:
    words = f"{waiting} challenge{'' if waiting == 1 else 's'} to answer"
    return f"{words}, {overdue} overdue" if overdue else words
