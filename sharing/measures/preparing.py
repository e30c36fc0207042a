"""A release is prepared by an import or a computation, acting as portal_batch; the web application never does (R22).

    with acting_as(BATCH):
        release = prepare("ks2", 2022, status=Release.Status.VALIDATED, as_of=day, by="Ada Officer", by_id=7)

Its figures follow in the same transaction, by COPY. Another officer then checks and schedules it. What the service
itself brings out (the demonstration, years gone by) goes out with `bring_out`.
"""

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from sharing.ledger import ledger
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.models import LedgerEntry
from sharing.models.releases import Dataset, Release


class CannotPrepare(Exception):
    """The release or its figures cannot be as asked; the words say why."""


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
    """A new version of the dataset's figures of that year, still without figures. It supersedes and overwrites nothing.

    `by` and `by_id`: who brought it in; that person may not check it. `because`: why there is a new version, needed
    from the second on. `came_from`: the id of the import. Raises CannotPrepare.
    """
    # Two at once wait in turn, so that each gets a number of its own.
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
    """Note the figures that protected numbers of open statistics stand for, of a release of either (docs/adr/0020).

    PostgreSQL does so by itself when the release is checked: done here before, an officer need not wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_cover_figures(%s)", [release.pk])


def cover_anew() -> None:
    """The same of all open statistics that are there: URNs count the same children now that did not (A2)."""
    for release in Release.objects.filter(dataset__slug=OPEN_STATISTICS).exclude(state=Release.State.WITHDRAWN):
        cover(release)


def bring_out(release: Release, *, by: str, at: datetime | None = None) -> None:
    """Check and schedule it in the service's name, for now or a day gone by: no person did, and the ledger says so."""
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
    ledger.write(None, action=action, outcome=LedgerEntry.Outcome.CHANGED, about=about)
