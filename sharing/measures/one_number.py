"""One number for one group, for who does not see its pupils: the protected one where it is out (R10, R11, R12, R31).

Beneath page, chart, file, dashboard and report, so that no way round shows the exact number beside it (docs/adr/0020).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from statistics import median
from typing import Final

from sharing.key_data import LEAST_SIMILAR, LOCALITY, OWN, SIMILAR, WITHHELD, Cell, withheld
from sharing.measures import writing
from sharing.measures.catalogue import MEASURE
from sharing.measures.protected import AUTHORITY, Asked, protected_figures
from sharing.measures.records import FigureRecord
from sharing.measures.shares import SHARES
from sharing.models import Establishment
from sharing.records.figures import Shown

PROTECTED: Final = "c"
"""The symbol of an exact figure that is not told, because a protected number of the same is."""


def without_whole(figures: Iterable[FigureRecord]) -> tuple[FigureRecord, ...]:
    """The same figures, without the numbers of an establishment in a measure and year in which its protected one is
    out: of all pupils, and of the groups that add up to them. One query, or none."""
    figures = tuple(figures)
    asked = {_of(figure) for figure in figures if figure.urn and figure.measure in SHARES}
    out = protected_figures(asked)
    return tuple(
        replace(figure, value=None, symbol=PROTECTED, numerator=None, denominator=None)
        if figure.urn and _of(figure) in out
        else figure
        for figure in figures
    )


def instead_of_whole(
    place: Establishment, cells: Mapping[Cell, Shown], areas: Iterable[str], similar: Collection[int] = ()
) -> dict[Cell, Shown]:
    """These cells: the protected numbers of the establishment that are out, and then those of similar schools and of
    areas beside it, so that one row has one kind of number. An area without one is withheld there. Two queries."""
    rows = {(code, year) for code, year, whom in cells if whom == OWN and code in SHARES}
    if not rows:
        return dict(cells)
    urns = {f"urn:{urn}" for urn in Establishment.objects.filter(pk__in=similar).values_list("urn", flat=True)}
    members = {OWN: f"urn:{place.urn}"} | {area.partition(":")[0]: area for area in areas if _is_ours(area)}
    found = protected_figures(
        [Asked(code, year, member) for code, year in rows for member in (*members.values(), *urns)]
    )
    covered = {row for row in rows if Asked(*row, members[OWN]) in found}
    kept = {
        cell: shown for cell, shown in cells.items() if cell[:2] not in covered or cell[2] not in (*members, SIMILAR)
    }
    for row in covered:
        for whom, member in members.items():
            shown, before = found.get(Asked(*row, member)), cells.get((*row, whom))
            if shown and (shown.number or whom == OWN):
                kept[*row, whom] = shown
            elif before and before.origin:
                kept[*row, whom] = before if before.text == WITHHELD else withheld(before.origin)
        theirs = [found[one] for urn in urns if (one := Asked(*row, urn)) in found and found[one].number]
        if len(theirs) >= LEAST_SIMILAR:
            kept[*row, SIMILAR] = _middle(row[0], theirs)
    return kept


def _of(figure: FigureRecord) -> Asked:
    return Asked(figure.measure, figure.academic_year, f"urn:{figure.urn}")


def _is_ours(area: str) -> bool:
    return area.partition(":")[0] in (LOCALITY, AUTHORITY)


def _middle(measure: str, figures: Collection[Shown]) -> Shown:
    kind, value = MEASURE[measure], median(Decimal(figure.number) for figure in figures)
    one = next(iter(figures))
    return replace(
        one, text=writing.in_words(value, kind.unit, kind.decimals), number=writing.number(value, kind.decimals)
    )
