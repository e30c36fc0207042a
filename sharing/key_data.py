"""What Key Data says about an establishment, worked out once for the page, its files and the reports (R3, R20, R31).

Nothing here asks who is reading: the caller fetches the figures, inside a visit or as portal_batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from django.conf import settings

from sharing.charts import Series, panels_of
from sharing.context import alike
from sharing.measures.catalogue import DATASET, MEASURE, STANDS_IN_FOR
from sharing.measures.records import FigureRecord, status_in_words
from sharing.measures.shape import MeasureKind, defined, phases_of
from sharing.models import Establishment, Measure
from sharing.models.establishments import Kind
from sharing.records.figures import (
    MeasureOfPlace,
    Newest,
    NewestBeside,
    NewestOfMeasure,
    Origin,
    Shown,
    YearOfFigures,
)
from sharing.school_year import in_words

HEADLINES = (
    "eyfsp_gld", "phonics_met",
    "ks2_rwm_expected", "ks2_rwm_higher", "ks2_counts_rwm_expected", "ks2_counts_rwm_higher",
    "ks2_reading_score", "ks2_maths_score",
    "ks4_attainment8", "ks4_counts_attainment8", "ks4_progress8", "ks4_english_maths_5",
    "absence_overall", "absence_persistent", "attendance_absence", "attendance_persistent",
    "published_suspensions_rate", "suspensions_rate",
    "roll_pupils", "roll_fsm", "roll_eal", "roll_sen_support", "roll_ehc_plan",
    "census_pupils", "census_fsm6", "census_eal",
)  # fmt: skip
YEARS_SHOWN = 5
SIMILAR_SCHOOLS, LEAST_SIMILAR = 10, 3
OWN, SIMILAR, LOCALITY, AUTHORITY = "own", "similar", "locality", "authority"
OURS = {LOCALITY, AUTHORITY}
"""The areas that we count, beside what is published of them."""
AREAS = {AUTHORITY: settings.AUTHORITY_AREA, "england": "England"}
# The figures published for an area's schools of one phase are shown beside a school of that phase.
PHASES = {"primary": "primary schools", "secondary": "secondary schools", "special": "special schools"}
_PHASE = {2: "primary", 3: "primary", 4: "secondary", 5: "secondary"}  # middle schools count as they are deemed
WITHHELD = "Withheld"
# Counts are not compared: an area's count is the sum of all its schools.
NO_COMPARISON = {Measure.Unit.NUMBER}
MISSING, TOO_FEW = Shown("None out", symbol="x"), Shown("Too few", symbol="x")
# Measure, academic year, whose figure: own, similar, locality, authority, england, england:primary.
Row = tuple[str, int]  # a measure and an academic year
Cell = tuple[str, int, str]


@dataclass(frozen=True)
class Composed:
    """The published figures of an establishment's headline measures. `not_out`: the measures that have none."""

    measures: tuple[MeasureOfPlace, ...]
    not_out: tuple[str, ...]
    origins: tuple[Origin, ...]


def headlines_of(place: Establishment) -> list[MeasureKind]:
    """The headline measures of the stages that the establishment has."""
    stages = set(phases_of(place.low_age, place.high_age))
    return [kind for code in HEADLINES if not (kind := MEASURE[code]).phases or stages & set(kind.phases)]


def areas_of(place: Establishment) -> list[str]:
    """The areas to compare it with, as in Figure.area. `place` comes with its membership."""
    return [*named_areas_of(place), *([f"locality:{place.in_locality_id}"] if place.in_locality else [])]


def named_areas_of(place: Establishment) -> dict[str, str]:
    """Bradford and England in words, each before its schools of the establishment's phase."""
    phase = "special" if place.counts_as == Kind.SPECIAL else _PHASE.get(place.phase_code or 0)
    areas = [one for area in AREAS for one in (area, f"{area}:{phase}" if phase else area)]
    return {area: area_in_words(area) for area in areas}


def area_in_words(area: str) -> str:
    """ "England", "England (primary schools)"."""
    of, _, phase = area.partition(":")
    return f"{AREAS[of]} ({PHASES[phase]})" if phase else AREAS[of]


