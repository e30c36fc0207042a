"""The contents of a report: the figures of Key Data as they are now, the same whoever gathers them (R12, R16, R31).

The worker gathers as portal_batch, to make a report; the door gathers inside a visit, to find out whether the report
that was made is still up to date. Both run the same queries, and row-level security lets both see what they need.
"""

from datetime import date

from sharing.context import with_context
from sharing.key_data import OWN, Cell, Row, areas_of, cells_of, compose, headlines_of, similar_to, with_withheld
from sharing.measures.history import History
from sharing.measures.one_number import beside_own_whole, instead_of_whole
from sharing.measures.reading import records_of
from sharing.measures.shape import EARLY, PRIMARY, SECONDARY, phases_of
from sharing.measures.stopped import stopped_of
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment, Figure, Release
from sharing.models.releases import FigureQuerySet
from sharing.records.figures import Shown
from sharing.records.reports import GOVERNORS, ReportFacts
from sharing.records.stopped import StoppedFigures

STAGES = {EARLY: "early years", PRIMARY: "primary", SECONDARY: "secondary"}


def gather(establishment_id: int, today: date, *reports: str) -> tuple[ReportFacts, ...]:
    """What each of these reports of the establishment says now."""
    this = Establishment.objects.filter(pk=establishment_id)
    those = this | Establishment.objects.participating(today)
    places = list(with_context(those.with_membership(today)))
    place = next(one for one in places if one.pk == establishment_id)
    codes = [kind.code for kind in headlines_of(place)]
    similar = similar_to(place, places)
    out = Figure.objects.of(Release.objects.current()).of_everybody().filter(measure__code__in=codes)
    # Areas that we count ourselves are shared with those who take part (R16).
    of_areas = out.of_areas(areas_of(place))
    of_areas = of_areas if place.takes_part_since else of_areas.published_elsewhere()
    compared = [place.pk, *(one.pk for one in similar)]
    history = History.of(compared)
    of_places = out.of_establishments(history.with_earlier(compared))
    figures = history.as_of_today(records_of(of_places | of_areas.filter(is_small=False)))
    withheld, covered = _withheld(place, codes, of_areas.filter(is_small=True))
    own = (figure for figure in figures if figure.establishment_id == place.pk)
    covered |= {(one.measure, one.academic_year) for one in own if one.is_covered and not one.is_small}
    shared = areas_of(place) if place.takes_part_since else []
    stopped = stopped_of(codes)
    found = []
    for report in reports:
        cells = with_withheld(cells_of(place, figures, withholds_small=report == GOVERNORS), withheld)
        if report == GOVERNORS:
            cells = instead_of_whole(place, cells, shared, similar, covered)
        else:
            cells = beside_own_whole(cells, shared, similar)
        found.append(_facts(report, place, cells, len(similar), stopped))
    return tuple(found)


def _withheld(place: Establishment, codes: list[str], of_areas: FigureQuerySet) -> tuple[dict[Cell, Shown], set[Row]]:
    """The withheld and the covered cells. Inside a visit PostgreSQL names them without values. The worker may read the
    figures, so PostgreSQL names none for it: it finds the withheld areas among the small figures it reads.
    """
    told, covered = withheld_from_the_asker(place, codes)
    if not place.takes_part_since:
        told = {cell: shown for cell, shown in told.items() if cell[2] == OWN}
    return told | cells_of(place, records_of(of_areas), withholds_small=True), covered


def _facts(
    report: str, place: Establishment, cells: dict, similar: int, stopped: tuple[StoppedFigures, ...]
) -> ReportFacts:
    found = compose(place, cells)
    number = place.establishment_number
    stages = [STAGES[stage] for stage in phases_of(place.low_age, place.high_age)]
    return ReportFacts(
        report=report,
        urn=place.urn,
        name=place.name,
        kind=place.get_kind_display(),
        stage=" and ".join(stages).capitalize(),
        dfe_number=f"{place.la_code}/{number:04}" if number else "",
        locality=place.in_locality or "",
        measures=found.measures,
        not_out=found.not_out,
        origins=found.origins,
        similar=similar,
        stopped=stopped,
        shares=place.takes_part_since is not None,
    )
