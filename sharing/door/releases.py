"""Published figures, for every page, chart, PDF and file of both sites (R3, R16, R22, R31)."""

from collections.abc import Iterable

from sharing.authorise import Permission, Through, Visit, Withheld
from sharing.measures.history import History
from sharing.measures.reading import records_of
from sharing.measures.records import FigureRecord
from sharing.models.establishments import Establishment
from sharing.models.releases import Figure, Release

TOTAL = "total"
# No figure is made from contact details.
IN_FIGURES = frozenset(Withheld) - {Withheld.CONTACT}


def current_figures(
    here: Visit,
    *,
    measures: Iterable[str],
    establishments: Iterable[int] = (),
    areas: Iterable[str] = (),
    groups: Iterable[str] = (TOTAL,),
    release: int | None = None,
) -> tuple[FigureRecord, ...]:
    """The figures of the newest published version, for establishments (by id) and areas that the asker may read.

    `measures` are codes of the catalogue, `areas` as in Figure.area. They come by measure, year, establishment and
    area, those of earlier URNs first, never by value. What is not out or not readable is simply missing:
    sharing.measures says who reads which figure. If a dataset has no figure for an area, that of the comparators is
    used. Figures of an establishment from before it had its URN count as its own. `release`: the figures of this one
    instead, which is out and may have been superseded. At most five queries, whatever is asked for.
    """
    if not here.holdings.anywhere():
        return ()
    releases = Release.objects.current() if release is None else Release.objects.out().filter(pk=release)
    wanted = Figure.objects.of(releases).filter(measure__code__in=measures, group__in=groups)
    asked = set(establishments)
    readable = asked & here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    if asked - readable:
        readable |= set(here.readable_establishments().filter(pk__in=asked - readable).values_list("pk", flat=True))
    of_areas, narrowed = wanted.of_areas(areas), here.holdings.narrowed()
    if narrowed or not reads_shared_areas(here):
        of_areas = of_areas.published_elsewhere()
    history = History.of(readable)
    found = wanted.of_establishments(history.with_earlier(readable - narrowed)) | of_areas
    found |= wanted.of_establishments(history.with_earlier(readable & narrowed)).published_elsewhere()
    seen = history.with_earlier(where_small_figures_are_seen(here))
    return history.as_of_today(records_of(found.small_only_at(seen)))


def small_figures(place: Establishment, measures: Iterable[str]) -> tuple[FigureRecord, ...]:
    """The published figures of fewer than ten children of one establishment, as far as PostgreSQL shows them.

    They are to be marked as withheld, never to be shown.
    """
    wanted = Figure.objects.of(Release.objects.current()).filter(measure__code__in=measures, group=TOTAL)
    history = History.of([place.pk])
    small = wanted.of_establishments(history.with_earlier([place.pk])).filter(is_small=True)
    return history.as_of_today(records_of(small))


def reads_shared_areas(here: Visit) -> bool:
    """Whether the asker reads our own counts for areas, which are shared data: officers, and those who share (R16)."""
    return here.asker.through == Through.EDUNET or here.shares_with_others


def where_small_figures_are_seen(here: Visit) -> set[int]:
    """Where the asker may see figures of fewer than ten children (R12, R13, R35).

    It is where they see the pupils, in all years and with all kinds of data, and have given a second factor.
    """
    if not here.asker.second_factor:
        return set()
    places = here.holdings.at(Permission.VIEW_PUPILS)
    narrowed = {place: here.holdings.narrowing(Permission.VIEW_PUPILS, place) for place in places}
    return {place for place in places if not narrowed[place].year_groups and not narrowed[place].withheld & IN_FIGURES}
