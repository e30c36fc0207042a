"""Who the pupils are: the `census` table of the performance tables (formats page 6.3).

The rows of England are by phase (URN `NAT`, Estab PRI, SEC or SPE); there is no row for an authority. The table has no
column with the share eligible for free school meals: it is worked out here from its two numbers, NUMFSM out of NOR.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column
from sharing.imports.problems import Problem, ProblemLog, refused
from sharing.published.rows import Row
from sharing.published.told import ENGLAND, By, Place, Published, Told, of_phase
from sharing.published.wide import Layout, Reads, read_wide, school
from sharing.published.years import by_name
from sharing.school_year import census_days

PHASES: Final = {"PRI": "primary", "SEC": "secondary", "SPE": "special"}
FSM: Final = "census_fsm"

READS: Final = (
    Reads("NOR", "census_pupils"),
    Reads("PNORG", "census_girls", percent=True, of="NOR", count="NORG"),
    Reads("NUMFSM", FSM, of="NOR", count="NUMFSM"),
    Reads("PNUMFSMEVER", "census_fsm6", percent=True, of="NORFSMEVER", count="NUMFSMEVER"),
    Reads("PNUMEAL", "census_eal", percent=True, of="NOR", count="NUMEAL"),
    Reads("PSENELK", "census_sen_support", percent=True, of="NOR", count="TSENELK"),
    Reads("PSENELSE", "census_ehc_plan", percent=True, of="NOR", count="TSENELSE"),
)


def by_phase_of_england(nat: str, mark: str) -> Callable[[Row], Place | str | None]:
    """Where a row belongs: to its school or, with NAT in the column `nat`, to England's schools of one phase.

    The phase is the word in place of the establishment's number, in the column with the header `mark`.
    """

    def place(row: Row) -> Place | str | None:
        if row.pick(nat).upper() != "NAT":
            return school(row)
        phase = PHASES.get(row.pick("ESTAB").upper())
        if phase is None:
            cure = f"The rows of England known here are {', '.join(PHASES)}. Ask what this one is."
            row.wrong(mark, row.pick("ESTAB"), cure)
            return None
        return Place(By.AREA, of_phase(ENGLAND, phase))

    return place


LAYOUT: Final = Layout(
    dataset="census",
    title="Pupils and their characteristics",
    what="the census table of the school performance tables",
    reads=READS,
    place=by_phase_of_england("URN", "Estab"),
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
    published.as_of = census_days(published.years[-1] + 1)[0]
    return published


def refuse_parts_larger_than_the_whole(published: Published) -> None:
    """Raises ImportRefused if there are more pupils of a kind than there are on roll."""
    log = ProblemLog()
    for told in published.figures:
        if told.numerator is not None and told.denominator is not None and told.numerator > told.denominator:
            cure = f"{told.numerator} of {told.denominator} pupils cannot be right. Correct one of the two numbers."
            log.add(Problem(told.row, told.column, str(told.numerator), cure))
    log.refuse_if_fatal()


def _share(told: Told) -> Decimal:
    """The number per 100 on roll."""
    share = Decimal(100) * (told.numerator or 0) / (told.denominator or 1)
    return share.quantize(Decimal("0.0001"), ROUND_HALF_UP)