def column_of(area: str) -> str:
    """The column of an area's figure: every Locality has the same one, and a figure without an area is one's own."""
    return LOCALITY if area.startswith(f"{LOCALITY}:") else area or OWN


def similar_to(place: Establishment, places: Sequence[Establishment]) -> list[Establishment]:
    """Those most like it among the ones that take part; none if it does not take part itself (R16)."""
    if not place.takes_part_since:
        return []
    return [like.establishment for like in alike(place, places)[:SIMILAR_SCHOOLS]]


def compose(place: Establishment, cells: Mapping[Cell, Shown]) -> Composed:
    """The measures with their published figures, and the releases that these come from."""
    names = {SIMILAR: "Similar schools (median)"} | ({LOCALITY: place.in_locality} if place.in_locality else {})
    names |= named_areas_of(place)
    cells = published_first(cells)
    measures = tuple(_measure(kind, cells, names, place.name) for kind in headlines_of(place))
    shown = tuple(measure for measure in measures if measure.years)
    origins = {origin for measure in shown for year in measure.years for origin in year.origins}
    return Composed(
        shown,
        tuple(measure.name for measure in measures if not measure.years and measure.code not in STANDS_IN_FOR),
        tuple(sorted(origins, key=lambda origin: origin.id)),
    )


def newest_of(measures: Sequence[MeasureOfPlace]) -> Newest:
    """For each measure, the newest year with a published figure of the establishment, as its own table shows it."""
    names = {area: name for measure in measures for area, name in zip(measure.areas, measure.beside, strict=True)}
    heads = {SIMILAR: names.get(SIMILAR, ""), LOCALITY: names.get(LOCALITY, "")} | AREAS
    columns = [whom for whom in heads if any(area.partition(":")[0] == whom for area in names)]
    rows = []
    for measure in measures:
        newest = next((year for year in measure.years if year.own.origin), measure.years[0])
        beside = tuple(_closest(whom, measure, newest) for whom in columns)
        counted = Measure.Unit.RATE.label if measure.unit == Measure.Unit.RATE else ""
        rows.append(NewestOfMeasure(measure.code, measure.name, counted, newest.year, newest.own, beside))
    return Newest(tuple(heads[whom] for whom in columns), tuple(rows))


def _closest(whom: str, measure: MeasureOfPlace, year: YearOfFigures) -> NewestBeside | None:
    """The figure of the area's schools of the same phase, or of all its schools if only that is a number."""
    theirs = [
        NewestBeside(shown, PHASES.get(area.partition(":")[2], ""))
        for area, shown in zip(measure.areas, year.beside, strict=True)
        if area.partition(":")[0] == whom
    ]
    return max(theirs, key=lambda one: (bool(one.shown.number), bool(one.phase)), default=None)


def published_first(cells: Mapping[Cell, Shown]) -> dict[Cell, Shown]:
    """The cells without our own counts for years whose published figure is out, even a withheld one (docs/adr/0019)."""
    out = {(code, year) for code, year, whom in cells if whom == OWN}
    return {
        (code, year, whom): shown
        for (code, year, whom), shown in cells.items()
        if (STANDS_IN_FOR.get(code), year) not in out
    }


