"""A release of open statistics from the store: counted, protected, attacked and stored, all in one transaction.

A process killed half way leaves nothing behind. Two at once take turns, so that each has a version of its own.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sharing.authority import authority_in_statistics
from sharing.ledger import ledger
from sharing.measures import preparing
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.measures.computed import BY_THE_PORTAL, days_of
from sharing.measures.preparing import CannotPrepare
from sharing.models import Release, StatisticsVerdict
from sharing.roles import BATCH, acting_as
from sharing.school_year import census_days
from sharing.statistics import files
from sharing.statistics.reading import written_right
from sharing.statistics.records import Release as Built
from sharing.statistics.release import build
from sharing.statistics.rules import CannotPublish
from sharing.statistics_store import people, verdicts
from sharing.statistics_store.fitting import Fitted, fit
from sharing.statistics_store.folders import built_of
from sharing.statistics_store.keeping import keep
from sharing.statistics_store.public import publicly_known

SAMPLE: Final = 200
"""For so many cells the attacker solves programmes before a publication; all of them: `manage.py attack_release`."""
EARLIER: Final = 3
"""So many earlier releases are laid beside the new one."""

Tell = Callable[[str], None]


class NothingNew(CannotPrepare):
    """The figures are the same as those of the newest version."""


def make(
    academic_year: int,
    today: date,
    *,
    by: str = BY_THE_PORTAL,
    by_id: int | None = None,
    because: str = "",
    coarsen: bool = False,
    tell: Tell = lambda words: None,
    then: Callable[[Release], None] = lambda release: None,
) -> Release:
    """The next version of the year's open statistics, for another officer to check and schedule.

    `coarsen`: show less rather than refuse. `tell` is called with words for what is being done; `then` is called inside
    the transaction. Raises CannotPublish and CannotPrepare with what prevents it, in words, and leaves nothing behind.
    """
    when = days_of("roll", academic_year, today)
    with acting_as(BATCH), ledger.written_last(), tempfile.TemporaryDirectory() as place:
        release = preparing.prepare(
            OPEN_STATISTICS,
            academic_year,
            status=Release.Status.PROVISIONAL,
            as_of=when.counted_on,
            by=by,
            by_id=by_id,
            because=because,
        )
        earlier = _scheduled(academic_year)
        tell("Counting the pupils")
        found = people.gather(when, today)
        fitted = fit(found, coarsen=coarsen)
        _some(found)
        tell("Protecting the numbers")
        before = built_of(earlier[0]) if earlier else None
        built = build(
            found.population,
            catalogue=fitted.catalogue,
            before=before,
            public=publicly_known(found, when, before),
            version=release.version,
            coarsen=coarsen,
        )
        is_final = _is_final(fitted, academic_year, today)
        _something_new(earlier, before, built, is_final=is_final)
        folders = [Path(place) / str(one.pk) for one in (release, *earlier)]
        files.write(built, folders[0], authority_in_statistics())
        written_right(built, folders[0])
        tell("Trying to find somebody in them")
        for one, folder in zip(earlier, folders[1:], strict=True):
            files.write(built_of(one), folder, authority_in_statistics())
        verdict = verdicts.attacked(folders, sample=SAMPLE)
        shutil.rmtree(place, ignore_errors=True)
        tell("Storing them")
        keep(built, release, found.establishments)
        preparing.cover(release)
        loss = verdicts.cost(built, fitted, before) | {"before": earlier[0].pk if earlier else None}
        StatisticsVerdict.objects.create(release=release, loss=loss, **verdict)
        if is_final:
            release.status = Release.Status.VALIDATED
            release.save(update_fields=["status"])
        then(release)
    return release


def _scheduled(academic_year: int) -> list[Release]:
    """The newest releases that are out or scheduled, starting with this year's last version: their numbers are known.
    So are those of a release that was stopped after it came out.
    """
    known = Release.objects.filter(
        dataset__slug=OPEN_STATISTICS, state__in=(Release.State.SCHEDULED, Release.State.STOPPED)
    )
    newest = known.filter(academic_year__lte=academic_year).order_by("-academic_year", "-version")
    return list(newest.select_related("dataset", "protected_by")[:EARLIER])


def _some(found: people.People) -> None:
    if not found.population.pupils:
        raise CannotPublish(
            "This cannot be published, because the population is empty: nobody is counted. "
            "Bring in the School Census of that year first."
        )


def _something_new(earlier: Sequence[Release], before: Built | None, built: Built, *, is_final: bool) -> None:
    """Raises NothingNew if the numbers are the same, unless they were provisional and are validated now. That exception
    does not hold for stopped figures, which another manager shows again (docs/adr/0042).
    """
    if not before or before.academic_year != built.academic_year or before.tables != built.tables:
        return
    is_out = earlier[0].state == Release.State.SCHEDULED
    if not (is_final and is_out and earlier[0].status == Release.Status.PROVISIONAL):
        raise NothingNew(f"The numbers are the same as in version {before.version}. Nothing was prepared.")


def _is_final(fitted: Fitted, academic_year: int, today: date) -> bool:
    """Whether the year is over and all facts have come in: the autumn census after it asks about its last term."""
    return fitted.is_complete and census_days(academic_year + 1)[2] <= today
