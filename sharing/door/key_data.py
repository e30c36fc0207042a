"""Key Data: an establishment's headline measures over the years, beside those it may be compared with (R3, R20, R31).

One's own establishment and the others that take part. What a figure says is decided once, in `Shown`: the page, the
chart and the files repeat it.
"""

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.context import with_context
from sharing.door.releases import current_figures
from sharing.key_data import areas_of, cells_of, compose, headlines_of, similar_to
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment
from sharing.records import Why
from sharing.records.figures import KeyData


def show_key_data(asker: Asker, urn: int, *, to_take_away: str = "") -> KeyData:
    """The Key Data of one's own establishment, or of another that takes part. `to_take_away`: as which file, if any."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_key_data", shared=True) as here:
        places = _places(here)
        place = next(one for one in places if one.pk == here.establishment.pk)
        codes = [kind.code for kind in headlines_of(place)]
        similar = similar_to(place, places)
        figures = current_figures(here, measures=codes, establishments=[place.pk, *similar], areas=areas_of(place))
        found = compose(place, cells_of(place, figures) | withheld_from_the_asker(place, codes))
        here.showed(establishments=1, releases=[origin.id for origin in found.origins], file=to_take_away)
        number = place.establishment_number
        return KeyData(
            here.here,
            dfe_number=f"{place.la_code}{number:04}" if number else "",
            kind=place.get_kind_display(),
            locality=place.in_locality,
            measures=found.measures,
            not_out=found.not_out,
            origins=found.origins,
            similar=len(similar),
            is_own=place.pk in here.holdings.at(Permission.VIEW_ESTABLISHMENT),
            why=Why(here.reason, here.permission),
        )


def _places(here: Visit) -> list[Establishment]:
    """Those that take part, the same for whoever asks, and the one whose page this is."""
    this = Establishment.objects.filter(pk=here.establishment.pk)
    return list(with_context((this | Establishment.objects.participating(here.today)).with_membership(here.today)))
