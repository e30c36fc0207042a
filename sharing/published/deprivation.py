"""Deprivation of neighbourhoods: the English Indices by LSOA, 2019 and 2025 (formats page 9).

A neighbourhood has one code in the 2011 vintage and may have another in that of 2021; a file's header says which codes
it has. Establishments take the score of the LSOA that GIAS names for them.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column, open_table
from sharing.imports.problems import Problem, ProblemLog, refused
from sharing.published.cells import CellReader
from sharing.published.gathering import Gathering
from sharing.published.rows import Row
from sharing.published.told import TOTAL, By, Place, Published

WHAT: Final = "the scores of the Indices of Deprivation by LSOA (File 7)"
COLUMNS: Final = {
    "lsoa": Column("LSOA code (2011)", required=True, also=("LSOA code (2021)", "LSOA11CD", "LSOA21CD")),
    "imd": Column("Index of Multiple Deprivation (IMD) Score", also=("IMD_2019_score", "IMD_2025_score")),
    "idaci": Column(
        "Income Deprivation Affecting Children Index (IDACI) Score (rate)",
        also=("IDACI_2019_score", "IDACI_2025_score"),
    ),
}
MEASURES: Final = {"imd": "imd_score", "idaci": "idaci"}
MOST: Final = {"imd": 100, "idaci": 1}
# The districts that the file lists, by year, and the Indices that they belong to.
_BY_DISTRICTS: Final = {2019: 2019, 2024: 2025}
# The Indices read here, and the day on which each came out.
INDICES: Final = {2019: date(2019, 9, 26), 2025: date(2025, 10, 30)}
_LSOA: Final = re.compile(r"E01[0-9]{6}")


def index_year(path: Path, header: Sequence[str]) -> int:
    """The year of the Indices: from a score's name, the districts, or the file's name. Raises ImportRefused."""
    by_score = {int(match[1]) for text in header if (match := re.match(r"(?:IMD|IDACI)_([0-9]{4})_", text.strip()))}
    districts = (re.search(r"District code \(([0-9]{4})\)", text) for text in header)
    by_district = {_BY_DISTRICTS.get(int(match[1]), 0) for match in districts if match}
    by_name = {int(year) for year in re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", path.stem)}
    found = (by_score or by_district or by_name) & set(INDICES)
    if len(found) != 1:
        cure = (
            "Nothing in the file says which Indices it is from. Put 2019 or 2025 into its name, as in "
            "IoD2019_File_7.csv, and send it again."
        )
        raise refused("", cure)
    return found.pop()


def vintage(header: str) -> int:
    """2011 or 2021: the year of the LSOA codes, by the header of their column. It may have signs that nobody sees."""
    return 2011 if re.sub("[^0-9]", "", header).endswith("11") else 2021


def read(path: Path, ours: int) -> Published:
    """The scores of every neighbourhood in the file. Raises ImportRefused."""
    log = ProblemLog()
    gathering = Gathering(Published("deprivation", "Deprivation of neighbourhoods"), log)
    cells = CellReader(frozenset(), log)
    with open_table(path, WHAT, COLUMNS) as table:
        year = index_year(path, table.header)
        found = [name for name in MEASURES if name in table.positions]
        if not found:
            raise refused("", f"The file has no score that is read here. It should have {WHAT}.", row=1)
        gathering.lacks(COLUMNS[name].header for name in MEASURES if name not in found)
        gathering.published.as_of = INDICES[year]
        of_codes = vintage(table.header[table.positions["lsoa"]])
        gathering.published.notes.append(f"Indices of {year}, by the LSOA codes of {of_codes}.")
        for number, texts in table.rows:
            if Row(number, texts, table, log, ours).is_too_long():
                continue
            code = table.pick(texts, "lsoa").upper()
            if not _LSOA.fullmatch(code):
                cure = "The code of an LSOA is E01 and six digits. Correct it, or take the row out."
                log.add(Problem(number, "LSOA", code, cure))
                continue
            gathering.published.rows += 1
            for name in found:
                header, text = COLUMNS[name].header, table.pick(texts, name)
                cell = cells.read(number, header, text)
                if cell and cell.value is not None and not 0 <= cell.value <= MOST[name]:
                    log.add(Problem(number, header, text, f"The score lies between 0 and {MOST[name]}. Correct it."))
                    continue
                gathering.cell(cell, number, header, Place(By.LSOA, code), year, MEASURES[name], TOTAL)
        gathering.look_at_the_end(table)
    return gathering.finish()
