"""Absence: the `abs` table of the performance tables (formats page 6.3).

The rows of England are by phase (LA `NAT`, ESTAB PRI, SEC or SPE); there is no row for an authority.
"""

from pathlib import Path
from typing import Final

from sharing.imports.csv_text import Column
from sharing.published.census import by_phase_of_england
from sharing.published.told import Published
from sharing.published.wide import Layout, Reads, read_wide
from sharing.published.years import by_name

READS: Final = (
    Reads("PERCTOT", "absence_overall", percent=True),
    Reads("PPERSABS10", "absence_persistent", percent=True),
)


LAYOUT: Final = Layout(
    dataset="absence",
    title="Absence",
    what="the absence table (abs) of the school performance tables",
    reads=READS,
    place=by_phase_of_england("LA", "ESTAB"),
    year=by_name,
    expects="",
    keys={
        "URN": Column("URN", required=True),
        "LA": Column("LA", required=True, also=("LEA",)),
        "ESTAB": Column("ESTAB"),
    },
)


def read(path: Path, ours: int) -> Published:
    """The figures of the table for schools and, by phase, for England. Raises ImportRefused."""
    return read_wide(path, LAYOUT, ours)
