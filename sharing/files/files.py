"""Establishments and their figures as files: what the page shows, in the order of the page (R29, R31).

CSV follows the conventions of Explore Education Statistics (formats page 8), with its meta file; a workbook has a sheet
of notes. No cell can be taken for a formula.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sharing.authority import ENGLAND, authority, region
from sharing.files.csv_cells import cell
from sharing.files.figures import (
    MARK,
    NOT_AVAILABLE,
    NOT_IN_THE_ROW,
    NOT_IN_THIS_RELEASE,
    figure,
    mark,
    marks,
    meanings,
)
from sharing.files.tables import csv_file, workbook
from sharing.measures import grouping
from sharing.measures.catalogue import DATASET, MEASURE
from sharing.records import EstablishmentLine, EstablishmentList
from sharing.records.deeper import DeeperData
from sharing.records.figures import EarlierUrn, FileOfFigures, KeyData, MeasureOfPlace, Origin, Shown

FORMS = ("csv", "meta", "xlsx")
TIME = ("time_period", "time_identifier")
PLACES = (
    "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name", "school_urn", "school_laestab", "school_name",
)  # fmt: skip
META = (
    "col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint",
    "filter_grouping_column",
)  # fmt: skip
ORIGIN = {
    "release": "Release", "dataset": "Dataset", "version": "Version", "status": "Status", "as_of": "As of",
    "source": "Source",
}  # fmt: skip
OF_LIST = {
    "establishment_type": "Type", "town": "Town", "locality": "Locality", "protocol": "Data Sharing Protocol",
    "takes_part_since": "Takes part since", "as_of": "Facts as of",
}  # fmt: skip
FAIR_USE = (
    "Use these figures to support each other and to improve what children get. "
    "The protocol does not let anyone use them to promote one school or centre at the expense of another."
)
LEVEL = "OFFICIAL-SENSITIVE"
WITH_SMALL = (
    f"{LEVEL}. It may contain figures about fewer than 10 children. Only people who see all the pupils of this "
    "establishment may see it. Destroy it as soon as you have finished with it."
)
PROTECTED = "They are worked out from rounded counts, so that no child can be recognised."


def of_key_data(found: KeyData, form: str) -> FileOfFigures:
    name = f"key_data_{found.here.urn}"
    if form == "xlsx":
        level = LEVEL if found.with_small else ""
        return workbook(name, ("Key Data", *_key_data_sheet(found)), _key_data_notes(found), level)
    if form == "meta":
        return csv_file(f"{name}.meta", META, _key_data_meta(found))
    header = (*TIME, *PLACES, "figure_of", *ORIGIN, *(measure.code for measure in found.measures))
    stopped = _stopped_rows(found, [measure.code for measure in found.measures])
    return csv_file(name, header, (*_key_data_rows(found), *stopped))


def of_deeper(found: DeeperData, form: str) -> FileOfFigures:
    """The released figures of Deeper Data. Whole numbers of one's own pupils are in no file: they are not passed on."""
    name = f"deeper_data_{found.here.urn}"
    groups = {key: grouping.DIMENSIONS[key].label for key in found.released_by}
    if form == "xlsx":
        return workbook(name, ("Deeper Data", *_deeper_sheet(found, groups)), _deeper_notes(found))
    if form == "meta":
        filters = [(column, "Filter", label, *[""] * 5) for column, label in (groups | _OF_WHOM | ORIGIN).items()]
        told = marks((shown for *_, shown in _deeper_cells(found)), stopped=bool(found.stopped))
        unit, label = "%" if found.unit == "percent" else "", _label(found.name, *_protected(found), *told)
        indicator = (found.choices.measure, "Indicator", label, "", unit, str(found.decimals), "", "")
        return csv_file(f"{name}.meta", META, [*filters, indicator])
    header = (*TIME, *PLACES, *groups, *_OF_WHOM, *ORIGIN, found.choices.measure)
    stopped = _stopped_rows(found, [found.choices.measure], groups=len(groups))
    return csv_file(name, header, (*_deeper_rows(found), *stopped))


def of_establishments(found: EstablishmentList, form: str) -> FileOfFigures:
    name, by = "establishments", _context_columns(found)
    if form == "xlsx":
        return workbook(name, ("Establishments", *_establishments_sheet(found)), _establishments_notes(found))
    if form == "meta":
        said = map(": ".join, meanings(map(_context, found.page)))
        told = [*_protected(found), *(one.words for one in found.stopped), *said]
        about = {column: _label(label, *told) for column, label in by.items() if label != MARK}
        filters = [(column, "Filter", label, *[""] * 5) for column, label in (OF_LIST | by | about).items()]
        return csv_file(f"{name}.meta", META, filters)
    rows = [
        (
            *(
                str(line.as_of.year),
                "Calendar year",
                *_of_school(line.dfe_number),
                str(line.urn),
                line.dfe_number.replace("/", ""),
            ),
            *(cell(text) for text in (line.name, line.kind, line.town, line.locality, line.status)),
            *(line.since.isoformat() if line.since else "", line.as_of.isoformat()),
            *([line.number or line.context, mark(_context(line))] if by else []),
        )
        for line in found.page
    ]
    return csv_file(name, (*TIME, *PLACES, *OF_LIST, *by), rows)


