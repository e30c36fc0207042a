"""The calendar of releases, and the history of a dataset: for everybody with a place, on both sites (R22)."""

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.door.paging import page_of
from sharing.measures.release_records import (
    Calendar,
    ComingRelease,
    MeasureRecord,
    ReleaseHistory,
    ReleaseRecord,
)
from sharing.models.releases import Dataset, Measure, Release, ReleaseQuerySet
from sharing.records import Why

_COMING = """
    SELECT stream.name, stream.slug, stream.owner, coming.academic_year, coming.version, coming.goes_out_at
    FROM portal_coming_releases() AS coming JOIN sharing_dataset AS stream ON stream.id = coming.dataset_id
    ORDER BY coming.goes_out_at, stream.name, coming.academic_year
"""


def show_calendar(asker: Asker, *, number: int = 1) -> Calendar:
    """The releases to come and those that are out. Of one to come, only that it comes and when."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_calendar") as here:
        coming = coming_releases() if here.holdings.rows else ()
        past = page_of(
            _out(here).order_by("-goes_out_at", "dataset__name", "-academic_year", "-version"), number, _record
        )
        here.showed(releases=len(past.rows), coming=len(coming))
        return Calendar(coming, past, _why(here))


def show_release_history(asker: Asker, slug: str) -> ReleaseHistory:
    """Every version of a dataset that is out, the newest year first; the earlier ones stay on record."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_release_history") as here:
        dataset = Dataset.objects.filter(slug=slug).first()
        if dataset is None or not here.holdings.rows:
            raise NoSuchRecord
        releases = tuple(
            _record(row) for row in _out(here).filter(dataset=dataset).order_by("-academic_year", "-version")
        )
        here.showed(dataset=slug, releases=len(releases))
        return ReleaseHistory(
            name=dataset.name,
            owner=dataset.owner,
            source=dataset.source,
            description=dataset.description,
            is_published_elsewhere=dataset.is_published_elsewhere,
            measures=tuple(
                MeasureRecord(measure.name, measure.definition, measure.denominator, measure.get_direction_display())
                for measure in Measure.objects.filter(dataset=dataset).order_by("place")
            ),
            releases=releases,
            why=_why(here),
        )


def _why(here: Visit) -> Why:
    return Why(here.why_the_list(), here.permission)


def _out(here: Visit) -> ReleaseQuerySet:
    """The releases that are out, each with whether a newer version of it is; none for who has no place anywhere."""
    out = Release.objects.out()
    same = out.filter(dataset=OuterRef("dataset"), academic_year=OuterRef("academic_year"))
    found = out.annotate(is_superseded=Exists(same.filter(version__gt=OuterRef("version")))).select_related("dataset")
    return found if here.holdings.rows else found.none()


def coming_releases() -> tuple[ComingRelease, ...]:
    """Those that are scheduled, the next first. Within a visit: nobody outside one learns of any."""
    with connection.cursor() as cursor:
        cursor.execute(_COMING)
        return tuple(ComingRelease(*row) for row in cursor.fetchall())


def _record(row: Any) -> ReleaseRecord:
    return ReleaseRecord(
        id=row.pk,
        dataset=row.dataset.name,
        dataset_slug=row.dataset.slug,
        owner=row.dataset.owner,
        academic_year=row.academic_year,
        version=row.version,
        goes_out_at=row.goes_out_at,
        status=row.get_status_display(),
        as_of=row.as_of,
        source=row.dataset.source,
        because=row.because,
        is_current=not row.is_superseded,
    )
