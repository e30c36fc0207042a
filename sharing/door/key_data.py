"""Key Data: an establishment's headline measures over the years, beside those it may be compared with (R3, R20, R31).

One's own establishment and the others that take part. What a figure says is decided once, in `Shown`: the page, the
chart and the files repeat it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from django.db import connection

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.charts import Series, panels_of
from sharing.context import alike, with_context
from sharing.door.releases import current_figures
from sharing.measures.catalogue import DATASET, MEASURE
from sharing.measures.records import FigureRecord
from sharing.measures.shape import MeasureKind, phases_of
from sharing.models import Establishment, Measure, Release
from sharing.records import Why
from sharing.records.figures import KeyData, MeasureOfPlace, Origin, Shown, YearOfFigures
from sharing.school_year import in_words

HEADLINES = (
    "eyfsp_gld", "phonics_met",
    "ks2_rwm_expected", "ks2_rwm_higher", "ks2_reading_score", "ks2_maths_score",
    "ks4_attainment8", "ks4_progress8", "ks4_english_maths_5",
    "absence_overall", "absence_persistent", "attendance_absence", "attendance_persistent",
    "published_suspensions_rate", "suspensions_rate",
    "roll_pupils", "roll_fsm", "roll_eal", "roll_sen_support", "roll_ehc_plan",
    "census_pupils", "census_fsm6", "census_eal",
)  # fmt: skip
YEARS_SHOWN = 5
SIMILAR_SCHOOLS, LEAST_SIMILAR = 10, 3
OWN, SIMILAR, LOCALITY = "own", "similar", "locality"
AREAS = {"authority": "Bradford", "england": "England"}
WITHHELD = "Withheld"
# Counts are no comparison: an area's is the sum of all its schools.
NO_COMPARISON = {Measure.Unit.NUMBER}
MISSING, TOO_FEW = Shown("None out", symbol="x"), Shown("Too few", symbol="x")
_WITHHELD = """
    SELECT code, academic_year, release.id, slug, version, status, as_of
    FROM portal_withheld_figures(%s) AS withheld
    JOIN sharing_measure AS measure ON measure.id = measure_id
    JOIN sharing_release AS release ON release.id = release_id
    JOIN sharing_dataset AS dataset ON dataset.id = release.dataset_id
"""
Cell = tuple[str, int, str]  # measure, academic year, of whom: own, similar, locality, authority, england


def show_key_data(asker: Asker, urn: int, *, to_take_away: str = "") -> KeyData:
    """The Key Data of one's own establishment, or of another that takes part. `to_take_away`: as which file, if any."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_key_data", shared=True) as here:
        places = _places(here)
        place = next(one for one in places if one.pk == here.establishment.pk)
        kinds = headlines_of(place)
        areas = [*AREAS, *([f"locality:{place.in_locality_id}"] if place.in_locality else [])]
        similar = _similar(place, places)
        cells = _cells(here, place, kinds, areas, similar)
        names = {SIMILAR: "Similar schools (median)"} | AREAS
        if place.in_locality:
            names = {SIMILAR: names[SIMILAR], LOCALITY: place.in_locality} | AREAS
        measures = tuple(_measure(kind, cells, names, here.establishment.name) for kind in kinds)
        shown = tuple(measure for measure in measures if measure.years)
        origins = {origin for measure in shown for year in measure.years for origin in year.origins}
        here.showed(establishments=1, releases=sorted(origin.id for origin in origins), file=to_take_away)
        number = place.establishment_number
        return KeyData(
            here.here,
            dfe_number=f"{place.la_code}{number:04}" if number else "",
            kind=place.get_kind_display(),
            locality=place.in_locality,
            measures=shown,
            not_out=tuple(measure.name for measure in measures if not measure.years),
            origins=tuple(sorted(origins, key=lambda origin: origin.id)),
            similar=len(similar),
            is_own=place.pk in here.holdings.at(Permission.VIEW_ESTABLISHMENT),
            why=Why(here.reason, here.permission),
        )


def headlines_of(place: Establishment) -> list[MeasureKind]:
    """The headline measures of the stages that the establishment has."""
    stages = set(phases_of(place.low_age, place.high_age))
    return [kind for code in HEADLINES if not (kind := MEASURE[code]).phases or stages & set(kind.phases)]