# --- Key Data -------------------------------------------------------------------------------------------------------

_Row = tuple[str, str, str, Origin, int | None]  # period, of whom (code), of whom (words), release, URN it was under


def _cells(found: KeyData) -> Iterable[tuple[MeasureOfPlace, str, str, str, str, Shown]]:
    """(measure, year, period, of whom as a code, of whom in words, what is shown), as on the page."""
    for measure in found.measures:
        for year in measure.years:
            codes, names = ("own", *measure.areas), (found.here.name, *measure.beside)
            for code, name, shown in zip(codes, names, year.cells, strict=True):
                yield measure, year.year, year.period, code, name, shown


def _key_data_rows(found: KeyData) -> Iterable[Sequence[str]]:
    """A row for each year, group and release: that release's measures have values, the others are not applicable."""
    by_row: dict[_Row, dict[str, str]] = {}
    for measure, _, period, code, name, shown in _cells(found):
        if shown.origin:
            figures = by_row.setdefault((period, code, name, shown.origin, shown.under), {})
            figures[measure.code] = shown.number or cell(shown.symbol)
    newest_first = sorted(by_row, key=lambda row: -int(row[0]))
    for row in newest_first:
        period, code, name, origin, under = row
        told = _origin_columns(origin)
        yield (
            *(period, "Academic year", *_place(found, code, under), cell(name), *(cell(text) for text in told)),
            *(by_row[row].get(measure.code, NOT_IN_THIS_RELEASE) for measure in found.measures),
        )


def _stopped_rows(found: KeyData | DeeperData, measures: Sequence[str], *, groups: int = 0) -> Iterable[Sequence[str]]:
    """A row for each year that is stopped, with that as its status: CSV has no notes, and may be read on its own. As in
    the other rows, measures of other datasets are not applicable.
    """
    names = [DATASET[MEASURE[code].dataset].name for code in measures]
    for one in found.stopped:
        yield (
            *(one.year.replace("/", ""), "Academic year", *_place(found, "own", None), *[""] * groups, ""),
            *map(cell, ("", one.dataset, "", one.words, "", "")),
            *(NOT_AVAILABLE if name == one.dataset else NOT_IN_THIS_RELEASE for name in names),
        )


def _origin_columns(origin: Origin) -> Sequence[str]:
    """The values for the columns of ORIGIN."""
    return (
        origin.label,
        origin.dataset,
        str(origin.version),
        origin.status,
        origin.as_of.isoformat(),
        origin.source,
    )


def _origin_note(origin: Origin) -> Sequence[str]:
    return (
        origin.label,
        f"{origin.dataset} {origin.year}, version {origin.version}, {origin.status.lower()}. As of "
        f"{origin.as_of:%d/%m/%Y}. Source: {origin.source}. Owner: {origin.owner}.",
    )


def _earlier_note(one: EarlierUrn) -> Sequence[str]:
    return (f"URN {one.urn}", f"Until {one.until:%d/%m/%Y} it was {one.name}. Figures from then are under that URN.")


def _place(found: KeyData | DeeperData, code: str, under: int | None) -> tuple[str, ...]:
    """The columns of the place. `under`: the URN it was published under, if that is not the establishment's today."""
    if code == "own":
        urn, number = (under, "") if under else (found.here.urn, found.dfe_number)
        return (*_of_school(found.dfe_number), str(urn), number, cell(found.here.name))
    return (*_geography("National" if code.startswith("england") else "Local authority"), "", "", "")


def _of_school(dfe_number: str) -> tuple[str, ...]:
    """A school of another authority, of which we only know the number."""
    code, ours = dfe_number[:3], authority()[0]
    return ("School", *ENGLAND, "", "", code, "", "") if code not in ("", ours) else _geography("School")


def _geography(level: str) -> tuple[str, ...]:
    return (level, *ENGLAND, *(("",) * 5 if level == "National" else (*region(), *authority())))


def _key_data_meta(found: KeyData) -> Iterable[Sequence[str]]:
    for column, label in ({"figure_of": "Of whom"} | ORIGIN).items():
        yield (column, "Filter", label, "", "", "", "", "")
    for measure in found.measures:
        unit = "%" if measure.unit == "percent" else ""
        told = marks((shown for year in measure.years for shown in year.cells), stopped=bool(found.stopped))
        label = _label(measure.name, *_protected(measure), *told, NOT_IN_THE_ROW)
        yield (measure.code, "Indicator", label, "", unit, str(measure.decimals), "", "")


def _protected(found: MeasureOfPlace | DeeperData | EstablishmentList) -> list[str]:
    """What files say about protected figures, if they have any."""
    return [f"{sentence} {PROTECTED}" for sentence in found.protected]


