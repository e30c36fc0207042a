"""One number per group: a whole one for those who see the pupils, else a protected one once it is out (R11, R12, R31).

Page, chart, file, dashboard and report all use this, so that none of them shows both kinds together (docs/adr/0020).
Both functions start from the cells that may be read and those that are withheld (`with_withheld`); `areas` are those
that the reader shares with.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from statistics import median

from sharing.key_data import LEAST_SIMILAR, OURS, OWN, SIMILAR, WITHHELD, Cell, Row, column_of, withheld
from sharing.measures import writing
from sharing.measures.catalogue import MEASURE
from sharing.measures.protected import URN, Asked, protected_figures
from sharing.measures.shares import SHARES
from sharing.models import Establishment
from sharing.records.figures import Shown


def beside_own_whole(
    cells: Mapping[Cell, Shown], areas: Collection[str], similar: Collection[Establishment]
) -> dict[Cell, Shown]:
    """The cells for someone who sees this establishment's pupils, and so reads whole numbers of it alone.

    A withheld area gets its protected number, and so do similar schools wherever theirs are out. If the protected
    number counts different children from the whole number next to it, it is withheld. Three queries, or none.
    """
    of_areas, of_similar = _withheld_areas(cells, areas), _by_row(cells, similar)
    found = protected_figures({*of_areas.values(), *chain(*of_similar.values())})
    kept = {**cells, **_instead_of_withheld(of_areas, found)}
    for row, asked in of_similar.items():
        if out := [found[one] for one in asked if one in found]:
            middle = _median(row, out)
            if middle and not SHARES[row[0]].beside_whole:
                middle = Shown(WITHHELD, symbol="c", origin=middle.origin)
            _put(kept, (*row, SIMILAR), middle)
    return kept


def instead_of_whole(
    place: Establishment,
    cells: Mapping[Cell, Shown],
    areas: Collection[str],
    similar: Collection[Establishment],
    covered: Collection[Row],
) -> dict[Cell, Shown]:
    """The cells for everybody else.

    Where the establishment's protected number is out, it replaces the whole one. A row has one kind of number only, so
    those of areas and of similar schools are then protected too, or withheld. The same holds in a row that is `covered`
    but whose protected number is no longer shown (stopped, or not in a later version). In other rows, a withheld area
    gets its protected number. Three queries, or none.
    """
    of_areas, of_similar = _withheld_areas(cells, areas), _by_row(cells, similar)
    members = {OWN: f"{URN}{place.urn}"} | _ours(areas)
    of_members = {row: {whom: Asked(*row, member) for whom, member in members.items()} for row in of_similar}
    found = protected_figures(
        {*chain(*of_similar.values()), *(one for asked in of_members.values() for one in asked.values())}
    )
    kept = {**cells, **_instead_of_withheld(of_areas, found)}
    for row, asked in of_members.items():
        if asked[OWN] in found or row in covered:
            for whom, one in asked.items():
                _put(kept, (*row, whom), _protected_or_withheld(whom, found.get(one), kept.get((*row, whom))))
            _put(kept, (*row, SIMILAR), _median(row, [found[one] for one in of_similar[row] if one in found]))
    return kept


def _withheld_areas(cells: Mapping[Cell, Shown], areas: Collection[str]) -> dict[Cell, Asked]:
    """The withheld cells of our own areas, each with the protected number that may replace it."""
    area_of = _ours(areas)
    return {
        (code, year, whom): Asked(code, year, area_of[whom])
        for (code, year, whom), cell in cells.items()
        if whom in area_of and cell.text == WITHHELD and code in SHARES
    }


def _ours(areas: Collection[str]) -> dict[str, str]:
    """The areas that we count ourselves, by the column they are in."""
    return {column_of(area): area for area in areas if column_of(area) in OURS}


def _by_row(cells: Iterable[Cell], similar: Collection[Establishment]) -> dict[Row, list[Asked]]:
    """The establishment's rows that may have protected numbers, each with those of similar schools."""
    rows = [(code, year) for code, year, whom in cells if whom == OWN and code in SHARES]
    return {row: [Asked(*row, f"{URN}{one.urn}") for one in similar] for row in rows}


def _instead_of_withheld(of_areas: Mapping[Cell, Asked], found: Mapping[Asked, Shown]) -> dict[Cell, Shown]:
    """The protected numbers of areas that may be shown next to an establishment's exact figure."""
    return {
        cell: found[one]
        for cell, one in of_areas.items()
        if SHARES[one.measure].beside_whole and one in found and found[one].number
    }


def _protected_or_withheld(whom: str, protected: Shown | None, whole: Shown | None) -> Shown | None:
    """What replaces a whole number in a row of protected ones: the protected number, “Withheld”, or nothing (None)."""
    if protected and (protected.number or whom == OWN):
        return protected
    if whole is None or whole.origin is None:
        return None
    return whole if whole.text == WITHHELD else withheld(whole.origin)


def _put(cells: dict[Cell, Shown], cell: Cell, shown: Shown | None) -> None:
    """Put this into the cell, or remove the cell if there is nothing."""
    if shown:
        cells[cell] = shown
    else:
        cells.pop(cell, None)


def _median(row: Row, out: Iterable[Shown]) -> Shown | None:
    """The median of similar schools, if enough of them have a number. It has as many decimals as theirs: protected
    shares are whole percentages.
    """
    figures = [shown for shown in out if shown.number]
    if len(figures) < LEAST_SIMILAR:
        return None
    numbers = [Decimal(figure.number) for figure in figures]
    value, decimals = median(numbers), max(writing.decimals_of(number) for number in numbers)
    text = writing.in_words(value, MEASURE[row[0]].unit, decimals)
    return replace(figures[0], text=text, number=writing.number(value, decimals), under=None)