def _places(here: Visit) -> list[Establishment]:
    """Those that take part, the same for whoever asks, and the one whose page this is."""
    this = Establishment.objects.filter(pk=here.establishment.pk)
    return list(with_context((this | Establishment.objects.participating(here.today)).with_membership(here.today)))


def _similar(place: Establishment, places: Sequence[Establishment]) -> list[int]:
    """Those most like it among the ones that take part; none if it takes no part itself (R16)."""
    if not place.takes_part_since:
        return []
    return [like.establishment.pk for like in alike(place, places)[:SIMILAR_SCHOOLS]]


def _cells(
    here: Visit, place: Establishment, kinds: Sequence[MeasureKind], areas: Sequence[str], similar: Sequence[int]
) -> dict[Cell, Shown]:
    """What is out of these measures, as it is written."""
    codes = [kind.code for kind in kinds]
    cells: dict[Cell, Shown] = {}
    theirs: dict[tuple[str, int], list[FigureRecord]] = defaultdict(list)
    for figure in current_figures(here, measures=codes, establishments=[place.pk, *similar], areas=areas):
        if figure.establishment_id in (None, place.pk):
            cells[figure.measure, figure.academic_year, figure.area.partition(":")[0] or OWN] = written(figure)
        elif figure.value is not None and not figure.is_small:
            theirs[figure.measure, figure.academic_year].append(figure)
    for (code, year), figures in theirs.items():
        if len(figures) >= LEAST_SIMILAR:
            middle = median(figure.value for figure in figures if figure.value is not None)
            cells[code, year, SIMILAR] = written(replace(figures[0], value=middle))
    return cells | _withheld(place, {kind.code for kind in kinds})


def _withheld(place: Establishment, codes: set[str]) -> dict[Cell, Shown]:
    """Figures of few children, which the asker may not read: PostgreSQL says only that they are there."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHHELD, [place.pk])
        rows = cursor.fetchall()
    return {
        (code, year, OWN): Shown(
            WITHHELD,
            symbol="c",
            origin=Origin(
                id=release_id,
                dataset=DATASET[dataset].name,
                year=in_words(year),
                version=version,
                status=Release.Status(status).label,
                as_of=as_of,
                source=DATASET[dataset].source,
                owner=DATASET[dataset].owner,
            ),
        )
        for code, year, release_id, dataset, version, status, as_of in rows
        if code in codes
    }


def written(figure: FigureRecord) -> Shown:
    """The figure as every page and file has it."""
    number = "" if figure.value is None else figure.plain
    return Shown(figure.text, number, symbol="" if number else figure.plain, origin=origin_of(figure))


def origin_of(figure: FigureRecord) -> Origin:
    return Origin(
        id=figure.release_id,
        dataset=DATASET[figure.dataset].name,
        year=figure.year,
        version=figure.version,
        status=figure.status_words,
        as_of=figure.as_of,
        source=DATASET[figure.dataset].source,
        owner=DATASET[figure.dataset].owner,
    )


def _measure(kind: MeasureKind, cells: Mapping[Cell, Shown], names: Mapping[str, str], own: str) -> MeasureOfPlace:
    """The years of the measure, the newest first: those in which the establishment or somebody beside it has one."""
    compared = {} if kind.unit in NO_COMPARISON else names
    of_whom = [whom for whom in compared if any(code == kind.code and at == whom for code, _, at in cells)]
    years = sorted({year for code, year, at in cells if code == kind.code and at in (OWN, *of_whom)})[-YEARS_SHOWN:]
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
        denominator=kind.denominator,
        definition=kind.definition,
        unit=kind.unit,
        decimals=kind.decimals,
        direction=Measure.Direction(kind.direction).label,
        areas=tuple(of_whom),
        beside=tuple(names[whom] for whom in of_whom),
        years=tuple(reversed(rows)),
        chart=panels_of(kind.name, [row.year for row in rows], lines[0], lines[1:]),
    )


def _series(name: str, figures: Iterable[Shown]) -> Series:
    return Series(name, tuple((float(shown.number), shown.text) if shown.number else None for shown in figures))
