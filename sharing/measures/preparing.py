"""Preparing releases. An import or a computation does it as portal_batch; the web application never does (R22).

    with acting_as(BATCH):
        release = prepare("ks2", 2022, status=Release.Status.VALIDATED, as_of=day, by="Ada Officer", by_id=7)

Its figures follow in the same transaction, by COPY. Another officer then checks and schedules it. Releases that the
service itself publishes (the demonstration, past years) go out with `bring_out`.
"""

from datetime import date, datetime

from django.utils import timezone

from sharing.ledger import ledger
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.models.releases import Dataset, Release
from sharing.statements import value_of


class CannotPrepare(Exception):
    """The release or its figures cannot be prepared as asked; the message says why."""


def prepare(
    dataset: str,
    academic_year: int,
    *,
    status: Release.Status,
    as_of: date,
    by: str,
    by_id: int | None = None,
    because: str = "",
    came_from: int | None = None,
) -> Release:
    """A new version of the dataset's figures for that year, still without figures. It overwrites nothing.

    `by` and `by_id`: who brought it in; that person may not check it. `because`: why there is a new version, required
    from the second version on. `came_from`: the id of the import. Raises CannotPrepare.
    """
    # Two at once take turns, so that each gets a version number of its own.
    stream = Dataset.objects.select_for_update().filter(slug=dataset).first()
    if stream is None:
        raise CannotPrepare(f"“{dataset}” is not a dataset of the catalogue.")
    versions = Release.objects.filter(dataset=stream, academic_year=academic_year)
    last = versions.order_by("-version").first()
    if last and not because.strip():
        raise CannotPrepare(f"There is already a version {last.version}. Say why there is a new one.")
    release = Release.objects.create(
        dataset=stream,
        academic_year=academic_year,
        version=last.version + 1 if last else 1,
        status=status,
        as_of=as_of,
        because=because.strip(),
        prepared_by=by,
        prepared_by_id=by_id,
        came_from_id=came_from,
        of_all_ages=versions.filter(of_all_ages=True).exists(),
    )
    _tell("prepare_release", release, by)
    return release


def cover(release: Release) -> None:
    """Note the figures covered by protected numbers, for a release of figures or open statistics (docs/adr/0020).

    PostgreSQL does this itself when the release is checked; doing it earlier saves the officer the wait.
    """
    value_of("SELECT portal_cover_figures(%s)", release.pk)


def cover_anew() -> None:
    """Do the same for all existing open statistics: URNs may now count the same children that did not before (A2)."""
    for release in Release.objects.filter(dataset__slug=OPEN_STATISTICS).exclude(state=Release.State.WITHDRAWN):
        cover(release)


def bring_out(release: Release, *, by: str, at: datetime | None = None) -> None:
    """Check and schedule it in the service's name, for now or a past day; the ledger says that no person did it."""
    now = timezone.now()
    Release.objects.filter(pk=release.pk).update(
        state=Release.State.SCHEDULED,
        checked_at=now,
        checked_by=by,
        scheduled_at=now,
        scheduled_by=by,
        goes_out_at=at or now,
    )
    release.refresh_from_db()
    _tell("bring_out_release", release, by)


def _tell(action: str, release: Release, by: str) -> None:
    about = {"release": release.pk, "dataset": release.dataset.slug, "year": release.academic_year}
    about |= {"version": release.version, "by": by, "goes_out_at": release.goes_out_at}
    ledger.changed(action=action, about=about)
