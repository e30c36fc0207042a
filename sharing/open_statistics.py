"""What pages and files say of a stored table of open statistics (R10, R12, R31). No children are counted here.

Nothing here asks who is reading: the caller fetches the cells, inside a visit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sharing.charts import GroupBars, GroupRow, group_bars
from sharing.models import Release, StatisticsTable
from sharing.models.statistics import StatisticsCellQuerySet
from sharing.records.figures import Shown
from sharing.records.statistics import Choice, ProtectedOrigin, RowOfStatistics, Told
from sharing.school_year import in_words
from sharing.statistics.catalogue import OUTCOMES, Catalogue, Table
from sharing.statistics.definitions import DEFINITIONS
from sharing.statistics.dimensions import TOTAL
from sharing.statistics.files import indicator_words
from sharing.statistics.rates import percent
from sharing.statistics.reading import catalogue_of
from sharing.statistics.records import Figure, PublishedTable, Row
from sharing.statistics.rules import Rules
from sharing.statistics.stored import PUPILS, Stored, codes_of, keys_needed, rows_of
from sharing.statistics.symbols import Symbol, number_of

PLACE: Final = "place"
RATES: Final = "_rates"
# The name of a dimension in an address where its own is taken: `year` is the school year of the release.
PARAMETERS: Final = {"year": "year_group"}


@dataclass(frozen=True)
class Selection:
    """What was asked for, as typed: a year, the dimension that makes the rows, and a member of each other dimension.

    If something asked for does not exist, the whole is shown instead: only stored cells can be asked for.
    """

    year: int | None = None
    rows: str = ""
    members: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A stored table, as the engine knows it."""

    name: str
    title: str
    release: Release
    indicators: tuple[str, ...]
    catalogue: Catalogue
    table: Table

    @property
    def origin(self) -> ProtectedOrigin:
        return protected_origin_of(self.release)

    @property
    def rules(self) -> Rules:
        """The rules by which it was protected: no page shows a rate that its release would not."""
        return Rules(base=self.release.protected_by.base, rate_from=self.release.protected_by.rate_from)

    @property
    def laid_out_by(self) -> tuple[str, ...]:
        """The dimensions that may be the rows of a page, the usual one first."""
        names = self.table.dimensions
        outcome = [name for name in names if name in OUTCOMES]
        return tuple(sorted(names, key=lambda name: (name in outcome, name == PLACE)))


def kept(row: StatisticsTable, trees: Iterable[Mapping[str, Any]]) -> Kept:
    """The stored table. `trees` are the dimensions of its release, as {name, label, members}."""
    about = {
        "dimensions": {tree["name"]: tree for tree in trees},
        "tables": [{name: getattr(row, name) for name in _OF_A_TABLE}],
        "impossible": [],
    }
    catalogue = catalogue_of(about)
    return Kept(row.name, row.title, row.release, tuple(row.indicators), catalogue, catalogue.tables[0])


_OF_A_TABLE: Final = ("name", "title", "dimensions", "where", "members", "indicators", "audience")


def stored(cells: StatisticsCellQuerySet) -> Stored:
    return {
        (key, indicator): (value, symbol, step)
        for key, indicator, value, symbol, step in cells.values_list("key", "indicator", "value", "symbol", "step")
    }


