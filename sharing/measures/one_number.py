"""One number for one group, for who does not see its pupils: the protected one where it is out (R10, R11, R12, R31).

Beneath page, chart, file, dashboard and report, so that no way round shows the exact number beside it (docs/adr/0020).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from statistics import median
from typing import Final

from sharing.key_data import LEAST_SIMILAR, LOCALITY, OWN, SIMILAR, WITHHELD, Cell, column_of, with_withheld, withheld
from sharing.measures import writing
from sharing.measures.catalogue import MEASURE
from sharing.measures.protected import AUTHORITY, Asked, protected_figures, withheld_areas
from sharing.measures.shares import SHARES
from sharing.models import Establishment
from sharing.records.figures import Shown
from sharing.statements import rows_of

_NOT_BESIDE: Final = Shown(WITHHELD, symbol="c")
_COVERED: Final = """
    SELECT DISTINCT academic_year FROM portal_withheld_figures(%s) AS withheld
    JOIN sharing_measure AS measure ON measure.id = measure_id
    JOIN sharing_release AS release ON release.id = release_id
    WHERE is_covered AND code = %s
"""


def covered_years(place: Establishment, measure: str) -> set[int]:
    """The academic years in which a protected number stands for the measure of the establishment: PostgreSQL says so
    also to who may not read the whole one. None outside a visit."""
    return {year for (year,) in rows_of(_COVERED, place.pk, measure)}


def beside_own_whole(
    cells: Mapping[Cell, Shown], areas: Iterable[str], similar: Collection[Establishment]
) -> dict[Cell, Shown]:
    """These cells, for who sees the pupils and so reads whole numbers, of this establishment alone: the protected one
    of an area that is withheld, and of similar schools wherever theirs are out. Where those count other children than
    the whole number beside them, they are withheld. Three queries, or none."""
    of_areas = withheld_areas(cells, areas)
    rows = {cell[:2] for cell in cells if cell[2] == OWN and cell[0] in SHARES}
    of_similar = {row: [Asked(*row, f"urn:{one.urn}") for one in similar] for row in rows}
    found = protected_figures({*of_areas.values(), *(one for of_row in of_similar.values() for one in of_row)})
    kept = dict(cells)
    kept |= _instead_of_withheld(of_areas, found)
    for row, asked in of_similar.items():
        out = [found[one] for one in asked if one in found]
        if out:
            kept.pop((*row, SIMILAR), None)
        if middle := _middle(row[0], out):
            kept[*row, SIMILAR] = middle if SHARES[row[0]].beside_whole else replace(_NOT_BESIDE, origin=middle.origin)
    return kept


def instead_of_whole(
    place: Establishment,
    cells: Mapping[Cell, Shown],
    hidden: Mapping[Cell, Shown],
    areas: Iterable[str],
    similar: Collection[Establishment],
    *,
    shared: Iterable[str],
) -> dict[Cell, Shown]:
    """These cells with those that are withheld (`hidden`): the protected numbers of the establishment that are out, and
    then those of similar schools and of areas beside it, so that one row has one kind of number. An area without one is
    withheld there; elsewhere, one of `shared` has the protected number for a withheld one. Three queries, or none."""
    of_areas = withheld_areas(hidden, shared)
    rows = {(code, year) for code, year, whom in (*cells, *hidden) if whom == OWN and code in SHARES}
    urns = {f"urn:{one.urn}" for one in similar}
    members = {OWN: f"urn:{place.urn}"} | {column_of(area): area for area in areas if _is_ours(area)}
    found = protected_figures(
        {*of_areas.values(), *(Asked(*row, member) for row in rows for member in (*members.values(), *urns))}
    )
    cells = with_withheld(cells, {**hidden, **_instead_of_withheld(of_areas, found)})
    covered = {row for row in rows if Asked(*row, members[OWN]) in found}
    kept = {
        cell: shown for cell, shown in cells.items() if cell[:2] not in covered or cell[2] not in (*members, SIMILAR)
    }
    for row in covered:
        for whom, member in members.items():
            if shown := _protected_or_withheld(whom, found.get(Asked(*row, member)), cells.get((*row, whom))):
                kept[*row, whom] = shown
        if middle := _middle(row[0], [found[one] for urn in urns if (one := Asked(*row, urn)) in found]):
            kept[*row, SIMILAR] = middle
    return kept


def _protected_or_withheld(whom: str, protected: Shown | None, whole: Shown | None) -> Shown | None:
    """What stands in a row of protected numbers in the place of a whole one, if anything does."""
    if protected and (protected.number or whom == OWN):
        return protected
    if whole is None or whole.origin is None:
        return None
    return whole if whole.text == WITHHELD else withheld(whole.origin)


def _instead_of_withheld(of_areas: Mapping[Cell, Asked], found: Mapping[Asked, Shown]) -> dict[Cell, Shown]:
    """The protected numbers that are out, where they may stand beside an establishment's exact figure."""
    return {
        cell: found[one]
        for cell, one in of_areas.items()
        if SHARES[cell[0]].beside_whole and one in found and found[one].number
    }


def _is_ours(area: str) -> bool:
    return column_of(area) in (LOCALITY, AUTHORITY)


def _middle(measure: str, out: Iterable[Shown]) -> Shown | None:
    """The median of similar schools, if enough of them have a number. It is written as finely as theirs are: protected
    shares are whole numbers of percent."""
    figures = [shown for shown in out if shown.number]
    if len(figures) < LEAST_SIMILAR:
        return None
    numbers = [Decimal(figure.number) for figure in figures]
    value, decimals = median(numbers), max(writing.decimals_of(number) for number in numbers)
    return replace(
        figures[0],
        under=None,
        text=writing.in_words(value, MEASURE[measure].unit, decimals),
        number=writing.number(value, decimals),
    )
