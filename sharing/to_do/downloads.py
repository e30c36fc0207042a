"""Downloads to collect and to destroy, for the home pages of the person and of those who keep the register (R14)."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import BigIntegerField, Value
from django.dispatch import receiver

from sharing.authorise import Permission, Through, Visit
from sharing.downloads import keeping
from sharing.models import Download
from sharing.models.downloads import DownloadQuerySet
from sharing.signals import home_counted, workbench_opened
from sharing.to_do.here import ALL_OF_THEM, Counted, number_of
from sharing.to_do.officers import Waiting

OF_OTHERS = "taken by others, overdue to be destroyed"


@receiver(home_counted)
def mine_ready(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many of the person's own can be collected at this site, at each establishment where there are any."""
    words = number_of("download ready to collect", "downloads ready to collect")
    yield Counted(_to_collect(here), words, "my_downloads_of")


@receiver(home_counted)
def mine_overdue(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many of the person's own should be destroyed by now, at each establishment where there are any.

    Those of an establishment where they have no place any more are counted at the first of their own (R14, A18).
    """
    mine = Download.objects.by(here.asker.person_id).overdue(here.today)
    words = number_of("download of yours to destroy now", "downloads of yours to destroy now")
    yield Counted(mine, words, "my_downloads_of", late=ALL_OF_THEM)
    own = here.holdings.to_choose_from().keys()
    if own and here.asker.through == Through.SCHOOLS_ONLINE:
        elsewhere, first = mine.exclude(establishment__in=own), Value(min(own), output_field=BigIntegerField())
        words = number_of("download from elsewhere to destroy now", "downloads from elsewhere to destroy now")
        yield Counted(elsewhere, words, "my_downloads", first, late=ALL_OF_THEM, of_a_place=False)


@receiver(home_counted)
def overdue_of_others(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many of other people's are overdue, where the person keeps the register."""
    kept = here.holdings.at(Permission.MANAGE_REGISTER)
    if not kept or not here.asker.second_factor:
        return
    others = Download.objects.exclude(by_person_id=here.asker.person_id).filter(establishment__in=kept)
    overdue = others.filter(through=here.asker.through.value).overdue(here.today)
    words = number_of(f"download {OF_OTHERS}", f"downloads {OF_OTHERS}")
    yield Counted(overdue, words, "downloads_here", late=ALL_OF_THEM)


@receiver(workbench_opened)
def of_an_officer(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """The same for an officer; for those who keep duties, also how many of other people's are overdue, anywhere."""
    ready, late = _to_collect(here), Download.objects.by(here.asker.person_id).overdue(here.today)
    yield Waiting("Downloads", ready, "download ready to collect", "downloads ready to collect", "my_downloads")
    yield Waiting(
        "Downloads", late, "download of yours to destroy now", "downloads of yours to destroy now", "my_downloads"
    )
    kept = here.holdings.at(Permission.MANAGE_DUTIES)
    if kept and here.asker.second_factor:
        others = of_others_on_edunet(here, kept)
        yield Waiting("Downloads", others, f"download {OF_OTHERS}", f"downloads {OF_OTHERS}", "my_downloads")


def of_others_on_edunet(here: Visit, kept: Collection[int]) -> DownloadQuerySet:
    """What others should have destroyed by now: officers, and the people of schools that have ended."""
    others = Download.objects.exclude(by_person_id=here.asker.person_id).filter(establishment__in=kept)
    return others.looked_after_at(Through.EDUNET).overdue(here.today)


def _to_collect(here: Visit) -> DownloadQuerySet:
    """The person's own that are ready. Each is collected at the site where it was asked for."""
    mine = Download.objects.by(here.asker.person_id).filter(through=here.asker.through.value)
    return mine.filter(state=Download.State.READY, asked_at__gte=keeping.oldest())
