"""Indicators of areas: the Local Authority Interactive Tool, in long format (formats page 7).

`Years` has many spellings. A calendar year (2025) of a school measure is the year in which the academic year ended; two
years (2023/24, 2024-25) are that academic year. (Rev) and (Final) are validated, (prov) is provisional. A row whose
year is 0 is the tool's empty row. The tool writes numbers with floating-point noise, such as 40.799999999999997.
"""

import re
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column, Table, open_table
from sharing.imports.problems import ProblemLog
from sharing.published.cells import LAIT, CellReader, whole_number
from sharing.published.gathering import Gathering
from sharing.published.rows import Row
from sharing.published.told import (
    AUTHORITY,
    DISADVANTAGED,
    ENGLAND,
    NOT_DISADVANTAGED,
    REGION,
    TOTAL,
    By,
    Place,
    Published,
    of_phase,
)
from sharing.published.years import is_possible

WHAT: Final = "the long file of the Local Authority Interactive Tool"
COLUMNS: Final = {
    "code": Column("Short Desc", required=True),
    "years": Column("Years", required=True),
    "area": Column("LA and Regions", required=True),
    "value": Column("Values", required=True),
    "number": Column("LA Number", required=True),
    "region": Column("Region"),
}
ENGLAND_NUMBER: Final = 970
FIRST_REGION: Final = 980  # regions are numbered from here up, and nothing else is
_SINGLE: Final = re.compile(r"([0-9]{4})")
_DOUBLE: Final = re.compile(r"([0-9]{4})[-/]([0-9]{2}|[0-9]{4})")
_STATUS: Final = {"": False, "rev": False, "final": False, "prov": True}


def _by_ethnicity(code: str, measure: str) -> dict[str, tuple[str, str, str]]:
    """Codes of the tool for each ethnic group, by the letters of `codes.ETHNICITY_GROUP`."""
    letters = {"White": "W", "Mixed": "M", "Asian": "A", "Black": "B", "Chine": "C"}
    return {code.format(word): (measure, f"ethnicity:{letter}", "") for word, letter in letters.items()}


