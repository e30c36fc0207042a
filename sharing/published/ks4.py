"""Key Stage 4: `england_ks4final.csv` of the performance tables, 515 columns in 2022/23 (formats page 6.2).

Columns are read by name, so an extract with some of them will do. England is the row of the maintained schools (RECTYPE
7).
"""

from pathlib import Path
from typing import Final

from sharing.measures.shape import SECONDARY
from sharing.published.told import AUTHORITY, DISADVANTAGED, ENGLAND, NOT_DISADVANTAGED, TOTAL, Published
from sharing.published.wide import SCHOOL, Layout, Reads, by_record_type, read_wide
from sharing.published.years import by_columns

# Group -> the ending of a column's name, and the column with the group's pupils.
GROUPS: Final = {
    TOTAL: ("", "TPUP"),
    "sex:M": ("_BOYS", "BPUP"),
    "sex:F": ("_GIRLS", "GPUP"),
    DISADVANTAGED: ("_FSM6CLA1A", "TFSM6CLA1A"),
    NOT_DISADVANTAGED: ("_NFSM6CLA1A", "TNOTFSM6CLA1A"),
    "eal:Y": ("_EAL", "TEALGRP2"),
    "prior:low": ("_LO", "TPRIORLO"),
    "prior:middle": ("_MID", "TPRIORAV"),
    "prior:high": ("_HI", "TPRIORHI"),
    "mobile:N": ("_NMOB", "TNMOB"),
}
_BOUNDS: Final = {"P8MEA": "", "P8CILOW": "_lower", "P8CIUPP": "_upper"}


def _basics(grade: str, measure: str) -> list[Reads]:
    """The share with that grade in English and maths. The columns of the groups are not named consistently."""
    columns = {
        TOTAL: f"PTL2BASICS_{grade}",
        "sex:M": f"PBL2BASICS_{grade}",
        "sex:F": f"PGL2BASICS_{grade}",
        DISADVANTAGED: f"PTFSM6CLA1ABASICS_{grade}",
        NOT_DISADVANTAGED: f"PTNOTFSM6CLA1ABASICS_{grade}",
        "eal:Y": f"PTL2BASICSEAL_{grade}",
        "prior:low": f"PTBASICSLO_{grade}",
        "prior:middle": f"PTBASICSAV_{grade}",
        "prior:high": f"PTBASICSHI_{grade}",
        "mobile:N": f"PTL2BASICSNMOB_{grade}",
    }
    return [Reads(header, measure, group, True, GROUPS[group][1]) for group, header in columns.items()]


def _ebacc_entry() -> list[Reads]:
    columns = {
        TOTAL: "PTEBACC_E_PTQ_EE",
        "sex:M": "PBEBACC_E_PTQ_EE",
        "sex:F": "PGEBACC_E_PTQ_EE",
        DISADVANTAGED: "PTEBACC_EFSM6CLA1A_PTQ_EE",
        NOT_DISADVANTAGED: "PTEBACC_ENFSM6CLA1A_PTQ_EE",
        "eal:Y": "PTEBACC_EEAL_PTQ_EE",
        "prior:low": "PTEBACC_ELO_PTQ_EE",
        "prior:middle": "PTEBACC_EAV_PTQ_EE",
        "prior:high": "PTEBACC_EHI_PTQ_EE",
        "mobile:N": "PTEBACC_ENMOB_PTQ_EE",
    }
    return [Reads(header, "ks4_ebacc_entry", group, True, GROUPS[group][1]) for group, header in columns.items()]


READS: Final = (
    *(Reads(f"ATT8SCR{end}", "ks4_attainment8", group, of=of) for group, (end, of) in GROUPS.items()),
    *(
        Reads(f"{column}{end}", f"ks4_progress8{bound}", group, of=f"P8PUP{end}")
        for group, (end, _) in GROUPS.items()
        for column, bound in _BOUNDS.items()
    ),
    *_basics("94", "ks4_english_maths_4"),
    *_basics("95", "ks4_english_maths_5"),
    *_ebacc_entry(),
    *(Reads(f"EBACCAPS{end}", "ks4_ebacc_points", group, of=of) for group, (end, of) in GROUPS.items()),
    Reads("PTNMOB", "ks4_stayed", percent=True, of="TPUP", count="TNMOB"),
)


LAYOUT: Final = Layout(
    dataset="ks4",
    title="Key Stage 4 results",
    what="the Key Stage 4 table (ks4final) of the school performance tables",
    reads=READS,
    place=by_record_type(
        {"1": SCHOOL, "2": SCHOOL, "4": AUTHORITY, "5": "rows of England with independent schools", "7": ENGLAND}
    ),
    year=by_columns("EBACCAPS"),
    expects=SECONDARY,
)


def read(path: Path, ours: int) -> Published:
    """The figures of the table for schools, authority and England. Raises ImportRefused."""
    return read_wide(path, LAYOUT, ours)
