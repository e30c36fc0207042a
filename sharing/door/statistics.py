"""Open statistics: the stored, protected tables, and their files (R3, R10, R11, R12, R22, R29, R31).

Every answer is made from stored cells, whatever is asked for: no page counts a table, and no pupil is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Replace

from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, visit
from sharing.authorise.visits import SHARED_REASON
from sharing.context import in_order_of
from sharing.door.establishments import comparison_by, stopped_behind
from sharing.door.paging import slice_of
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.measures.history import earlier_urns, urns_behind
from sharing.measures.stopped import stopped_figures
from sharing.models import Establishment, Release, StatisticsCell, StatisticsTable
from sharing.models.establishments import EstablishmentQuerySet, Kind
from sharing.models.statistics import StatisticsCellQuerySet, StatisticsTableQuerySet, trees_of
from sharing.open_statistics import (
    PLACE,
    RATES,
    Kept,
    Selection,
    beside_the_whole,
    choices_of,
    columns_beside_the_whole,
    definitions_of,
    figures_beside_the_whole,
    kept,
    keys_of,
    protected_origin_of,
    published,
    stored,
    stored_in,
    symbols_in,
    told,
    told_with,
)
from sharing.ordering import Comparison, ContextKey
from sharing.records import Page, Why
from sharing.records.statistics import (
    Choice,
    NamedTable,
    OpenStatistics,
    OpenTable,
    RowOfStatistics,
    StatisticsOfPlace,
    TableLine,
    TableToTakeAway,
    Told,
)
from sharing.records.stopped import StoppedFigures
from sharing.school_year import in_words
from sharing.statistics.catalogue import OUTCOMES, names_of_tables, urn_code
from sharing.statistics.records import PublishedTable
from sharing.statistics.stored import Stored
from sharing.statistics.symbols import Symbol

ITS_URN: Final = "{}"
PUPILS: Final = "Pupils"
SUBJECTS: Final = {"attained": "Results", "persistently_absent": "Attendance"}


class StatisticsStopped(NoSuchRecord):
    """The figures that were asked for are stopped: 404, but those who may read such tables are told why."""

    def __init__(self, stopped: tuple[StoppedFigures, ...]) -> None:
        super().__init__()
        self.stopped = stopped


def list_statistics(asker: Asker, *, year: int | None = None) -> OpenStatistics:
    """The published tables, of the newest release or of that year's. None for those who share with nobody (R16)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_statistics") as here:
        found = list(_for_who_shares(here, StatisticsTable.objects.all()))
        releases = {table.release.academic_year: protected_origin_of(table.release) for table in found}
        chosen = year if year in releases else max(releases, default=0)
        tables = [table for table in found if table.release.academic_year == chosen]
        here.showed(release=releases[chosen].id if releases else None, tables=len(tables))
        return OpenStatistics(
            release=releases.get(chosen),
            academic_year=chosen,
            years=tuple(releases.items()),
            open_tables=_by_subject(table for table in tables if table.audience == StatisticsTable.Audience.OPEN),
            named_tables=tuple(
                TableLine(table.name, table.title)
                for table in _without_outcomes(tables)
                if table.audience == StatisticsTable.Audience.NAMED
            ),
            dataset=OPEN_STATISTICS,
            stopped=stopped_figures(OPEN_STATISTICS),
            why=_why(here) if found else here.why_the_list,
        )


def show_statistics(asker: Asker, name: str, asked: Selection) -> OpenTable:
    """One open table, with one dimension as its rows and the others held at a member. Raises NoSuchRecord."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_statistics") as here:
        of, stopped = _table(here, StatisticsTable.objects.for_everybody(), name, asked.year)
        layouts = of.laid_out_by
        laid_out = asked.rows if asked.rows in layouts else layouts[0]
        choices = choices_of(of, asked, laid_out)
        only = {choice.name: [choice.chosen] for choice in choices}
        page = told(of, _read(of, StatisticsCell.objects.for_everybody(), only), laid_out)
        held = {choice.name: choice.chosen for choice in choices}
        here.showed(table=name, release=of.release.pk, rows=laid_out, held=held)
        return OpenTable(
            told=page,
            layouts=tuple((name, of.catalogue.dimensions[name].label) for name in layouts),
            laid_out=laid_out,
            choices=choices,
            notices=tuple(_notices(asked, choices)),
            stopped=stopped,
            query=urlencode({"year": of.release.academic_year}),
            why=_why(here),
        )


def take_statistics(asker: Asker, name: str, form: str, *, year: int | None = None) -> TableToTakeAway:
    """The whole open table, for a file. Raises NoSuchRecord."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="take_statistics") as here:
        of = _table_of_a_file(here, StatisticsTable.objects.for_everybody(), name, year)
        found = _read(of, StatisticsCell.objects.for_everybody(), {})
        here.showed(table=name, release=of.release.pk, rows=len(found.rows), file=form)
        return _to_take_away(of, found)