# The tool's code -> measure, group, phase of the schools.
INDICATORS: Final = {
    "FSP_NEW_GOODDEV": ("eyfsp_gld", TOTAL, ""),
    "KS1P_all": ("phonics_met", TOTAL, ""),
    "KS1P_FSM": ("phonics_met", "fsm:Y", ""),
    "KS1P_EHCP": ("phonics_met", "sen:E", ""),
    "KS1P_SEND": ("phonics_met", "sen:K", ""),
    "KS1P_NonSEND": ("phonics_met", "sen:N", ""),
    "KS2RWM_Expected_STD": ("ks2_rwm_expected", TOTAL, ""),
    "KS2RWM_Higher_STD": ("ks2_rwm_higher", TOTAL, ""),
    "FSM_NEW_KS2_RWM": ("ks2_rwm_expected", "fsm:Y", ""),
    "NonFSM_NEW_KS2_RWM": ("ks2_rwm_expected", "fsm:N", ""),
    "NEW_KS2_RWM_Sen_Withsta": ("ks2_rwm_expected", "sen:E", ""),
    "NEW_KS2_RWM_Sen_W/Osta": ("ks2_rwm_expected", "sen:K", ""),
    "NoID_SEN_NEW_KS2_RWM": ("ks2_rwm_expected", "sen:N", ""),
    **_by_ethnicity("KS2_NEW_{}_RWM", "ks2_rwm_expected"),
    "AVG_Attain8_Score": ("ks4_attainment8", TOTAL, ""),
    "FSM_AVG_Attain8_Score": ("ks4_attainment8", "fsm:Y", ""),
    "NonFSM_AVG_Attain8_Score": ("ks4_attainment8", "fsm:N", ""),
    "DAP_KS4_ATT8": ("ks4_attainment8", DISADVANTAGED, ""),
    "NonDAP_KS4_ATT8": ("ks4_attainment8", NOT_DISADVANTAGED, ""),
    "SEN_Stat_AVG_Attain8_Score": ("ks4_attainment8", "sen:E", ""),
    "SEN_WoStat_AVG_Attain8_Score": ("ks4_attainment8", "sen:K", ""),
    "SEN_NoID_AVG_Attain8_Score": ("ks4_attainment8", "sen:N", ""),
    **_by_ethnicity("AVG_Attain8_Score_{}", "ks4_attainment8"),
    "AVG_Prog8_Score": ("ks4_progress8", TOTAL, ""),
    "FSM_AVG_Prog8_Score": ("ks4_progress8", "fsm:Y", ""),
    "NonFSM_AVG_Prog8_Score": ("ks4_progress8", "fsm:N", ""),
    "DAP_KS4_Prog8": ("ks4_progress8", DISADVANTAGED, ""),
    "NonDAP_KS4_Prog8": ("ks4_progress8", NOT_DISADVANTAGED, ""),
    "EngMaths9-4": ("ks4_english_maths_4", TOTAL, ""),
    "EngMaths9-5": ("ks4_english_maths_5", TOTAL, ""),
    "EngBacEntries": ("ks4_ebacc_entry", TOTAL, ""),
    "EngBacAvgPointScore": ("ks4_ebacc_points", TOTAL, ""),
    "TotAbs": ("absence_overall", TOTAL, ""),
    "PriTotAbs": ("absence_overall", TOTAL, "primary"),
    "SecTotAbs": ("absence_overall", TOTAL, "secondary"),
    "total_absence_special": ("absence_overall", TOTAL, "special"),
    "PriUnauth": ("absence_unauthorised", TOTAL, "primary"),
    "SecUnauth": ("absence_unauthorised", TOTAL, "secondary"),
    "unauthorised_absence_special": ("absence_unauthorised", TOTAL, "special"),
    "TotPerAbNew": ("absence_persistent", TOTAL, ""),
    "SFPriPerAbNew": ("absence_persistent", TOTAL, "primary"),
    "SFSecPerAbNew": ("absence_persistent", TOTAL, "secondary"),
    "SpecPerAbNew": ("absence_persistent", TOTAL, "special"),
    "TotSevPerAbNew": ("absence_severe", TOTAL, ""),
    "SFPriSevPerAbNew": ("absence_severe", TOTAL, "primary"),
    "SFSecSevPerAbNew": ("absence_severe", TOTAL, "secondary"),
    "SpecSevPerAbNew": ("absence_severe", TOTAL, "special"),
    "TotFixedEx": ("published_suspensions_rate", TOTAL, ""),
    "PriFixedEx": ("published_suspensions_rate", TOTAL, "primary"),
    "SecFixedEx": ("published_suspensions_rate", TOTAL, "secondary"),
    "SpecFixedEx": ("published_suspensions_rate", TOTAL, "special"),
    "Total_ Pup_FixedEx": ("published_suspended_pupils", TOTAL, ""),
    "Pri_ Pup_FixedEx": ("published_suspended_pupils", TOTAL, "primary"),
    "Sec_ Pup_FixedEx": ("published_suspended_pupils", TOTAL, "secondary"),
    "Spec_ Pup_FixedEx": ("published_suspended_pupils", TOTAL, "special"),
    "TotPermEx": ("published_exclusions_rate", TOTAL, ""),
    "PriPermEx": ("published_exclusions_rate", TOTAL, "primary"),
    "SecPermEx": ("published_exclusions_rate", TOTAL, "secondary"),
    "SpecPermEx": ("published_exclusions_rate", TOTAL, "special"),
    "EALPri": ("census_eal", TOTAL, "primary"),
    "EALSec": ("census_eal", TOTAL, "secondary"),
    "PriFSM": ("census_fsm", TOTAL, "primary"),
    "SecFSM": ("census_fsm", TOTAL, "secondary"),
    "PrimStatements": ("census_ehc_plan", TOTAL, "primary"),
    "SecStatements": ("census_ehc_plan", TOTAL, "secondary"),
    "SEN_TotStat": ("census_ehc_plan", TOTAL, ""),
    "PrimNoStatements": ("census_sen_support", TOTAL, "primary"),
    "SecNoStatements": ("census_sen_support", TOTAL, "secondary"),
}
_NOT_SHARES: Final = ("ks4_attainment8", "ks4_progress8", "ks4_ebacc_points", "published_")


