"""Stored figures as records: one for each cell (R31)."""

from sharing.measures.catalogue import COMPARATORS
from sharing.measures.records import FigureRecord
from sharing.models.releases import FigureQuerySet

# The fields of FigureRecord, in its order. No model instances are built, since there are thousands of rows.
_COLUMNS = (
    "measure__code",
    "establishment_id",
    "establishment__urn",
    "area",
    "release__academic_year",
    "group",
    "value",
    "symbol",
    "numerator",
    "denominator",
    "is_small",
    "is_covered",
    "measure__unit",
    "measure__decimals",
    "release_id",
    "release__version",
    "release__dataset__slug",
    "release__status",
    "release__as_of",
    "release__of_all_ages",
    "release__dataset__source",
)


def records_of(figures: FigureQuerySet) -> tuple[FigureRecord, ...]:
    """The figures as records, in their order. An area with no figure in a dataset gets that of the comparators."""
    by_cell: dict[tuple[object, ...], FigureRecord] = {}
    for row in figures.knowing_if_covered().in_order().values_list(*_COLUMNS):
        figure = FigureRecord(*row)
        cell = (figure.measure, figure.academic_year, figure.establishment_id, figure.area, figure.group)
        if figure.dataset != COMPARATORS or cell not in by_cell:
            by_cell[cell] = figure
    return tuple(by_cell.values())
