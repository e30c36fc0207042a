"""Key Stage 2: `<LA>_ks2final.csv` of the performance tables, 318 columns in 2018/19 (formats page 6.1).

The columns for the two years before (`_18`, `_17`) and for three years together are ignored: the files of those years
have them. England is the row of the state-funded schools (RECTYPE 5).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sharing.measures.shape import PRIMARY
from sharing.published.told import AUTHORITY, DISADVANTAGED, ENGLAND, NOT_DISADVANTAGED, TOTAL, Published
from sharing.published.wide import SCHOOL, Layout, Reads, by_record_type, read_wide
from sharing.published.years import by_columns

# Group -> the ending of a column's name, and the column with the group's pupils.
GROUPS: Final = {
    TOTAL: ("", "TELIG"),
    "sex:M": ("_B", "BELIG"),
    "sex:F": ("_G", "GELIG"),
    DISADVANTAGED: ("_FSM6CLA1A", "TFSM6CLA1A"),
    NOT_DISADVANTAGED: ("_NotFSM6CLA1A", "TNotFSM6CLA1A"),
    "eal:Y": ("_EAL", "TEALGRP2"),
    "prior:low": ("_L", "TKS1GROUP_L"),
    "prior:middle": ("_M", "TKS1GROUP_M"),
    "prior:high": ("_H", "TKS1GROUP_H"),
    "mobile:N": ("_MOBN", "TMOBN"),
}
BOTH: Final = tuple(GROUPS)
NO_SEX: Final = (
    TOTAL, DISADVANTAGED, NOT_DISADVANTAGED, "prior:low", "prior:middle", "prior:high",
)  # fmt: skip


def _shares(column: str, measure: str, groups: Sequence[str]) -> list[Reads]:
    return [Reads(column + GROUPS[group][0], measure, group, percent=True, of=GROUPS[group][1]) for group in groups]


def _means(column: str, measure: str) -> list[Reads]:
    return [Reads(column + end, measure, group) for group, (end, _) in GROUPS.items()]


def _progress(column: str, measure: str) -> list[Reads]:
    """A progress measure and the two ends of its confidence interval. The file does not count its pupils."""
    return [
        Reads(f"{column}{end}{bound}", f"{measure}{bound.lower()}", group)
        for group, (end, _) in GROUPS.items()
        for bound in ("", "_LOWER", "_UPPER")
    ]


READS: Final = (
    *_shares("PTRWM_EXP", "ks2_rwm_expected", BOTH),
    *_shares("PTRWM_HIGH", "ks2_rwm_higher", BOTH),
    *_shares("PTREAD_EXP", "ks2_reading_expected", NO_SEX),
    *_shares("PTWRITTA_EXP", "ks2_writing_expected", NO_SEX),
    *_shares("PTMAT_EXP", "ks2_maths_expected", NO_SEX),
    *_shares("PTGPS_EXP", "ks2_gps_expected", NO_SEX),
    *_shares("PTSCITA_EXP", "ks2_science_expected", (TOTAL,)),
    *_means("READ_AVERAGE", "ks2_reading_score"),
    *_means("MAT_AVERAGE", "ks2_maths_score"),
    *_means("GPS_AVERAGE", "ks2_gps_score"),
    *_progress("READPROG", "ks2_reading_progress"),
    *_progress("WRITPROG", "ks2_writing_progress"),
    *_progress("MATPROG", "ks2_maths_progress"),
    Reads("PTMOBN", "ks2_stayed", percent=True, of="TELIG", count="TMOBN"),
)


LAYOUT: Final = Layout(
    dataset="ks2",
    title="Key Stage 2 results",
    what="the Key Stage 2 table (ks2final) of the school performance tables",
    reads=READS,
    place=by_record_type(
        {"1": SCHOOL, "2": SCHOOL, "3": AUTHORITY, "4": "rows of England with independent schools", "5": ENGLAND}
    ),
    year=by_columns("PTRWM_EXP"),
    expects=PRIMARY,
)


def read(path: Path, ours: int) -> Published:
    """The figures of the table for schools, authority and England. Raises ImportRefused."""
    return read_wide(path, LAYOUT, ours)
