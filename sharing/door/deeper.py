"""Deeper Data: one measure of one establishment, broken down by up to two groups (R3, R10, R11, R12, R31, R35).

It gives two answers, never in the same table. One is what releases say, protected: no figure of fewer than ten
children, for anybody. The other is exact numbers, for those who see the pupils here: counted now from the children on
the register, and as in the release, which includes those who have left since.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.charts import GroupBars, GroupRow, group_bars, on_one_scale
from sharing.door.paging import page_of
from sharing.door.releases import IN_FIGURES, current_figures, reads_shared_areas, where_small_figures_are_seen
from sharing.key_data import (
    AREAS,
    AUTHORITY,
    LOCALITY,
    NO_COMPARISON,
    OWN,
    column_of,
    origin_of,
    whom_protected_count,
    written,
)
from sharing.measures import grouping, live, writing
from sharing.measures.catalogue import DATASET, MEASURE
from sharing.measures.grouping import PAIRS
from sharing.measures.history import urns_behind
from sharing.measures.protected import URN, Asked, protected_figures
from sharing.measures.records import FigureRecord
from sharing.measures.shape import MeasureKind, defined, phases_of
from sharing.measures.shares import SHARES
from sharing.measures.stopped import stopped_of
from sharing.measures.withheld import covered_years
from sharing.models import Establishment, Measure, Pupil
from sharing.narrowing import in_words as narrowing_in_words
from sharing.records.deeper import (
    ChildBehind,
    ChildrenBehind,
    Choices,
    DeeperData,
    OwnNumbers,
    OwnRow,
    ReleasedRow,
)
from sharing.records.figures import Shown
from sharing.school_year import academic_year, in_words

YEARS_OFFERED: Final = 5
FIRST_YEAR: Final = 2000
NOT_SHOWN: Final = Shown("Not shown", symbol="c")


@dataclass(frozen=True)
class Question:
    """What was asked for: a measure, an academic year and groups, as typed. What makes no sense is left out."""

    measure: str = ""
    year: int | None = None
    by: str = ""
    second: str = ""


def show_deeper(asker: Asker, urn: int, asked: Question, *, to_take_away: str = "") -> DeeperData:
    """The measure that was asked for, of one's own establishment or another that takes part.

    `to_take_away`: as which kind of file, or "" for the page.
    """
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_deeper", shared=True) as here:
        place = Establishment.objects.filter(pk=here.establishment.pk).with_membership(here.today).get()
        kinds = measures_of(place)
        kind = next((kind for kind in kinds if kind.code == asked.measure), kinds[0])
        sees_pupils = place.pk in here.holdings.at(Permission.VIEW_PUPILS)
        withheld = here.narrowing.withheld if sees_pupils else frozenset()
        groups = [one for one in _divisions(kind, withheld) if sees_pupils or one.released]
        by = grouping.in_order({asked.by, asked.second} & {one.key for one in groups})
        released_by = _released_by(kind, asked, withheld)
        figures = _figures(here, place, kind, released_by)
        covered = set() if place.pk in where_small_figures_are_seen(here) else covered_years(place, kind.code)
        years, year = _years(here, asked, figures, covered)
        figures = [figure for figure in figures if figure.academic_year == year]
        own, refused = _own(here, kind, year, by, released_by, figures) if sees_pupils else (None, "")
        of_whom, areas, rows = _released(here, place, kind, released_by, year, figures, is_protected=year in covered)
        released_charts = _charts(released_by, [(row.label, _released_bar(row)) for row in rows])
        own_charts, charts = on_one_scale(own.charts if own else (), released_charts)
        origins = tuple(dict.fromkeys(origin for row in rows for origin in row.origins))
        here.showed(
            measure=kind.code, year=year, by=by, releases=sorted(origin.id for origin in origins), file=to_take_away,
            whole_numbers=own.rows[0].children if own and own.rows and not to_take_away else 0,
        )  # fmt: skip
        return DeeperData(
            here.here,
            dfe_number=place.dfe_number,
            name=kind.name,
            definition=defined(kind),
            unit=kind.unit,
            decimals=kind.decimals,
            direction=Measure.Direction(kind.direction).label,
            choices=_choices(kinds, kind, groups, by, year, years, asked),
            year=in_words(year),
            by_words=_by_words(by),
            groups_mean=tuple(means for key in by if (means := grouping.DIMENSIONS[key].means)),
            own=own and replace(own, charts=own_charts),
            own_refused=refused,
            released_by=released_by,
            released_words=_by_words(released_by),
            of_whom=of_whom,
            areas=areas,
            rows=rows,
            charts=charts,
            origins=origins,
            earlier=urns_behind(place, {row.cells[0].under for row in rows}),
            protected=whom_protected_count(pair for row in rows for pair in zip(of_whom, row.cells, strict=True)),
            stopped=stopped_of([kind.code]),
            why=here.why,
        )


def list_behind(asker: Asker, urn: int, *, measure: str, year: int, group: str, number: int = 1) -> ChildrenBehind:
    """The children counted in one bar of the establishment's exact numbers.

    Raises NoSuchRecord (404) where the asker has no such measure or group here.
    """
    with visit(asker, Permission.VIEW_PUPILS, urn, action="list_behind") as here:
        parts = grouping.parsed(group)
        offered = {one.key for one in grouping.of_each_child(here.narrowing.withheld)}
        if parts is None or parts.keys() - offered or measure not in live.offered(here.narrowing.withheld):
            raise NoSuchRecord
        if year not in range(FIRST_YEAR, academic_year(here.today) + 1):
            raise NoSuchRecord
        kind = MEASURE[measure]
        counted = live.by_group(live.children(whose(here), live.COUNTED[measure], year), tuple(parts))
        behind = {child.pupil_id: child for child in counted.get(group, [])}
        found = Pupil.objects.of(here.establishment.pk).numbered(list(behind)).by_name()
        pupils = found.values_list("pk", "surname", "forename", "year_group", "class_name")

        def as_record(pupil: tuple[Any, ...]) -> ChildBehind:
            pk, surname, forename, in_year, class_name = pupil
            year_group = codes.NC_YEARS.get(in_year, in_year)
            return ChildBehind(pk, surname, forename, year_group, class_name, _counts_as(kind, behind[pk]))

        page = page_of(pupils, number, as_record, len(behind))
        here.showed(pupils=[row.id for row in page], of=len(behind), measure=measure, year=year, group=group)
        return ChildrenBehind(
            here.here,
            kind.name,
            defined(kind),
            in_words(year),
            grouping.in_words(group),
            page,
            urlencode({"measure": measure, "year": year, "group": group}),
            here.why,
        )


def whose(here: Visit) -> live.Whose:
    """The pupils whom the visitor sees here today."""
    return live.Whose(here.establishment.pk, here.narrowing.year_groups, here.today)


def measures_of(place: Establishment) -> list[MeasureKind]:
    """The measures that are counted by group, for the stages that the establishment has; outcomes first."""
    stages = set(phases_of(place.low_age, place.high_age))
    kinds = [MEASURE[code] for code in live.COUNTED]
    kinds = [kind for kind in kinds if not kind.phases or stages & set(kind.phases)]
    return sorted(kinds, key=lambda kind: not kind.is_outcome)


def _divisions(kind: MeasureKind, withheld: Set[str]) -> list[grouping.Dimension]:
    """What the measure may be divided by; what no child's record has, only if the Department publishes it."""
    is_published = DATASET[kind.dataset].is_published_elsewhere
    return [one for one in grouping.offered(withheld) if one.of_each_child or is_published]


