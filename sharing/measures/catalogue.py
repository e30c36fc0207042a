"""The closed list of datasets and measures (R22, R29): a figure of anything else does not exist.

`sync` brings the tables in line with this list. A measure that has figures keeps its unit and its denominator for ever,
so that any two figures of one measure are comparable.
"""

from sharing.ledger import ledger
from sharing.measures import attainment, attending, context
from sharing.measures.shape import DatasetKind, MeasureKind
from sharing.models.releases import Dataset, Figure, Measure
from sharing.roles import BATCH, acting_as

DATASETS: tuple[DatasetKind, ...] = (*attainment.DATASETS, *attending.DATASETS, *context.DATASETS)
MEASURES: tuple[MeasureKind, ...] = (*attainment.MEASURES, *attending.MEASURES, *context.MEASURES)
DATASET = {dataset.slug: dataset for dataset in DATASETS}
MEASURE = {measure.code: measure for measure in MEASURES}
# Our own count -> the published measure for which it stands in until that is out.
STANDS_IN_FOR = attainment.STANDS_IN_FOR
# The dataset whose figures of areas are shown where the measure's own dataset has none.
COMPARATORS = "comparators"
# The dataset without measures: its numbers are protected statistics, in tables of their own.
OPEN_STATISTICS = context.OPEN_STATISTICS

_OF_DATASETS = ("name", "owner", "source", "description", "is_published_elsewhere")
_OF_MEASURES = ("name", "unit", "decimals", "denominator", "direction", "is_outcome", "definition", "phases")
_FIXED_BY_USE = ("unit", "denominator")


class MeasureInUse(Exception):
    """The catalogue would change the unit or denominator of a measure that has figures."""


def sync(measures: tuple[MeasureKind, ...] = MEASURES) -> int:
    """Bring the tables in line with the catalogue, and return the number of rows written. Repeating it changes nothing.

    Nothing is deleted: what has left the catalogue stays for the releases that used it. Raises MeasureInUse.
    """
    with acting_as(BATCH):
        written = _sync_datasets(DATASETS) + _sync_measures(measures)
        if written:
            ledger.changed(action="sync_measures", about={"rows": written})
    return written


def _sync_datasets(kinds: tuple[DatasetKind, ...]) -> int:
    stored = {dataset.slug: dataset for dataset in Dataset.objects.all()}
    written = 0
    for kind in kinds:
        wanted = {name: getattr(kind, name) for name in _OF_DATASETS}
        row = stored.get(kind.slug) or Dataset(slug=kind.slug)
        if row.pk is None or any(getattr(row, name) != value for name, value in wanted.items()):
            Dataset.objects.update_or_create(slug=kind.slug, defaults=wanted)
            written += 1
    return written


def _sync_measures(kinds: tuple[MeasureKind, ...]) -> int:
    of_slug = {dataset.slug: dataset for dataset in Dataset.objects.all()}
    stored = {measure.code: measure for measure in Measure.objects.all()}
    written = 0
    for place, kind in enumerate(kinds):
        wanted = {name: getattr(kind, name) for name in _OF_MEASURES}
        wanted |= {"phases": list(kind.phases), "place": place, "dataset": of_slug[kind.dataset]}
        row = stored.get(kind.code)
        if row is None or any(getattr(row, name) != value for name, value in wanted.items()):
            if row:
                _refuse_another_meaning(row, wanted)
            Measure.objects.update_or_create(code=kind.code, defaults=wanted)
            written += 1
    return written


def _refuse_another_meaning(row: Measure, wanted: dict[str, object]) -> None:
    changed = [name for name in _FIXED_BY_USE if getattr(row, name) != wanted[name]]
    if changed and Figure.objects.filter(measure=row).exists():
        name = changed[0]
        raise MeasureInUse(
            f"A measure with two {name}s: {row.code} has figures with the {name} “{getattr(row, name)}”, and the "
            f"catalogue now says “{wanted[name]}”. Give the new measure a code of its own."
        )
