"""From a published file to prepared releases: one for each academic year, a new version where something changed (R22).

Nothing is overwritten and nothing goes out: an officer other than the one who brought the file in checks and schedules
it.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone

from sharing.imports.files import file_hash
from sharing.imports.kinds import Outcome
from sharing.imports.problems import ProblemLog, refused
from sharing.measures.catalogue import COMPARATORS
from sharing.measures.preparing import prepare
from sharing.models import Dataset, Figure, Import, Measure, Release
from sharing.published.placing import Cell, place_all
from sharing.published.told import Published, Told
from sharing.school_year import in_words

Reader = Callable[[Path, int], Published]
Progress = Callable[[int], None]

_NULL: Final = r"\N"
_COLUMNS: Final = 'measure_id, establishment_id, area, "group", value, symbol, numerator, denominator'
_STAGE: Final = f"CREATE TEMP TABLE told_figures ON COMMIT DROP AS SELECT {_COLUMNS} FROM sharing_figure LIMIT 0"  # noqa: S608
_KEEP: Final = (
    f"INSERT INTO sharing_figure (release_id, is_small, {_COLUMNS}) SELECT %s, false, {_COLUMNS} FROM told_figures"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Says:
    """The content of a cell: the part of a figure that another version may change."""

    value: Decimal | None
    symbol: str
    numerator: int | None
    denominator: int | None

    @classmethod
    def of(cls, told: Told | Figure) -> "Says":
        return cls(told.value, told.symbol, told.numerator, told.denominator)


Cells = dict[Cell, Says]


@dataclass
class Change:
    """What the file changes in the figures of one academic year."""

    year: int
    status: Release.Status
    as_of: date
    cells: Cells
    version: int
    added: int
    changed: int
    gone: int
    because: str

    @property
    def is_one(self) -> bool:
        return bool(self.because) or self.version == 1


def bring_in(kind: str, read: Reader, path: Path, *, urn: int | None, apply: bool, progress: Progress) -> Outcome:
    """Read the file and prepare its releases. Called in one transaction as portal_batch; raises ImportRefused.

    A file with the same figures and status as the newest versions changes nothing.
    """
    if urn is not None:
        raise refused("", f"Published figures are for the whole authority, so the {settings.DATA_TEAM} brings them in.")
    published = read(path, settings.AUTHORITY_CODE)
    progress(40)
    placed = place_all(published)
    if not placed.by_year:
        raise refused(
            "", "The file has figures, but for no establishment that is here. Bring in GIAS first, or the right file."
        )
    progress(60)
    dataset, measures = _catalogue(published, apply)
    changes = [
        _change(published, dataset, measures, year, {cell: Says.of(told) for cell, told in cells.items()})
        for year, cells in sorted(placed.by_year.items())
    ]
    if apply:
        _prepare(kind, path, dataset, measures, [change for change in changes if change.is_one], progress)
    progress(100)
    log = ProblemLog()
    for query in (*published.queries, *placed.queries):
        log.add(query)
    return Outcome(
        as_of=max(change.as_of for change in changes),
        title=_title(published, changes),
        changes=_as_changes(changes),
        notes=_notes(published, placed.notes, published.passed_over + placed.passed_over),
        queries=log.queries(),
    )


def _catalogue(published: Published, apply: bool) -> tuple[Dataset, dict[str, int]]:
    """The dataset, and the measures by code. Two files of one dataset wait for each other here."""
    datasets = Dataset.objects.select_for_update() if apply else Dataset.objects.all()
    dataset = datasets.filter(slug=published.dataset).first()
    measures = dict(Measure.objects.values_list("code", "pk"))
    unknown = sorted({told.measure for told in published.figures} - measures.keys())
    if dataset is None or unknown:
        what = unknown[0] if unknown else published.dataset
        raise refused(
            "", f"The portal does not know {what} yet. Its list of measures has to be brought up to date first."
        )
    return dataset, measures


def _change(published: Published, dataset: Dataset, measures: dict[str, int], year: int, told: Cells) -> Change:
    """Compare the figures with the newest version for that year that was not withdrawn."""
    versions = dataset.releases.filter(academic_year=year).order_by("-version")
    newest, kept = versions.first(), versions.exclude(state=Release.State.WITHDRAWN)
    standing = (_not_made_of_stopped(kept) if dataset.slug == COMPARATORS else kept).first()
    status = Release.Status.PROVISIONAL if year in published.provisional else Release.Status.VALIDATED
    before = _cells_of(standing, measures) if standing else {}
    now = _comparators(before, told) if dataset.slug == COMPARATORS else told
    added, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    changed = sum(1 for cell, says in now.items() if cell in before and before[cell] != says)
    is_now = status if standing and standing.status != status and dataset.slug != COMPARATORS else None
    because = _because(is_now, added, changed, gone) if newest else ""
    version = newest.version + 1 if newest else 1
    return Change(year, status, _as_of(published, year), now, version, added, changed, gone, because)


def _not_made_of_stopped(versions: QuerySet[Release]) -> QuerySet[Release]:
    """The versions that were not stopped, nor prepared before the last stop. Comparators build on the version before,
    so stopped figures could otherwise come out again with another file, or from a version prepared while they were out.
    """
    last_stop = versions.filter(state=Release.State.STOPPED).aggregate(at=Max("stopped_at"))["at"]
    kept = versions.exclude(state=Release.State.STOPPED)
    return kept.filter(prepared_at__gt=last_stop) if last_stop else kept


def _comparators(before: Cells, told: Cells) -> Cells:
    """The comparators with this file's figures. Several sources feed them: what this one does not give stays as it was,
    and a figure with its number of pupils or sessions is not replaced by one without.
    """
    kept = {cell for cell, says in told.items() if says.denominator is None and _counts(before.get(cell))}
    return before | {cell: says for cell, says in told.items() if cell not in kept}


def _counts(says: Says | None) -> bool:
    return says is not None and says.denominator is not None


def _because(is_now: Release.Status | None, added: int, changed: int, gone: int) -> str:
    """Why there is a new version, in words; empty when none is needed."""
    numbers = ((added, "added"), (changed, "changed"), (gone, "gone"))
    reasons = [f"figures {what}: {number}" for number, what in numbers if number]
    if is_now:
        reasons.append(f"now {is_now.label.lower()}")
    return f"Another file of the source ({', '.join(reasons)})." if reasons else ""


def _cells_of(release: Release, measures: dict[str, int]) -> Cells:
    codes = {pk: code for code, pk in measures.items()}
    return {
        Cell(figure.establishment_id, figure.area, codes[figure.measure_id], figure.group): Says.of(figure)
        for figure in release.figures.iterator(chunk_size=5000)
    }


def _as_of(published: Published, year: int) -> date:
    """The day the figures are as of: the file's, or the end of their academic year, or today if that is not over."""
    return published.as_of or min(date(year + 1, 8, 31), timezone.localdate())