def _released_by(kind: MeasureKind, asked: Question, withheld: Set[str]) -> tuple[str, ...]:
    """The groups asked for by which releases have the measure.

    It is the same for everybody from whom nothing is withheld, whatever else their own exact numbers may be broken down
    by (R31, A1).
    """
    itself = live.COUNTED[kind.code].itself
    known = {one.key for one in _divisions(kind, withheld) if one.released and one.key != itself}
    by = grouping.in_order({asked.by, asked.second} & known)
    return by if len(by) < 2 or (by in PAIRS and not itself) else ()


def _figures(here: Visit, place: Establishment, kind: MeasureKind, by: tuple[str, ...]) -> list[FigureRecord]:
    areas, labels = _areas(place).values(), {grouping.TOTAL, *grouping.labels_of(by)}
    return list(current_figures(here, measures=[kind.code], establishments=[place.pk], areas=areas, groups=labels))


def _areas(place: Establishment) -> dict[str, str]:
    """The areas to compare with: column -> the area as in Figure.area."""
    locality = {LOCALITY: f"{LOCALITY}:{place.in_locality_id}"} if place.in_locality else {}
    return locality | {AUTHORITY: AUTHORITY}


def _years(here: Visit, asked: Question, figures: Iterable[FigureRecord], covered: Set[int]) -> tuple[list[int], int]:
    """The years that may be chosen, newest first, and the chosen one.

    They are those with published figures, and the last few. Where no year was asked for, it is the newest in which
    everybody is shown something.
    """
    now = academic_year(here.today)
    known = {figure.academic_year for figure in figures} | covered
    years = sorted(known | set(range(now - YEARS_OFFERED + 1, now + 1)), reverse=True)
    everybodys = {figure.academic_year for figure in figures if not figure.is_small} | covered
    return years, asked.year if asked.year in years else max(everybodys, default=years[0])


