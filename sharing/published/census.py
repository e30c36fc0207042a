"""Who the pupils are: the `census` table of the performance tables (formats page 6.3).

The rows of England are by phase (URN `NAT`, Estab PRI, SEC or SPE); there is no row for an authority. The table has no
column with the share eligible for free school meals: it is worked out here from its two numbers, NUMFSM out of NOR.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column
from sharing.imports.problems import Problem, ProblemLog, refused
from sharing.published.rows import Row
from sharing.published.told import ENGLAND, By, Place, Published, Told, of_phase
from sharing.published.wide import Layout, Reads, read_wide, school
from sharing.published.years import by_name

PHASES: Final = {"PRI": "primary", "SEC": "secondary", "SPE": "special"}
FSM: Final = "census_fsm"
THURSDAY: Final = 3

READS: Final = (
    Reads("NOR", "census_pupils"),
    Reads("PNORG", "census_girls", percent=True, of="NOR", count="NORG"),
    Reads("NUMFSM", FSM, of="NOR", count="NUMFSM"),
    Reads("PNUMFSMEVER", "census_fsm6", percent=True, of="NORFSMEVER", count="NUMFSMEVER"),
    Reads("PNUMEAL", "census_eal", percent=True, of="NOR", count="NUMEAL"),
    Reads("PSENELK", "census_sen_support", percent=True, of="NOR", count="TSENELK"),
    Reads("PSENELSE", "census_ehc_plan", percent=True, of="NOR", count="TSENELSE"),
)


def of_england(row: Row, mark: str) -> Place | None:
    """The row of England for one phase, found by the word in place of the establishment's number."""
    phase = PHASES.get(row.pick("ESTAB").upper())
    if phase is None:
        cure = f"The rows of England known here are {', '.join(PHASES)}. Ask what this one is."
        row.wrong(mark, row.pick("ESTAB"), cure)
        return None
    return Place(By.AREA, of_phase(ENGLAND, phase))


def _place(row: Row) -> Place | str | None:
    return of_england(row, "Estab") if row.pick("URN").upper() == "NAT" else school(row)


LAYOUT: Final = Layout(
    dataset="census",
    title="Pupils and their characteristics",
    what="the census table of the school performance tables",
    reads=READS,
    place=_place,
    year=by_name,
    expects="",
    keys={
        "URN": Column("URN", required=True),
        "LA": Column("LA", also=("LEA",)),
        "ESTAB": Column("Estab"),
    },
)


def read(path: Path, ours: int) -> Published:
    """The figures of the table for schools and, by phase, for England. Raises ImportRefused."""
    published = read_wide(path, LAYOUT, ours)
    refuse_parts_larger_than_the_whole(published)
    published.figures = [
        replace(told, value=_share(told)) if told.measure == FSM and told.value is not None else told
        for told in published.figures
        if told.measure != FSM or told.symbol or told.denominator
    ]
    if not published.figures:
        raise refused("NOR", "No row has the number on roll. Use the file as the Department publishes it.")
    published.as_of = census_day(published.years[-1])
    return published


def refuse_parts_larger_than_the_whole(published: Published) -> None:
    """Raises ImportRefused if there are more pupils of a kind than there are on roll."""
    log = ProblemLog()
    for told in published.figures:
        if told.numerator is not None and told.denominator is not None and told.numerator > told.denominator:
            cure = f"{told.numerator} of {told.denominator} pupils cannot be right. Correct one of the two numbers."
            log.add(Problem(told.row, told.column, str(told.numerator), cure))
    log.refuse_if_fatal()


def census_day(year: int) -> date:
    """The day of the spring census of that academic year: the third Thursday in January."""
    first = date(year + 1, 1, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 14)


def _share(told: Told) -> Decimal:
    """The number per 100 on roll."""
    share = Decimal(100) * (told.numerator or 0) / (told.denominator or 1)
    return share.quantize(Decimal("0.0001"), ROUND_HALF_UP)