def _prepare(
    kind: str, path: Path, dataset: Dataset, measures: dict[str, int], changes: list[Change], progress: Progress
) -> None:
    """Make the releases. Who brought the file in, and with which import, is read from the import being applied."""
    came_from = Import.objects.filter(kind=kind, file_hash=file_hash(path), state=Import.State.APPLYING).first()
    for number, change in enumerate(changes):
        release = prepare(
            dataset.slug,
            change.year,
            status=change.status,
            as_of=change.as_of,
            by=came_from.by if came_from else "command line",
            by_id=came_from.by_person_id if came_from else None,
            because=change.because,
            came_from=came_from.pk if came_from else None,
        )
        _copy(release, measures, change.cells)
        progress(60 + 40 * (number + 1) // len(changes))


def _copy(release: Release, measures: dict[str, int], cells: Cells) -> None:
    """COPY into a temporary table and from there into the store: COPY itself does not work under row-level security."""
    rows = StringIO(newline="")
    csv.writer(rows, quoting=csv.QUOTE_MINIMAL).writerows(_as_rows(measures, cells.items()))
    rows.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.copy_expert(f"COPY told_figures ({_COLUMNS}) FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')", rows)
        cursor.execute(_KEEP, [release.pk])
        cursor.execute("DROP TABLE told_figures")


def _as_rows(measures: dict[str, int], cells: Iterable[tuple[Cell, Says]]) -> Iterable[list[object]]:
    for cell, says in cells:
        row = [
            measures[cell.measure], cell.establishment_id, cell.area, cell.group, says.value, says.symbol,
            says.numerator, says.denominator,
        ]  # fmt: skip
        yield [_NULL if value is None else value for value in row]


def _title(published: Published, changes: list[Change]) -> str:
    first, last = changes[0], changes[-1]
    years = in_words(first.year) + (f" to {in_words(last.year)}" if first is not last else "")
    statuses = " and ".join(sorted({change.status.label.lower() for change in changes}))
    return f"{published.title}, {years}, {statuses}"


def _as_changes(changes: list[Change]) -> list[tuple[str, int]]:
    """What changes, in words; empty for a file that changes nothing."""
    return [
        (f"{in_words(change.year)}, version {change.version}: figures {what}", number)
        for change in changes
        if change.is_one
        for what, number in (
            ("added", change.added),
            ("changed", change.changed),
            ("gone", change.gone),
            ("in all", len(change.cells)),
        )
        if number
    ]


def _notes(published: Published, notes: list[str], passed_over: dict[str, int]) -> list[str]:
    """Notes on what was read, what was skipped, and the symbols found in place of numbers."""
    lines = [f"Rows with figures: {published.rows:,}."]
    lines += [f"Passed over: {number:,} {words}." for words, number in sorted(passed_over.items())]
    if published.symbols:
        counted = ", ".join(f"{symbol} {number:,}" for symbol, number in sorted(published.symbols.items()))
        lines.append(f"Kept as symbols, without a number: {counted}.")
    return [*lines, *notes]
