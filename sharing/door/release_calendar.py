"""The calendar of releases, and the history of a dataset: for everybody with a place, on both sites (R22)."""

from typing import Any

from django.db.models import Exists, OuterRef

from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, the_one, visit
from sharing.cannot import version_of
from sharing.door.paging import page_of
from sharing.door.releases import current_figures
from sharing.key_data import AREAS, named_areas_of
from sharing.measures.catalogue import MEASURE
from sharing.measures.release_records import (
    Calendar,
    ComingRelease,
    MeasureRecord,
    PastFigure,
    PastRelease,
    ReleaseHistory,
    ReleaseRecord,
)
from sharing.measures.shape import defined
from sharing.measures.stopped import told_of
from sharing.models import Establishment
from sharing.models.establishments import names_apart
from sharing.models.releases import Dataset, Measure, Release, ReleaseQuerySet
from sharing.statements import rows_of

NO_FIGURE = "No figure that you may read"
_COMING = """
    SELECT stream.name, stream.slug, stream.owner, coming.academic_year, coming.version, coming.goes_out_at,
           coming.announced_for, coming.because, coming.is_withdrawn
    FROM portal_coming_releases() AS coming JOIN sharing_dataset AS stream ON stream.id = coming.dataset_id
    ORDER BY coalesce(coming.goes_out_at, coming.announced_for), stream.name, coming.academic_year
"""


def show_calendar(asker: Asker, *, number: int = 1) -> Calendar:
    """The releases to come and those that have come out. For one to come, only that it will, and when."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_calendar") as here:
        coming = coming_releases() if here.holdings.rows else ()
        past = page_of(
            _came_out(here).order_by("-goes_out_at", "dataset__name", "-academic_year", "-version"), number, _record
        )
        here.showed(releases=len(past.rows), coming=len(coming))
        return Calendar(coming, past, here.why_the_list)


def show_release_history(asker: Asker, slug: str) -> ReleaseHistory:
    """Every version of a dataset that has come out, the newest year first; earlier ones stay on record."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_release_history") as here:
        dataset = Dataset.objects.filter(slug=slug).first()
        if dataset is None or not here.holdings.rows:
            raise NoSuchRecord
        releases = tuple(
            _record(row) for row in _came_out(here).filter(dataset=dataset).order_by("-academic_year", "-version")
        )
        here.showed(dataset=slug, releases=len(releases))
        return ReleaseHistory(
            name=dataset.name,
            owner=dataset.owner,
            source=dataset.source,
            description=dataset.description,
            is_published_elsewhere=dataset.is_published_elsewhere,
            measures=tuple(
                MeasureRecord(measure.name, defined(measure), measure.get_direction_display())
                for measure in Measure.objects.filter(dataset=dataset).order_by("place")
            ),
            releases=releases,
            why=here.why_the_list,
        )


def show_past_release(asker: Asker, slug: str, release_id: int, *, of: int | None = None) -> PastRelease:
    """What a version that came out said, beside the version in use: about areas, and about one establishment.

    It is one that the asker may read about: `of`, or by default the first of their own. No figure is ever overwritten
    (R22, R31). For a stopped version, it says only that it was stopped, and why.

    Raises NoSuchRecord for one that has not come out, or belongs to another dataset.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_past_release") as here:
        row = the_one(_came_out(here).filter(pk=release_id, dataset__slug=slug))
        versions = _came_out(here).filter(dataset=row.dataset, academic_year=row.academic_year, version__gt=row.version)
        newest = versions.filter(state=Release.State.SCHEDULED).order_by("-version").first()
        places = () if here.asker.through == Through.EDUNET else _own(here)
        place = _place(here, of, places)
        is_stopped = row.state == Release.State.STOPPED
        manages = here.asker.through == Through.EDUNET and bool(here.holdings.at(Permission.MANAGE_DUTIES))
        here.showed(release=row.pk, of=place.urn if place else None)
        return PastRelease(
            _record(row),
            _record(newest) if newest else None,
            figures=() if is_stopped else _then_and_now(here, row, newest or row, place),
            place=(place.urn, place.name) if place else None,
            places=tuple(names_apart(places).items()),
            may_stop=manages and not is_stopped,
            may_show_again=manages and is_stopped and row.stopped_by_id != asker.person_id,
            version=version_of(row.stopped_at, row.stopped_because),
            why=here.why_the_list,
        )


def _own(here: Visit) -> tuple[Establishment, ...]:
    return tuple(here.establishments_with(Permission.VIEW_ESTABLISHMENT).by_name())


def _place(here: Visit, of: int | None, own: tuple[Establishment, ...]) -> Establishment | None:
    if of is None:
        return own[0] if own else None
    return the_one(here.readable_establishments().filter(urn=of))


def _then_and_now(here: Visit, then: Release, now: Release, place: Establishment | None) -> tuple[PastFigure, ...]:
    """Every figure of either version that the asker may read, in the order of the measures: comparators have figures of
    the measures of other datasets."""
    codes = [code for code in Measure.objects.order_by("place").values_list("code", flat=True) if code in MEASURE]
    texts: list[dict[tuple[str, str], str]] = []
    areas = named_areas_of(place) if place else AREAS
    for release in (then, now):
        figures = current_figures(
            here, measures=codes, establishments=[place.pk] if place else [], areas=areas, release=release.pk
        )
        texts.append({(figure.measure, figure.area): figure.text for figure in figures})
    said, says = texts
    names = {"": place.name if place else ""} | areas
    return tuple(
        PastFigure(MEASURE[code].name, name, said.get((code, area), NO_FIGURE), says.get((code, area), NO_FIGURE))
        for code in codes
        for area, name in names.items()
        if (code, area) in said or (code, area) in says
    )


def _came_out(here: Visit) -> ReleaseQuerySet:
    """The releases that have come out, each with whether a newer version is out.

    For those without a place anywhere, there are none.
    """
    same = Release.objects.out().filter(dataset=OuterRef("dataset"), academic_year=OuterRef("academic_year"))
    is_superseded = Exists(same.filter(version__gt=OuterRef("version")))
    found = Release.objects.came_out().annotate(is_superseded=is_superseded).select_related("dataset")
    return found if here.holdings.rows else found.none()


def coming_releases() -> tuple[ComingRelease, ...]:
    """The scheduled releases, the next one first, and what became of announced ones.

    Called within a visit: outside one, nobody learns of any.
    """
    return tuple(ComingRelease(*row) for row in rows_of(_COMING))


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
        is_current=not row.is_superseded and row.state != Release.State.STOPPED,
        stopped=told_of(row) if row.state == Release.State.STOPPED else None,
    )
