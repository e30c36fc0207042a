"""Protected numbers of areas where our own count of them is withheld: stored cells of open statistics (R10, R11, R31).

The share of two published counts, by the rule of every rate. It stands beside an establishment's figure and never in
the place of one, and says whom it counts, because an exact figure may count others (docs/adr/0020). Nothing here asks
who reads: the cells come from whoever may read them, inside a visit or as portal_batch.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sharing.key_data import LOCALITY, WITHHELD, Cell
from sharing.measures import grouping
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.models import Release, StatisticsCell
from sharing.open_statistics import origin_of, shown
from sharing.records.figures import Shown
from sharing.statistics.rates import percent
from sharing.statistics.rules import Rules
from sharing.statistics.stored import PUPILS, key_of

AUTHORITY: Final = "authority"
Member = tuple[str, str]  # a dimension of open statistics and one of its members


@dataclass(frozen=True)
class Share:
    """Which pupils are a share of which, as members of open statistics, and whom that counts, in words."""

    part: Member
    whole: Member | None
    counts: str


_ON_ROLL: Final = "all pupils on roll on census day"
_MEASURED: Final = "pupils of Years 1 to 11 on roll on census day whose attendance is measured"
_OF_A_LOCALITY: Final = (
    "{counts}, without nursery, special and alternative schools, which are counted together for Bradford"
)
SHARES: Final[Mapping[str, Share]] = {
    "roll_fsm": Share(("fsm", "Y"), None, _ON_ROLL),
    "roll_eal": Share(("eal", "O"), None, _ON_ROLL),
    "roll_sen_support": Share(("sen", "K"), None, _ON_ROLL),
    "roll_ehc_plan": Share(("sen", "E"), None, _ON_ROLL),
    "attendance_persistent": Share(("persistently_absent", "Y"), ("persistently_absent", "M"), _MEASURED),
}
"""The measures of which open statistics have the same share."""

_SAME_GROUP: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {"F": "F", "M": "M"},
    "fsm": {"Y": "Y", "N": "N"},
    "sen": {"K": "K", "E": "E"},  # open statistics count those whose needs are not recorded as without
    "eal": {"Y": "O", "N": "E"},
}


@dataclass(frozen=True)
class Asked:
    """A figure of an area (as in Figure.area), of everybody or of a group (sharing.measures.grouping)."""

    measure: str
    academic_year: int
    area: str
    group: str = grouping.TOTAL


def instead_of_withheld(cells: Mapping[Cell, Shown], areas: Iterable[str]) -> dict[Cell, Shown]:
    """These cells: where the figure of an area is withheld, the protected one, if it is out."""
    area_of = {area.partition(":")[0]: area for area in areas}
    asked = {
        (code, year, whom): Asked(code, year, area_of[whom])
        for (code, year, whom), cell in cells.items()
        if whom in area_of and whom in (LOCALITY, AUTHORITY) and cell.text == WITHHELD
    }
    found = protected_figures(asked.values())
    return dict(cells) | {cell: found[one] for cell, one in asked.items() if one in found}


def protected_figures(asked: Collection[Asked]) -> dict[Asked, Shown]:
    """Those of which both counts are out, and are enough for a rate. One query, or none."""
    keys = {one: pair for one in asked if (pair := _keys(one))}
    if not keys:
        return {}
    out = Release.objects.current().filter(dataset__slug=OPEN_STATISTICS)
    wanted = (
        StatisticsCell.objects.for_everybody()
        .of(out)
        .with_keys(sorted({key for pair in keys.values() for key in pair}))
    )
    cells = {
        (cell.release.academic_year, cell.key): cell
        for cell in wanted.filter(indicator=PUPILS).select_related("release__dataset", "release__protected_by")
    }
    found = {}
    for one, pair in keys.items():
        part, whole = (cells.get((one.academic_year, key)) for key in pair)
        if part and whole and (figure := _written(one, part, whole)).number:
            found[one] = figure
    return found


def _keys(asked: Asked) -> tuple[str, str] | None:
    """Where the two counts are stored; None where open statistics have no such share."""
    share, parts = SHARES.get(asked.measure), grouping.parsed(asked.group)
    if share is None or parts is None:
        return None
    group = {(key, _SAME_GROUP.get(key, {}).get(option, "")) for key, option in parts.items()}
    if any(not member for _, member in group):
        return None
    if asked.area != AUTHORITY:
        group.add(("place", asked.area))
    whole = group | {share.whole} if share.whole else group
    return key_of(frozenset(group | {share.part})), key_of(frozenset(whole))


def _written(asked: Asked, part: StatisticsCell, whole: StatisticsCell) -> Shown:
    rules = Rules(base=whole.release.protected_by.base, rate_from=whole.release.protected_by.rate_from)
    counts = SHARES[asked.measure].counts
    return replace(
        shown("attained_percent", percent(int(part.value or 0), int(whole.value or 0), rules)),
        origin=origin_of(whole.release),
        counts=counts if asked.area == AUTHORITY else _OF_A_LOCALITY.format(counts=counts),
    )
