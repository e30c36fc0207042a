"""Data quality across establishments: by whether their returns have arrived, never by their content (P9, R23, R29)."""

from collections import Counter

from sharing.authorise import Asker, NotAtYourLevel, Permission, visit
from sharing.authorise.visits import NEEDED_ON_EDUNET
from sharing.door.paging import slice_of
from sharing.door.returns import OF_WHOM, Known
from sharing.models import Establishment
from sharing.ordering import Comparison, ContextKey
from sharing.records.workbench import ReturnsAcross, ReturnsOf
from sharing.returns import CENSUS, WORKFORCE, Expected, Status

ORDER = Comparison(ContextKey.NAME, "you can find who still has to send something")


def show_returns_across(asker: Asker, *, state: str = "", number: int = 1) -> ReturnsAcross:
    """The latest returns of each establishment whose records the asker keeps, without those that had closed before the
    oldest of the last twelve months. `state`: a Status, or empty for all."""
    with visit(asker, Permission.KEEP_RECORDS, action="show_returns_across") as here:
        if not here.holdings.at(Permission.KEEP_RECORDS):
            raise NotAtYourLevel(NEEDED_ON_EDUNET[Permission.KEEP_RECORDS])
        known = Known.of_all(here.today)
        census, workforce = (_latest(kind, known.wanted) for kind in (CENSUS, WORKFORCE))
        kept = here.establishments_with(Permission.KEEP_RECORDS).in_our_time().exclude(kind="")
        owing = kept.not_closed_on(known.wanted[-1].reference_day).by_name()
        lines = [_line(place, known, census, workforce) for place in owing.only(*OF_WHOM)]
        states = Counter(status for line in lines for status in {line.census, line.workforce} if status)
        found = [line for line in lines if not state or state in (line.census, line.workforce)]
        here.showed(establishments=len(found), state=state, **ORDER.for_the_ledger)
        return ReturnsAcross(
            page=slice_of(found, number),
            states=tuple((status.value, states[status.value]) for status in Status),
            census_day=census.reference_day if census else None,
            workforce_day=workforce.reference_day if workforce else None,
            order=ORDER,
            why=here.why_anywhere(),
        )


def _latest(kind: str, wanted: tuple[Expected, ...]) -> Expected | None:
    return next((one for one in wanted if one.kind == kind), None)


def _line(place: Establishment, known: Known, census: Expected | None, workforce: Expected | None) -> ReturnsOf:
    def words(wanted: Expected | None) -> str:
        status = known.status_at(place, wanted) if wanted else None
        return status.value if status else ""

    return ReturnsOf(
        place.urn, place.name, place.get_kind_display(), words(census), words(workforce), len(known.late_at(place))
    )