def _key_data_sheet(found: KeyData) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    header = ("Measure", "School year", "Of whom", "Figure", "Unit", "Release", MARK)
    rows = (
        (
            *(measure.name, year, name, figure(shown), _unit(measure)),
            *(shown.origin.label if shown.origin else "", mark(shown)),
        )
        for measure, year, _, _, name, shown in _cells(found)
    )
    return header, rows


def _unit(measure: MeasureOfPlace | DeeperData) -> str:
    return {"percent": "%", "rate": "for each 100 pupils"}.get(measure.unit, measure.unit)


def _label(name: str, *sentences: str) -> str:
    return f"{name}. {' '.join(sentences)}" if sentences else name


def _definition(found: MeasureOfPlace | DeeperData) -> str:
    return f"{found.definition} {found.direction}."


def _key_data_notes(found: KeyData) -> list[Sequence[str]]:
    return [
        (f"Key Data for {found.here.name}", f"URN {found.here.urn}"),
        *([("Marking", WITH_SMALL)] if found.with_small else []),
        ("Use", FAIR_USE),
        *map(_origin_note, found.origins),
        *map(_earlier_note, found.earlier),
        *(("Stopped", one.words) for one in found.stopped),
        *meanings(shown for *_, shown in _cells(found)),
        *((measure.name, _definition(measure)) for measure in found.measures),
        *((measure.name, sentence) for measure in found.measures for sentence in _protected(measure)),
    ]  # fmt: skip


# --- Deeper Data ----------------------------------------------------------------------------------------------------

_OF_WHOM = {"figure_of": "Of whom"}


def _deeper_cells(found: DeeperData) -> Iterable[tuple[list[str], str, str, Shown]]:
    """(groups in words, of whom as a code, of whom in words, what is shown), as on the page."""
    for row in found.rows:
        parts = grouping.parsed(row.label) or {}
        groups = [grouping.DIMENSIONS[key].options[parts[key]] if parts else "Total" for key in found.released_by]
        for code, name, shown in zip(found.areas, found.of_whom, row.cells, strict=True):
            yield groups, code, name, shown


def _deeper_rows(found: DeeperData) -> Iterable[Sequence[str]]:
    period = f"{found.choices.year}{(found.choices.year + 1) % 100:02}"
    for groups, code, name, shown in _deeper_cells(found):
        place = _place(found, code, shown.under)
        told = _origin_columns(shown.origin) if shown.origin else [""] * len(ORIGIN)
        number = shown.number or cell(shown.symbol)
        yield (period, "Academic year", *place, *map(cell, groups), cell(name), *map(cell, told), number)


def _deeper_sheet(found: DeeperData, groups: Mapping[str, str]) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    header = ("Measure", "School year", *groups.values(), "Of whom", "Figure", "Unit", "Release", MARK)
    rows = (
        (found.name, found.year, *words, name, figure(shown), _unit(found),
         shown.origin.label if shown.origin else "", mark(shown))
        for words, _, name, shown in _deeper_cells(found)
    )  # fmt: skip
    return header, rows


def _deeper_notes(found: DeeperData) -> list[Sequence[str]]:
    return [
        (f"Deeper Data for {found.here.name}", f"URN {found.here.urn}"),
        ("Use", FAIR_USE),
        *map(_origin_note, found.origins),
        *map(_earlier_note, found.earlier),
        *(("Stopped", one.words) for one in found.stopped),
        *meanings(shown for *_, shown in _deeper_cells(found)),
        ("Not shown", "Fewer than 10 children, or such a figure could be worked out by subtraction, or nothing is out"),
        (found.name, _definition(found)),
        ("Areas", found.whose_areas),
        *((found.name, sentence) for sentence in _protected(found)),
    ]


# --- the list of establishments -------------------------------------------------------------------------------------


def _context_columns(found: EstablishmentList) -> dict[str, str]:
    """The columns for what the list is ordered by, if it needs any."""
    key, told = found.order.key, [line.context for line in found.page]
    unit = " (%)" if any(text.endswith("%") for text in told) else ""
    return {key.value: f"{key.label}{unit}", "mark": MARK} if any(told) else {}


def _context(line: EstablishmentLine) -> Shown:
    return Shown(line.context, line.number, counts=line.counts)


def _establishments_sheet(found: EstablishmentList) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    by = _context_columns(found)
    rows = (
        (
            *(line.urn, line.dfe_number, line.name, line.kind, line.town, line.locality, line.status),
            *(line.since or "", line.as_of, *([figure(_context(line)), mark(_context(line))] if by else [])),
        )
        for line in found.page
    )
    return ("URN", "DfE number", "Name", *OF_LIST.values(), *by.values()), rows


def _establishments_notes(found: EstablishmentList) -> list[Sequence[str]]:
    return [
        ("Establishments", f"{found.page.total}"),
        *(("Only", words) for words in found.narrowed_to),
        ("Order", found.order.words),
        ("Use", FAIR_USE),
        *(("Stopped", one.words) for one in found.stopped),
        *((found.order.key.label, sentence) for sentence in _protected(found)),
        *meanings(map(_context, found.page)),
    ]