def show_statistics_of(asker: Asker, urn: int) -> StatisticsOfPlace:
    """The protected numbers of one establishment: one's own, or another that takes part (R3, R12)."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action="show_statistics_of", shared=True) as here:
        release, pages, under = _told_about(here.establishment)
        here.showed(establishments=1, release=release.pk if release else None, tables=len(pages))
        return StatisticsOfPlace(
            here.here,
            pages,
            _reads_tables(here),
            urns_behind(here.establishment, {under}),
            stopped_figures(OPEN_STATISTICS),
            here.why,
        )


def _told_about(place: Establishment) -> tuple[Release | None, tuple[Told, ...], int | None]:
    """The newest release, what it says about the establishment, and the earlier URN if it says it under that (A2)."""
    release = _newest_about(place)
    pages = tuple(_pages_of(release, place.urn)) if release else ()
    if release is None or pages:
        return release, pages, None
    for urn in earlier_urns([place.urn]).get((place.urn, release.academic_year), ()):
        release = _newest_about(Establishment.objects.get(urn=urn))
        pages = tuple(_pages_of(release, urn)) if release else ()
        if pages:
            return release, pages, urn
    return release, (), None


def _newest_about(place: Establishment) -> Release | None:
    """The newest release that names establishments, in one query.

    It comes with its `trees`, the `shapes` of those tables, and the `sheet` of this establishment's cells.
    """
    newest = Release.objects.current().filter(dataset__slug=OPEN_STATISTICS)
    tables = StatisticsTable.objects.naming_establishments().filter(release=OuterRef("pk"))
    cells = StatisticsCell.objects.of_establishments([place.pk]).filter(release=OuterRef("pk"))
    found = Release.objects.filter(Exists(tables), pk__in=newest.values("pk")).select_related("dataset", "protected_by")
    found = found.annotate(trees=trees_of("pk"), shapes=tables.as_list(), sheet=cells.as_sheet())
    return found.order_by("-academic_year").first()


def _pages_of(release: Any, urn: int) -> Iterator[Told]:
    """The establishment's tables, without groups that no pupil there can be in."""
    tables = _without_outcomes(StatisticsTable(release=release, **shape) for shape in release.shapes)
    cells = stored_in(release.sheet)
    for of in (kept(table, release.trees) for table in tables):
        found = _possible(published(of, cells, {PLACE: [urn_code(str(urn))]}))
        if found.rows:
            yield told(of, found, of.laid_out_by[0])


def compare_statistics(
    asker: Asker, name: str, asked: Selection, *, order: ContextKey = ContextKey.IDACI, kind: str = "", number: int = 1
) -> NamedTable:
    """One protected table for several establishments, by their context. Raises NoSuchRecord, and NotAnOrder."""
    comparison = comparison_by(order)
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="compare_statistics") as here:
        of, stopped = _table(here, StatisticsTable.objects.naming_establishments(), name, asked.year)
        choices = choices_of(of, asked, PLACE, usual_last=True)
        held = {choice.name: choice.chosen for choice in choices}
        chosen = {choice.parameter: choice.chosen for choice in choices}
        page = slice_of(list(_with_cells(of, _told_of(here, of, comparison, kind), beside_the_whole(of, held))), number)
        found = _published_of(of, page.rows, beside_the_whole(of, held))
        rows = tuple(_beside(of, page.rows, found))
        here.showed(establishments=len(rows), table=name, release=of.release.pk, **comparison.for_the_ledger)
        return NamedTable(
            told=told_with(of, found, "Establishment", rows, columns=columns_beside_the_whole(of, held)),
            choices=choices,
            page=Page(rows, page.number, page.total),
            kinds=tuple(Kind.choices),
            kind=kind,
            order=comparison,
            stopped=tuple(dict.fromkeys((*stopped, *stopped_behind(order)))),
            query=urlencode({"year": of.release.academic_year, "sort": order.value, "kind": kind, **chosen}),
            why=_why(here),
        )


