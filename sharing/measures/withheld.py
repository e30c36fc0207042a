"""Figures that the asker may not read: PostgreSQL says only that they exist (R12, R31, R35)."""

from collections.abc import Collection

from sharing.key_data import Cell, Row, column_of, origin, withheld
from sharing.models import Establishment
from sharing.records.figures import Shown
from sharing.statements import rows_of, values_of

_WITHHELD = """
    SELECT is_covered, code, withheld.area, of_all_ages, release.id, slug, academic_year, version, status, as_of
    FROM portal_withheld_figures(%s) AS withheld
    JOIN sharing_measure AS measure ON measure.id = measure_id
    JOIN sharing_release AS release ON release.id = release_id
    JOIN sharing_dataset AS dataset ON dataset.id = release.dataset_id
"""
_COVERED = """
    SELECT DISTINCT academic_year FROM portal_withheld_figures(%s) AS withheld
    JOIN sharing_measure AS measure ON measure.id = measure_id
    JOIN sharing_release AS release ON release.id = release_id
    WHERE is_covered AND code = %s
"""


def withheld_from_the_asker(place: Establishment, codes: Collection[str]) -> tuple[dict[Cell, Shown], set[Row]]:
    """The cells where a figure of these measures is out and withheld, for the establishment or its areas; and the
    covered rows, as in `covered_years`. Both are empty outside a visit.
    """
    told = [row for row in rows_of(_WITHHELD, place.pk) if row[1] in codes]
    cells = {
        (code, year, column_of(area)): withheld(origin(release, dataset, year, *more, of_all_ages=of_all_ages))
        for _, code, area, of_all_ages, release, dataset, year, *more in told
    }
    return cells, {(code, year) for is_covered, code, _, _, _, _, year, *_ in told if is_covered}


def covered_years(place: Establishment, measure: str) -> set[int]:
    """The academic years in which a protected number replaces the establishment's measure and its own figure is not of
    few children as well. PostgreSQL gives the same answer to those who may read the whole one.
    """
    return set(values_of(_COVERED, place.pk, measure))
