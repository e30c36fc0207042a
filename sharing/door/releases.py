"""Figures that are out, for every page, chart, PDF and file of both sites (R3, R16, R22, R31)."""

from collections.abc import Iterable

from sharing.authorise import Permission, Through, Visit
from sharing.measures.catalogue import COMPARATORS
from sharing.measures.records import FigureRecord
from sharing.models.releases import Figure, Release

TOTAL = "total"


def current_figures(
    here: Visit,
    *,
    measures: Iterable[str],
    establishments: Iterable[int] = (),
    areas: Iterable[str] = (),
    years: Iterable[int] = (),
    groups: Iterable[str] = (TOTAL,),
) -> tuple[FigureRecord, ...]:
    """The figures of the newest version that is out, of establishments (by id) and areas that the asker may read.

    `measures` are codes of the catalogue, `areas` as in Figure.area, `years` academic years (none: all). Ordered by
    measure, year, establishment and area, never by value. What is not out, not readable, or of fewer than ten children
    where the asker sees no pupils, is simply not there. An area that a dataset has no figure of takes it from the
    comparators. Two or three queries, whatever is asked for.
    """
    if not here.holdings.rows:
        return ()
    wanted = Figure.objects.of(Release.objects.current()).filter(measure__code__in=measures, group__in=groups)
    if years:
        wanted = wanted.filter(release__academic_year__in=years)
    readable = list(here.readable_establishments().filter(pk__in=establishments).values_list("pk", flat=True))
    of_areas = wanted.of_areas(areas)
    if not _reads_shared_areas(here):
        of_areas = of_areas.published_elsewhere()
    found = (
        (wanted.of_establishments(readable) | of_areas)
        .small_only_at(here.holdings.at(Permission.VIEW_PUPILS))
        .select_related("measure", "establishment", "release__dataset")
        .in_order()
    )
    by_cell: dict[tuple[object, ...], FigureRecord] = {}
    for row in found:
        figure = _record(row)
        cell = (figure.measure, figure.academic_year, figure.establishment_id, figure.area, figure.group)
        if figure.dataset != COMPARATORS or cell not in by_cell:
            by_cell[cell] = figure
    return tuple(by_cell.values())


def _reads_shared_areas(here: Visit) -> bool:
    """Areas of our own counting are shared data: for officers, and for those who share with others (R16)."""
    return here.asker.through == Through.EDUNET or here.shares_with_others


def _record(row: Figure) -> FigureRecord:
    release, measure = row.release, row.measure
    return FigureRecord(
        measure=measure.code,
        establishment_id=row.establishment_id,
        urn=row.establishment.urn if row.establishment else None,
        area=row.area,
        academic_year=release.academic_year,
        group=row.group,
        value=row.value,
        symbol=row.symbol,
        numerator=row.numerator,
        denominator=row.denominator,
        is_small=row.is_small,
        unit=measure.unit,
        decimals=measure.decimals,
        release_id=release.pk,
        version=release.version,
        dataset=release.dataset.slug,
        status=release.status,
        as_of=release.as_of,
        source=release.dataset.source,
    )