def take_comparison(
    asker: Asker,
    name: str,
    form: str,
    *,
    year: int | None = None,
    order: ContextKey = ContextKey.IDACI,
    kind: str = "",
) -> TableToTakeAway:
    """The whole table for all of them, in the same order, for a file. Raises NoSuchRecord, and NotAnOrder."""
    comparison = comparison_by(order)
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="take_comparison") as here:
        of = _table_of_a_file(here, StatisticsTable.objects.naming_establishments(), name, year)
        places = list(_told_of(here, of, comparison, kind))
        found = _read_of(of, places, {})
        here.showed(
            establishments=len(found.rows), table=name, release=of.release.pk, file=form, **comparison.for_the_ledger
        )
        narrowed_to = (f"Type: {Kind(kind).label}",) if kind else ()
        return replace(_to_take_away(of, found, comparison), narrowed_to=narrowed_to, stopped=stopped_behind(order))


# --- published tables ------------------------------------------------------------------------------------------------


def _for_who_shares(here: Visit, tables: StatisticsTableQuerySet) -> StatisticsTableQuerySet:
    """Those of the newest release of each year, for an asker who shares with others today (R16)."""
    found = tables.current(OPEN_STATISTICS)
    if not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
        return found.none()
    return found if here.asker.through == Through.EDUNET else found.filter(here.shares)


def _table(
    here: Visit, among: StatisticsTableQuerySet, name: str, year: int | None
) -> tuple[Kept, tuple[StoppedFigures, ...]]:
    """The table from the release of that year; else from the newest one, with what is stopped.

    The newest is for no year, or one that never was. Raises StatisticsStopped where that year is stopped, or all that
    there was; otherwise NoSuchRecord.
    """
    found = list(_for_who_shares(here, among).filter(name=name).with_dimensions())
    row = next((row for row in found if row.release.academic_year == year), None)
    if row:
        return kept(row, row.trees), ()
    stopped = stopped_figures(OPEN_STATISTICS)
    if found:
        is_stopped = year is not None and in_words(year) in {one.year for one in stopped}
    else:
        is_stopped = bool(stopped) and name in names_of_tables() and _reads_tables(here)
    if is_stopped:
        raise StatisticsStopped(stopped)
    if not found:
        raise NoSuchRecord
    return kept(found[0], found[0].trees), stopped


def _table_of_a_file(here: Visit, among: StatisticsTableQuerySet, name: str, year: int | None) -> Kept:
    """The table for a file, which has no page beside it to say what is stopped.

    Raises StatisticsStopped where a newer year is stopped, so that an older one never takes its place.
    """
    of, stopped = _table(here, among, name, year)
    if any(one.year > in_words(of.release.academic_year) for one in stopped):
        raise StatisticsStopped(stopped)
    return of


def _reads_tables(here: Visit) -> bool:
    """Whether the asker shares with others today, as in `_for_who_shares` (R16)."""
    if not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
        return False
    return here.asker.through == Through.EDUNET or here.shares_with_others


def _without_outcomes(tables: Iterable[StatisticsTable]) -> Iterable[StatisticsTable]:
    """Without the tables whose counts are shown beside their rates in another table."""
    return (table for table in tables if set(OUTCOMES).isdisjoint(table.dimensions))


