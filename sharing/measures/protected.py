"""Protected numbers in place of our own count: stored cells of open statistics (R10, R11, R31).

A number is a count, the share of two, or a mean, by the rules of its release. It comes with whom it counts, because an
exact figure may count others (docs/adr/0020). Nothing here checks the reader: the cells read are those the reader may
see, inside a visit or as portal_batch.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.conf import settings

from sharing.key_data import AUTHORITY, LOCALITY
from sharing.measures import grouping, writing
from sharing.measures.catalogue import MEASURE, OPEN_STATISTICS
from sharing.measures.cells import FEWEST
from sharing.measures.history import earlier_urns
from sharing.measures.shares import IN_WORDS, SHARES
from sharing.models import Release, StatisticsCell, StatisticsDimension
from sharing.open_statistics import protected_origin_of, shown
from sharing.records.figures import Shown
from sharing.statistics.rates import percent
from sharing.statistics.rules import Rules
from sharing.statistics.stored import PUPILS, key_of
from sharing.statistics.symbols import Symbol

URN: Final = "urn:"
PLACE: Final = "place=locality:"

MEAN: Final = "attendance_mean"
_OF_A_LOCALITY: Final = (
    "{counts}, without nursery, special and alternative schools, which are counted together for "
    + settings.AUTHORITY_AREA
)

_SAME_GROUP: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {"F": "F", "M": "M"},
    "fsm": {"Y": "Y", "N": "N"},
    "sen": {"K": "K", "E": "E"},  # not N: there open statistics also count those whose needs are not recorded
    "eal": {"Y": "O", "N": "E"},
}


@dataclass(frozen=True)
class Asked:
    """A figure of an area (as in Figure.area) or an establishment (urn:107000), of everybody or of a group
    (sharing.measures.grouping).
    """

    measure: str
    academic_year: int
    area: str
    group: str = grouping.TOTAL

    @property
    def urn(self) -> int | None:
        """The establishment's URN, or None for an area."""
        return int(self.area.removeprefix(URN)) if self.area.startswith(URN) else None


def protected_figures(asked: Collection[Asked]) -> dict[Asked, Shown]:
    """Those of the figures that are out, each as a number or the symbol in its place. For years before an establishment
    had its URN they are found under the earlier one. Three queries, or none.
    """
    earlier = _under_earlier_urns(asked)
    found = _stored({*asked, *(other for others in earlier.values() for other in others)})
    for one, others in earlier.items():
        other = next((other for other in others if other in found), None)
        if other and one not in found:
            found[one] = replace(found[other], under=other.urn)
    return {one: found[one] for one in asked if one in found}


def _under_earlier_urns(asked: Collection[Asked]) -> dict[Asked, list[Asked]]:
    """The same figures under each establishment's earlier URNs, latest first, for the years that those speak for."""
    urns = {one.urn for one in asked if one.urn and one.measure in SHARES}
    earlier = earlier_urns(urns) if urns else {}
    return {
        one: [replace(one, area=f"{URN}{urn}") for urn in earlier[one.urn, one.academic_year]]
        for one in asked
        if one.urn and (one.urn, one.academic_year) in earlier
    }


def _stored(asked: Collection[Asked]) -> dict[Asked, Shown]:
    """Those of the figures that are out under their own URN. Two queries, or none.

    A Locality of fewer than three establishments has none, just as it has no figure that we count ourselves: someone
    who knows one of two could subtract it to get the other, and a mean reveals more than the establishment's own “Too
    few pupils” (R11).
    """
    keys_of = {one: keys for one in asked if (keys := _keys(one))}
    if not keys_of:
        return {}
    out = Release.objects.current().filter(dataset__slug=OPEN_STATISTICS)
    wanted = StatisticsCell.objects.of(out).with_keys(sorted({key for keys in keys_of.values() for key, _ in keys}))
    stored = list(
        wanted.filter(indicator__in=(PUPILS, MEAN)).select_related("release__dataset", "release__protected_by")
    )
    few = _of_few(stored)
    cells = {
        (cell.release.academic_year, cell.key, cell.indicator): cell
        for cell in stored
        if cell not in few and cell.symbol != Symbol.IMPOSSIBLE
    }
    found: dict[Asked, Shown] = {}
    for one, keys in keys_of.items():
        there = [cell for key in keys if (cell := cells.get((one.academic_year, *key)))]
        if len(there) == len(keys):
            found[one] = _written(one, there)
    return found


def _of_few(cells: Iterable[StatisticsCell]) -> set[StatisticsCell]:
    """The cells of a Locality in which the release counts fewer than three establishments with the cell's year group.
    One query, or none. It is not done in SQL, where each cell would search the tree of all establishments again.
    """
    groups = {cell: dict(pair.split("=") for pair in cell.key.split("|")) for cell in cells if PLACE in cell.key}
    releases = {cell.release_id for cell in groups}
    counted, without = Counter[tuple[int, str]](), Counter[tuple[int, str, str]]()
    for tree in StatisticsDimension.objects.filter(name="place", release__in=releases) if releases else ():
        locality = {member["code"]: member["parent"] for member in tree.members}
        counted.update((tree.release_id, place) for place in locality.values())
        without.update((tree.release_id, locality[code], year) for code, of, year in tree.impossible if of == "year")

    def have_it(cell: StatisticsCell, group: Mapping[str, str]) -> int:
        of = cell.release_id, group["place"]
        return counted[of] - without[*of, group.get("year", "")]

    return {cell for cell, group in groups.items() if have_it(cell, group) < FEWEST}


def _keys(asked: Asked) -> tuple[tuple[str, str], ...] | None:
    """Where its numbers are stored, as (key, indicator): the whole, then the part. None if there are none."""
    share, parts = SHARES.get(asked.measure), grouping.parsed(asked.group)
    if share is None or parts is None:
        return None
    group = {(key, _SAME_GROUP.get(key, {}).get(option, "")) for key, option in parts.items()}
    if any(not member for _, member in group):
        return None
    if asked.area != AUTHORITY:
        group.add(("place", asked.area))
    if share.is_mean:
        return ((key_of(frozenset(group)), MEAN),)
    whole = group | {share.whole} if share.whole else group
    if share.part is None:
        return ((key_of(frozenset(whole)), PUPILS),)
    # A part of those whose outcome is measured is stored without repeating that it is measured.
    part = group if share.whole and share.whole[0] == share.part[0] else whole
    return (key_of(frozenset(whole)), PUPILS), (key_of(frozenset(part | {share.part})), PUPILS)


def _written(asked: Asked, cells: list[StatisticsCell]) -> Shown:
    kept, share = cells[0].release.protected_by, SHARES[asked.measure]
    if share.part:
        whole, part = (int(cell.value or 0) for cell in cells)
        figure = shown("attained_percent", percent(part, whole, Rules(base=kept.base, rate_from=kept.rate_from)))
    else:
        figure = _number(asked.measure, cells[0], is_mean=share.is_mean)
    of_a_locality = asked.area.startswith(LOCALITY)
    return replace(
        figure,
        text=IN_WORDS.get(figure.symbol, figure.text),
        origin=protected_origin_of(cells[0].release),
        counts=_OF_A_LOCALITY.format(counts=share.counts) if of_a_locality else share.counts,
    )


def _number(measure: str, cell: StatisticsCell, *, is_mean: bool) -> Shown:
    if cell.value is None:
        return shown(PUPILS, Symbol(cell.symbol))
    value, kind = Decimal(100) - cell.value if is_mean else cell.value, MEASURE[measure]
    return Shown(writing.in_words(value, kind.unit, kind.decimals), writing.number(value, kind.decimals))