def stored_in(sheet: Iterable[Mapping[str, Any]]) -> Stored:
    """The stored cells, where they came along in another query (`as_sheet`)."""
    return {
        (one["key"], one["indicator"]): (_decimal(one["value"]), one["symbol"], _decimal(one["step"])) for one in sheet
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def keys_of(of: Kept, only: Mapping[str, Sequence[str]]) -> list[str]:
    """The keys of the rows with these members."""
    return sorted(keys_needed(of.catalogue, of.table, of.indicators, codes_of(of.catalogue, of.table, only)))


def published(of: Kept, cells: Stored, only: Mapping[str, Sequence[str]]) -> PublishedTable:
    """The table's rows with these members, as far as `cells` contains them."""
    codes = codes_of(of.catalogue, of.table, only)
    return PublishedTable(of.table, of.indicators, tuple(rows_of(of.catalogue, of.table, of.indicators, codes, cells)))


def told(of: Kept, found: PublishedTable, laid_out: str) -> Told:
    """The page of a table, with a row for each member of the dimension `laid_out`."""
    dimension = of.catalogue.dimensions[laid_out]
    at = of.table.dimensions.index(laid_out)
    whole = next((row.figures.get(PUPILS) for row in found.rows if row.members[at] == TOTAL), None)
    rows = tuple(
        RowOfStatistics(
            dimension.label_of[row.members[at]],
            len(dimension.above(row.members[at])) - 1,
            figures_of(row),
            _share(row, whole, of.rules) if not of.table.rate and row.members[at] != TOTAL else None,
        )
        for row in found.rows
    )
    return told_with(of, found, dimension.label, rows, _chart(of, rows))


def told_with(
    of: Kept,
    found: PublishedTable,
    first_column: str,
    rows: tuple[RowOfStatistics, ...],
    charts: tuple[GroupBars, ...] = (),
    columns: tuple[str, ...] = (),
) -> Told:
    """The page of a table with these rows. `columns`: their names, where these are not the indicators'."""
    return Told(
        name=of.name,
        title=of.title,
        release=of.origin,
        academic_year=of.release.academic_year,
        first_column=first_column,
        columns=columns or tuple(indicator_words(name)[0] for name in of.indicators),
        rows=rows,
        charts=charts,
        symbols=symbols_in(found, of.rules, [row.share for row in rows]),
        definitions=definitions_of(of),
        is_rates=bool(of.table.rate),
    )


def figures_of(row: Row) -> tuple[Shown, ...]:
    return tuple(shown(name, figure) for name, figure in row.figures.items())


def shown(name: str, figure: Figure) -> Shown:
    """A figure as it is written everywhere."""
    if isinstance(figure, Symbol):
        return Shown(figure, symbol=figure)
    text = f"{figure:,}" if isinstance(figure, int) else f"{figure}"
    return Shown(f"{text}{indicator_words(name)[1]}", str(figure))


def symbols_in(found: PublishedTable, rules: Rules, also: Iterable[Shown | None] = ()) -> tuple[tuple[str, str], ...]:
    """The symbols used in a table, with their meaning in words."""
    used = {figure for row in found.rows for figure in row.figures.values() if isinstance(figure, Symbol)}
    used |= {Symbol(share.symbol) for share in also if share and share.symbol}
    return tuple((symbol.value, symbol.words(rules.base)) for symbol in Symbol if symbol in used)


def definitions_of(of: Kept) -> tuple[str, ...]:
    """What its dimensions, outcome and indicators mean."""
    rated = [of.table.rate] if of.table.rate else []
    labels = {name: of.catalogue.dimensions[name].label for name in (*of.table.dimensions, *rated)}
    labels |= {name: indicator_words(name)[0] for name in of.indicators}
    return tuple(f"{label}: {DEFINITIONS[name]}" for name, label in labels.items() if name in DEFINITIONS)


def choices_of(of: Kept, asked: Selection, laid_out: str, *, usual_last: bool = False) -> tuple[Choice, ...]:
    """The other dimensions, each at the member that was asked for, or at the whole.

    `usual_last`: a table of counts that names establishments starts at the first group of its last dimension.
    """
    found = []
    for name in of.table.dimensions:
        if name == laid_out:
            continue
        dimension, codes = of.catalogue.dimensions[name], of.catalogue.members(of.table, name)
        usual = codes[1] if usual_last and _is_beside(of, name) else codes[0]
        typed = asked.members.get(name, "")
        members = tuple((code, dimension.label_of[code], len(dimension.above(code)) - 1) for code in codes)
        chosen, parameter = typed if typed in codes else usual, PARAMETERS.get(name, name)
        found.append(Choice(name, dimension.label, members, chosen, parameter))
    return tuple(found)


# --- a group beside its whole, where each row is an establishment ----------------------------------------------------


def beside_the_whole(of: Kept, held: Mapping[str, str]) -> dict[str, list[str]]:
    """The members to read; in a table of counts, the whole of its last dimension as well."""
    return {name: list(dict.fromkeys([TOTAL, code])) if _is_beside(of, name) else [code] for name, code in held.items()}


def columns_beside_the_whole(of: Kept, held: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the columns: the whole and the group. Empty where they are the indicators."""
    name = of.table.dimensions[-1]
    if not _is_beside(of, name):
        return ()
    codes = beside_the_whole(of, held)[name]
    return tuple(f"{of.catalogue.dimensions[name].label_of[code]}: pupils" for code in codes)


def figures_beside_the_whole(of: Kept, found: PublishedTable, place: str) -> tuple[tuple[Shown, ...], Shown | None]:
    """The figures of one establishment's row, and the group's share of the whole."""
    at = of.table.dimensions.index(PLACE)
    rows = [row for row in found.rows if row.members[at] == place]
    if not rows or not _is_beside(of, of.table.dimensions[-1]):
        return (figures_of(rows[0]) if rows else ()), None
    whole = next((row.figures[PUPILS] for row in rows if row.members[-1] == TOTAL), None)
    share = next((_share(row, whole, of.rules) for row in rows if row.members[-1] != TOTAL), None)
    return tuple(figure for row in rows for figure in figures_of(row)), share


def _is_beside(of: Kept, name: str) -> bool:
    return not of.table.rate and name != PLACE and name == of.table.dimensions[-1]


# --- in words -------------------------------------------------------------------------------------------------------


def protected_origin_of(release: Release) -> ProtectedOrigin:
    return ProtectedOrigin(
        id=release.pk,
        dataset=release.dataset.name,
        year=in_words(release.academic_year),
        version=release.version,
        status=Release.Status(release.status).label,
        as_of=release.as_of,
        source=release.dataset.source,
        owner=release.dataset.owner,
        base=release.protected_by.base,
    )


def _share(row: Row, whole: Figure | None, rules: Rules) -> Shown | None:
    """The count as a percentage of the whole, from the two published numbers alone, by the rule for every rate."""
    if whole is None:
        return None
    return shown("attained_percent", percent(_number(row.figures[PUPILS]), _number(whole), rules))


def _number(figure: Figure) -> int | None:
    if figure == Symbol.IMPOSSIBLE:
        return None
    return figure if isinstance(figure, int) else number_of(Symbol.LOW)


def _chart(of: Kept, rows: Iterable[RowOfStatistics]) -> tuple[GroupBars, ...]:
    """A bar for each part of the whole: its rate, or its count."""
    main = next((place for place, name in enumerate(of.indicators) if name.endswith("_percent")), 0)
    bars = [
        GroupRow(row.label, float(figure.number) if figure.number else None, figure.text)
        for row in rows
        if row.depth == 1 and (figure := row.figures[main]).symbol != Symbol.IMPOSSIBLE
    ]
    return group_bars([("", bars)])
