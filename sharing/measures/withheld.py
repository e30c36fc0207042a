"""Figures that the asker may not read: PostgreSQL says only that they are there (R12, R31, R35)."""

from collections.abc import Collection

from sharing.key_data import Cell, column_of, withheld
from sharing.measures.catalogue import DATASET
from sharing.models import Establishment, Release
from sharing.records.figures import Origin, Shown
from sharing.school_year import in_words
from sharing.statements import rows_of

_WITHHELD = """
    SELECT code, academic_year, withheld.area, release.id, slug, version, status, as_of
    FROM portal_withheld_figures(%s) AS withheld
    JOIN sharing_measure AS measure ON measure.id = measure_id
    JOIN sharing_release AS release ON release.id = release_id
    JOIN sharing_dataset AS dataset ON dataset.id = release.dataset_id
"""


def withheld_from_the_asker(place: Establishment, codes: Collection[str]) -> dict[Cell, Shown]:
    """Where a figure of these measures is out and withheld, of the establishment or its areas. None outside a visit."""
    rows = rows_of(_WITHHELD, place.pk)
    return {
        (code, year, column_of(area)): withheld(
            Origin(
                id=release_id,
                dataset=DATASET[dataset].name,
                year=in_words(year),
                version=version,
                status=Release.Status(status).label,
                as_of=as_of,
                source=DATASET[dataset].source,
                owner=DATASET[dataset].owner,
            )
        )
        for code, year, area, release_id, dataset, version, status, as_of in rows
        if code in codes
    }