def _choices(
    kinds: Sequence[MeasureKind],
    kind: MeasureKind,
    groups: Iterable[grouping.Dimension],
    by: tuple[str, ...],
    year: int,
    years: Sequence[int],
    asked: Question,
) -> Choices:
    by_dataset: dict[str, list[tuple[str, str]]] = {}
    for one in kinds:
        by_dataset.setdefault(DATASET[one.dataset].name, []).append((one.code, one.name))
    notices = []
    if asked.measure and asked.measure != kind.code:
        notices.append("This establishment does not have the measure that you asked for. You see another one.")
    if asked.by and asked.by == asked.second:
        notices.append("You chose the same group twice. It is used once.")
    elif len(by) < len({asked.by, asked.second} - {""}):
        notices.append("A group that you asked for is not available here.")
    return Choices(
        tuple((name, tuple(measures)) for name, measures in by_dataset.items()),
        tuple((one, in_words(one)) for one in years),
        tuple((one.key, one.label) for one in groups),
        kind.code,
        year,
        by,
        tuple(notices),
    )


def _own(
    here: Visit,
    kind: MeasureKind,
    year: int,
    by: tuple[str, ...],
    released_by: tuple[str, ...],
    figures: Iterable[FigureRecord],
) -> tuple[OwnNumbers | None, str]:
    """The exact numbers, or the reason why there are none."""
    withheld = here.narrowing.withheld
    if not here.asker.second_factor:
        return None, "To see exact numbers of your own pupils, you need a second factor when you sign in."
    if live.kind_of(kind.code) in withheld:
        return None, f"Your access here is narrowed: {narrowing_in_words((), withheld)}."
    if not all(grouping.DIMENSIONS[key].of_each_child for key in by):
        return None, "Only releases are broken down in this way, because it is not recorded for single children here."
    children = live.children(whose(here), live.COUNTED[kind.code], year)
    counted = live.by_group(children, by) | {grouping.TOTAL: children}
    whole = _whole(here, released_by, figures) if released_by == by else {}
    rows = []
    for label in _rows_of(by):
        children = counted.get(label, [])
        if children or label in whole:
            text = text_of(kind, children)
            released = whole[label].text if label in whole else ""
            rows.append(OwnRow(label, grouping.in_words(label), len(children), text, released))
    bars = [
        (row.label, GroupRow(_last_words(row.label), _number(kind, counted.get(row.label, [])), row.text))
        for row in rows
        if row.children
    ]
    origin = next((origin_of(figure) for figure in whole.values()), None)
    return OwnNumbers(tuple(rows), _charts(by, bars), origin), ""


def _whole(here: Visit, by: tuple[str, ...], figures: Iterable[FigureRecord]) -> dict[str, FigureRecord]:
    """The establishment's own exact figures, for somebody who sees all its pupils and everything known about them."""
    if here.narrowing.year_groups or here.narrowing.withheld & IN_FIGURES:
        return {}
    return {figure.group: figure for figure in figures if figure.establishment_id == here.establishment.pk}


def text_of(kind: MeasureKind, children: Sequence[live.CountedChild]) -> str:
    """The measure of these children, written as everywhere."""
    value = live.figure(kind.unit, children)
    return "No figure" if value is None else writing.in_words(value, kind.unit, kind.decimals)