def _by_subject(tables: Iterable[StatisticsTable]) -> tuple[tuple[str, tuple[TableLine, ...]], ...]:
    found: dict[str, list[TableLine]] = {}
    tables = list(tables)
    rates = {table.name for table in tables if table.name.endswith(RATES)}
    for table in tables:
        if table.name not in rates:
            subject = next((SUBJECTS[name] for name in table.dimensions if name in SUBJECTS), PUPILS)
            beside = f"{table.name}{RATES}"
            found.setdefault(subject, []).append(TableLine(table.name, table.title, beside if beside in rates else ""))
    return tuple((subject, tuple(lines)) for subject, lines in found.items())


def _notices(asked: Selection, choices: Iterable[Choice]) -> Iterable[str]:
    for choice in choices:
        if asked.members.get(choice.name, choice.chosen) != choice.chosen:
            yield f"{choice.label}: this table does not have that group. You see {choice.words} instead."


# --- cells ----------------------------------------------------------------------------------------------------------


def _read(of: Kept, cells: StatisticsCellQuerySet, only: Mapping[str, Sequence[str]]) -> PublishedTable:
    """The rows with these members, in one query."""
    return published(of, stored(cells.filter(release=of.release).with_keys(keys_of(of, only))), only)


def _read_of(of: Kept, places: Sequence[Establishment], held: Mapping[str, Sequence[str]]) -> PublishedTable:
    """The rows of these establishments, in their order."""
    cells = StatisticsCell.objects.of_establishments([place.pk for place in places])
    return _read(of, cells, {**held, PLACE: [urn_code(str(place.urn)) for place in places]})


def _with_cells(of: Kept, places: EstablishmentQuerySet, held: Mapping[str, Sequence[str]]) -> EstablishmentQuerySet:
    """Each with the `sheet` of its cells with these members, whose keys contain its own code."""
    code: Any = Cast(OuterRef("urn"), TextField())
    keys = [Replace(Value(key), Value(ITS_URN), code) for key in keys_of(of, {**held, PLACE: [urn_code(ITS_URN)]})]
    cells = StatisticsCell.objects.filter(release=of.release, establishment=OuterRef("pk"))
    return places.annotate(sheet=cells.filter(reduce(or_, (Q(key=key) for key in keys))).as_sheet())


def _published_of(of: Kept, places: Iterable[Any], held: Mapping[str, Sequence[str]]) -> PublishedTable:
    """The rows of these establishments, in order, from the sheets that came with them."""
    places = list(places)
    cells: Stored = {key: cell for place in places for key, cell in stored_in(place.sheet).items()}
    return published(of, cells, {**held, PLACE: [urn_code(str(place.urn)) for place in places]})


def _told_of(here: Visit, of: Kept, comparison: Comparison, kind: str) -> EstablishmentQuerySet:
    """The establishments in the release that the asker may read about, by their context."""
    cells = StatisticsCell.objects.filter(release=of.release, establishment=OuterRef("pk"))
    found = in_order_of(comparison, here.readable_establishments().with_membership(here.today)).filter(Exists(cells))
    return found.filter(kind=kind) if kind else found


def _beside(of: Kept, places: Iterable[Establishment], found: PublishedTable) -> Iterable[RowOfStatistics]:
    """A row for each establishment. What they are ordered by is not shown, as it is an exact number (R12)."""
    for place in places:
        figures, share = figures_beside_the_whole(of, found, urn_code(str(place.urn)))
        if figures:
            yield RowOfStatistics(place.name, 0, figures, share, place.urn)


def _possible(found: PublishedTable) -> PublishedTable:
    """Without groups that no pupil there can be in (such as Year 11 in a primary school)."""
    rows = (row for row in found.rows if any(figure != Symbol.IMPOSSIBLE for figure in row.figures.values()))
    return replace(found, rows=tuple(rows))


def _to_take_away(of: Kept, found: PublishedTable, order: Comparison | None = None) -> TableToTakeAway:
    return TableToTakeAway(
        published=found,
        catalogue=of.catalogue,
        release=of.origin,
        academic_year=of.release.academic_year,
        symbols=symbols_in(found, of.rules),
        definitions=definitions_of(of),
        order=order,
    )


def _why(here: Visit) -> Why:
    """Why the asker was shown a table: at Schools Online, because they share with others."""
    why = SHARED_REASON if here.asker.through == Through.SCHOOLS_ONLINE else here.why_the_list.reason
    return Why(why, here.permission)
