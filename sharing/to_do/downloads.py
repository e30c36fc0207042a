"""Downloads that are to be destroyed, for the home page of the person and of those who keep the register (R14)."""

from typing import Any

from django.db.models import Count
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Download
from sharing.models.downloads import DownloadQuerySet
from sharing.records import ToDo
from sharing.signals import home_opened


@receiver(home_opened)
def mine_overdue(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many of the person's own ought to be destroyed by now, at each establishment where there are any."""
    mine = Download.objects.by(here.asker.person_id).overdue(here.today)
    words = "of yours to destroy now"
    return {place: ToDo(f"{_counted(number)} {words}", "my_downloads_of") for place, number in _by_place(mine)}


@receiver(home_opened)
def overdue_of_others(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """How many of other people's are overdue, where the person keeps the register."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept or not here.asker.second_factor:
        return {}
    others = Download.objects.exclude(by_person_id=here.asker.person_id).filter(establishment__in=kept)
    overdue = others.filter(through=here.asker.through.value).overdue(here.today)
    return {
        place: ToDo(f"{_counted(number)} of other people overdue to be destroyed", "downloads_here")
        for place, number in _by_place(overdue)
    }


def _by_place(found: DownloadQuerySet) -> list[tuple[int, int]]:
    return list(found.values_list("establishment").annotate(Count("pk")).order_by())


def _counted(number: int) -> str:
    return f"{number} download{'' if number == 1 else 's'}"
