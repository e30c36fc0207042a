"""Key Data: an establishment's headline measures over the years, beside what they may be compared with (R3, R20, R31).

It is for one's own establishment and the others that take part. What a figure says is decided once, in `Shown`; the
page, the chart and the files repeat it.
"""

from collections.abc import Collection, Iterable

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.context import with_context
from sharing.door.releases import current_figures, reads_shared_areas, small_figures, where_small_figures_are_seen
from sharing.key_data import Cell, areas_of, cells_of, compose, headlines_of, newest_of, similar_to, with_withheld
from sharing.measures.history import urns_behind
from sharing.measures.one_number import beside_own_whole, instead_of_whole
from sharing.measures.stopped import stopped_of
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment
from sharing.records.figures import KeyData, Shown


def show_key_data(asker: Asker, urn: int, *, to_take_away: str = "") -> KeyData:
    """The Key Data of one's own establishment, or another that takes part.

    `to_take_away`: as which kind of file, or "" for the page.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_key_data", shared=True) as here:
        places = _places(here)
        place = next(one for one in places if one.pk == here.establishment.pk)
        codes = [kind.code for kind in headlines_of(place)]
        similar = similar_to(place, places)
        found = compose(place, cells_here(here, place, codes, areas_of(place), similar))
        here.showed(establishments=1, releases=[origin.id for origin in found.origins], file=to_take_away)
        return KeyData(
            here.here,
            dfe_number=place.dfe_number,
            kind=place.get_kind_display(),
            locality=place.in_locality,
            newest=newest_of(found.measures),
            measures=found.measures,
            not_out=found.not_out,
            origins=found.origins,
            similar=len(similar),
            earlier=urns_behind(place, {year.own.under for measure in found.measures for year in measure.years}),
            stopped=stopped_of(codes),
            with_small=place.pk in where_small_figures_are_seen(here),
            why=here.why,
        )


def cells_here(
    here: Visit,
    place: Establishment,
    codes: Collection[str],
    areas: Iterable[str],
    similar: Collection[Establishment] = (),
) -> dict[Cell, Shown]:
    """What the asker may know about these measures.

    Where an area's figure is withheld, it is the protected one, if that is out. Those who do not see the pupils here
    get protected figures wherever there are any (R12).
    """
    areas, places = list(areas), [place.pk, *(one.pk for one in similar)]
    figures = current_figures(here, measures=codes, establishments=places, areas=areas)
    hidden, covered = withheld_from_the_asker(place, codes)
    hidden |= _withheld_until_a_second_factor(here, place, codes)
    cells, shared = with_withheld(cells_of(place, figures), hidden), areas if reads_shared_areas(here) else []
    if place.pk in where_small_figures_are_seen(here):
        return beside_own_whole(cells, shared, similar)
    return instead_of_whole(place, cells, shared, similar, covered)


def _withheld_until_a_second_factor(here: Visit, place: Establishment, codes: Collection[str]) -> dict[Cell, Shown]:
    """The figures to withhold until a second factor is given.

    PostgreSQL does not know about second factors, so from somebody who would see these pupils with one it withholds
    nothing.
    """
    if here.asker.second_factor or place.pk not in here.holdings.at(Permission.VIEW_PUPILS):
        return {}
    return cells_of(place, small_figures(place, codes), withholds_small=True)


def _places(here: Visit) -> list[Establishment]:
    """Those that take part, the same for every asker, and the establishment whose page this is."""
    this = Establishment.objects.filter(pk=here.establishment.pk)
    return list(with_context((this | Establishment.objects.participating(here.today)).with_membership(here.today)))