def academic_year_of(text: str) -> tuple[int, bool] | None:
    """(the year in which it began, whether the figure is provisional); None if the text is not a period."""
    words = re.fullmatch(r"([0-9/-]+)\s*(?:\((\w+)\))?", text.strip())
    if not words or (words[2] or "").casefold() not in _STATUS:
        return None
    provisional = _STATUS[(words[2] or "").casefold()]
    if single := _SINGLE.fullmatch(words[1]):
        year = int(single[1]) - 1
    elif (double := _DOUBLE.fullmatch(words[1])) and (int(double[1]) + 1) % 100 == int(double[2]) % 100:
        year = int(double[1])
    else:
        return None
    return (year, provisional) if is_possible(year) else None


def read(path: Path, ours: int) -> Published:
    """The figures of the authority, its region and England; other indicators are skipped. Raises ImportRefused."""
    with open_table(path, WHAT, COLUMNS) as table:
        region = _our_region(table, ours)
    log = ProblemLog()
    gathering = Gathering(Published("comparators", "Indicators of areas (LAIT)"), log)
    cells = CellReader(LAIT, log)
    with open_table(path, WHAT, COLUMNS) as table:
        for number, texts in table.rows:
            _read_row(Row(number, texts, table, log, ours), region, cells, gathering)
        gathering.look_at_the_end(table)
    _leave_empty_years(gathering.published)
    return gathering.finish()


def _our_region(table: Table, ours: int) -> str:
    """The name of the region in our authority's rows; the region's own rows have it too, but for capitals."""
    rows = (texts for _, texts in table.rows if whole_number(table.pick(texts, "number")) == ours)
    return next((table.pick(texts, "region").casefold() for texts in rows), "")


def _read_row(row: Row, region: str, cells: CellReader, gathering: Gathering) -> None:
    if row.is_too_long():
        return
    known = INDICATORS.get(row.pick("code"))
    if known is None:
        gathering.pass_over("rows of indicators that are no measure here")
        return
    if row.pick("years") == "0":
        gathering.pass_over("rows without a year")
        return
    measure, group, phase = known
    area = _area(row, region)
    if area is None:
        gathering.pass_over("rows of other authorities and regions")
        return
    period = academic_year_of(row.pick("years"))
    if period is None:
        cure = (
            "This is not a year known here: 2024, 2023/24 or 2023-24, perhaps with (Rev), (Final) or (prov) after it."
        )
        row.wrong("Years", row.pick("years"), cure)
        return
    year, provisional = period
    gathering.published.rows += 1
    if provisional:
        gathering.published.provisional.add(year)
    cell = cells.read(row.number, "Values", row.pick("value"), percent=not measure.startswith(_NOT_SHARES))
    place = Place(By.AREA, of_phase(area, phase))
    gathering.cell(cell, row.number, "Values", place, year, measure, group)


def _area(row: Row, region: str) -> str | None:
    number = whole_number(row.pick("number"))
    if number == row.ours:
        return AUTHORITY
    if number == ENGLAND_NUMBER:
        return ENGLAND
    if number is not None and number >= FIRST_REGION and region and row.pick("area").casefold() == region:
        return REGION
    return None


def _leave_empty_years(published: Published) -> None:
    """Drop years for which the tool has no number at all: 2020, which had no tests, and years to come."""
    filled = {told.academic_year for told in published.figures if told.value is not None}
    published.figures = [told for told in published.figures if told.academic_year in filled]