def cells_of(
    place: Establishment, figures: Iterable[FigureRecord], *, withholds_small: bool = False
) -> dict[Cell, Shown]:
    """What has been published, as it is written, and the median of similar schools from what everybody may see.

    `withholds_small` writes it as for somebody who sees no pupils here, whoever reads (R12).
    """
    cells: dict[Cell, Shown] = {}
    theirs: dict[tuple[str, int], list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        if figure.establishment_id in (None, place.pk):
            cell = figure.measure, figure.academic_year, column_of(figure.area)
            if withholds_small and not figure.is_told_to_everybody:
                cells.setdefault(cell, withheld(origin_of(figure)))
            else:
                cells[cell] = written(figure, place)
        elif figure.value is not None and figure.is_told_to_everybody:
            theirs[figure.measure, figure.academic_year].append(figure)
    for (code, year), of_others in theirs.items():
        if len(of_others) >= LEAST_SIMILAR:
            middle = median(figure.value for figure in of_others if figure.value is not None)
            cells[code, year, SIMILAR] = written(replace(of_others[0], value=middle))
    return cells


def with_withheld(cells: Mapping[Cell, Shown], hidden: Mapping[Cell, Shown]) -> dict[Cell, Shown]:
    """What is out, with what is withheld: for areas with nothing else, in years that the establishment has."""
    own = {(code, year) for code, year, whom in (*cells, *hidden) if whom == OWN}
    return {cell: shown for cell, shown in hidden.items() if cell[:2] in own} | dict(cells)


def withheld(origin: Origin) -> Shown:
    return Shown(WITHHELD, symbol="c", origin=origin)


def whom_protected_count(cells: Iterable[tuple[str, Shown]]) -> tuple[str, ...]:
    """A sentence for each area that has protected figures among these cells, given as (whose, cell)."""
    return tuple(
        dict.fromkeys(f"Protected figures of {whom} count {cell.counts}." for whom, cell in cells if cell.counts)
    )


def written(figure: FigureRecord, place: Establishment | None = None) -> Shown:
    """The figure as it is shown. `place` is today's establishment, if the figure is its own."""
    number = "" if figure.value is None else figure.plain
    under = figure.urn if place and figure.urn not in (None, place.urn) else None
    return Shown(figure.text, number, symbol="" if number else figure.plain, origin=origin_of(figure), under=under)


def origin_of(figure: FigureRecord) -> Origin:
    return origin(
        figure.release_id, figure.dataset, figure.academic_year, figure.version, figure.status, figure.as_of,
        of_all_ages=figure.of_all_ages,
    )  # fmt: skip


def origin(
    release: int, dataset: str, year: int, version: int, status: str, as_of: date, *, of_all_ages: bool
) -> Origin:
    """The origin of a figure, in the same words whether the figure is shown or withheld."""
    kind, words = DATASET[dataset], status_in_words(status, of_all_ages=of_all_ages)
    return Origin(release, kind.name, in_words(year), version, words, as_of, kind.source, kind.owner)


def _measure(kind: MeasureKind, cells: Mapping[Cell, Shown], names: Mapping[str, str], own: str) -> MeasureOfPlace:
    """The measure with its years, newest first: those in which the establishment or an area compared has a figure."""
    compared = {} if kind.unit in NO_COMPARISON else names
    told = {whom: {year for code, year, at in cells if (code, at) == (kind.code, whom)} for whom in (OWN, *compared)}
    of_whom = [whom for whom in compared if told[whom] and not _is_told_closer(whom, told)]
    years = sorted({year for whom in (OWN, *of_whom) for year in told[whom]})[-YEARS_SHOWN:]
    rows = [
        YearOfFigures(
            year=in_words(year),
            period=f"{year}{(year + 1) % 100:02}",
            own=cells.get((kind.code, year, OWN), MISSING),
            beside=tuple(
                cells.get((kind.code, year, whom), TOO_FEW if whom == SIMILAR else MISSING) for whom in of_whom
            ),
        )
        for year in years
    ]
    lines = [_series(own, [row.own for row in rows])]
    lines += [_series(names[whom], [row.beside[place] for row in rows]) for place, whom in enumerate(of_whom)]
    return MeasureOfPlace(
        code=kind.code,
        name=kind.name,
        definition=defined(kind),
        unit=kind.unit,
        decimals=kind.decimals,
        direction=Measure.Direction(kind.direction).label,
        areas=tuple(of_whom),
        beside=tuple(names[whom] for whom in of_whom),
        years=tuple(reversed(rows)),
        chart=panels_of(kind.name, [row.year for row in rows], lines[0], lines[1:]),
        protected=whom_protected_count(
            (name, cell)
            for row in rows
            for name, cell in zip((own, *(names[w] for w in of_whom)), row.cells, strict=True)
        ),
    )


def _is_told_closer(area: str, told: Mapping[str, set[int]]) -> bool:
    """Whether its schools of the same phase have a figure in each of its years, so that “all schools” adds nothing."""
    return any(other.startswith(f"{area}:") and told[area] <= told[other] for other in told)


def _series(name: str, figures: Iterable[Shown]) -> Series:
    return Series(name, tuple((float(shown.number), shown.text) if shown.number else None for shown in figures))
