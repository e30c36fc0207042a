"""Challenges that wait for those who keep the records, for their home page (P9)."""

from typing import Any

from django.db.models import Count, Q
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.models import Challenge
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def challenges_to_answer(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many challenges the person owes an answer to, and how many are overdue, at each establishment."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if not kept or here.asker.through == Through.EDUNET:
        return {}
    mine = Challenge.objects.waiting().filter(establishment__in=kept, assigned_to=Challenge.Desk.SCHOOL)
    overdue = Count("pk", filter=Q(due_on__lt=here.today))
    counted = mine.values_list("establishment").annotate(waiting=Count("pk"), overdue=overdue)
    return {place: ToDo(_words(waiting, late), "challenges") for place, waiting, late in counted}


def _words(waiting: int, overdue: int) -> str:
    words = f"{waiting} challenge{'' if waiting == 1 else 's'} to answer"
    return f"{words}, {overdue} overdue" if overdue else words