def _number(kind: MeasureKind, children: Sequence[live.CountedChild]) -> float | None:
    value = live.figure(kind.unit, children)
    return None if value is None else float(value)


def _released(
    here: Visit,
    place: Establishment,
    kind: MeasureKind,
    by: tuple[str, ...],
    year: int,
    figures: Iterable[FigureRecord],
    *,
    is_protected: bool,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[ReleasedRow, ...]]:
    """Whose figures they are (in words, then as codes), and a row for each group that has anything to show.

    `is_protected`: a table of protected numbers, for areas too. Otherwise it is one of exact numbers, with a protected
    one where an area has none.
    """
    names: dict[str, str] = {OWN: here.establishment.name}
    if kind.unit not in NO_COMPARISON:
        names |= {LOCALITY: place.in_locality} if place.in_locality else {}
        names |= {AUTHORITY: AREAS[AUTHORITY]}
    cells = _protected(here, place, kind, by, year, [whom for whom in names if whom != OWN or is_protected])
    if not is_protected:
        cells |= {
            (figure.group, column_of(figure.area)): written(figure, None if figure.area else place)
            for figure in figures
            if not figure.is_small
        }
    rows = [
        ReleasedRow(label, grouping.in_words(label), tuple(cells.get((label, whom), NOT_SHOWN) for whom in names))
        for label in _rows_of(by)
        if any((label, whom) in cells for whom in names)
    ]
    return tuple(names.values()), tuple(names), tuple(rows)


def _protected(
    here: Visit, place: Establishment, kind: MeasureKind, by: tuple[str, ...], year: int, of: Sequence[str]
) -> dict[tuple[str, str], Shown]:
    """(group, whose) -> the protected figure that is out.

    `of`: the areas, and the establishment where its own is protected. Otherwise only those that may be shown beside an
    exact number.
    """
    share = SHARES.get(kind.code)
    if not share or (OWN not in of and not share.beside_whole):
        return {}
    area_of = {OWN: f"{URN}{place.urn}"}
    if reads_shared_areas(here):
        area_of |= _areas(place)
    asked = {
        Asked(kind.code, year, area_of[whom], group): (group, whom)
        for whom in of
        if whom in area_of
        for group in _rows_of(by)
    }
    return {
        asked[one]: shown for one, shown in protected_figures(asked).items() if shown.number or asked[one][1] == OWN
    }


def _released_bar(row: ReleasedRow) -> GroupRow:
    own, *beside = row.cells
    area = float(beside[-1].number) if beside and beside[-1].number else None
    return GroupRow(_last_words(row.label), float(own.number) if own.number else None, own.text, area)


def _charts(by: tuple[str, ...], rows: Sequence[tuple[str, GroupRow]]) -> tuple[GroupBars, ...]:
    """One chart, or where there are two dimensions one for each group of the first."""
    if len(by) < 2:
        return group_bars([("", [row for _, row in rows])])
    rows = [(label, row) for label, row in rows if label != grouping.TOTAL]
    firsts = dict.fromkeys(label.partition(grouping.AND)[0] for label, _ in rows)
    return group_bars(
        [
            (grouping.in_words(first), [row for label, row in rows if label.partition(grouping.AND)[0] == first])
            for first in firsts
        ]
    )


def _rows_of(by: tuple[str, ...]) -> list[str]:
    """All pupils first, then every possible group."""
    return list(dict.fromkeys([grouping.TOTAL, *grouping.labels_of(by)]))


def _last_words(label: str) -> str:
    return grouping.in_words(label.rpartition(grouping.AND)[2])


def _by_words(by: tuple[str, ...]) -> str:
    return " and ".join(grouping.DIMENSIONS[key].label.lower() for key in by)


def _counts_as(kind: MeasureKind, child: live.CountedChild) -> str:
    if kind.dataset == "attendance" and not live.COUNTED[kind.code].of_children:
        return f"{child.numerator} of {child.denominator} sessions"
    if not live.COUNTED[kind.code].of_children or kind.unit == Measure.Unit.RATE:
        return f"{child.numerator.normalize():f}"
    return "Yes" if child.numerator else "No"
