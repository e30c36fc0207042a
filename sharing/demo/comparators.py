"""Figures of England, the region and Bradford to compare the demonstration with.

The newest year has the values of the Local Authority Interactive Tool as given in formats page 12. Everything else (the
region, and the years before) is invented to look similar.
"""

from collections.abc import Iterator
from decimal import Decimal

AUTHORITY, REGION, ENGLAND = "authority", "region", "england"
# Measure -> (Bradford, England) in the newest year, and how much lower it was for each year before.
NEWEST: dict[str, tuple[str, str, str]] = {
    "eyfsp_gld": ("61.9", "68.3", "0.7"),
    "phonics_met": ("78", "80", "0.5"),
    "ks2_rwm_expected": ("60", "63", "0.9"),
    "ks2_rwm_higher": ("7", "8", "0.2"),
    "ks4_attainment8": ("40.8", "46.0", "-0.2"),
    "ks4_progress8": ("-0.28", "-0.03", "0"),
    "attendance_absence": ("8.09", "6.78", "-0.15"),
    "attendance_persistent": ("23.14", "18.14", "-0.9"),
    "attendance_severe": ("3.43", "2.39", "0.2"),
    "suspensions_rate": ("22.0", "11.3", "1.4"),
    "roll_fsm": ("27.5", "22.3", "0.9"),
    "roll_eal": ("33.4", "18.9", "0.4"),
    "roll_sen_support": ("13.5", "13.0", "0.3"),
    "roll_ehc_plan": ("5.2", "5.3", "0.3"),
}
# (measure, group) -> (Bradford, England) in the newest year.
GROUPS: dict[tuple[str, str], tuple[str, str]] = {
    ("ks2_rwm_expected", "fsm:Y"): ("48", "48"),
    ("ks2_rwm_expected", "fsm:N"): ("67", "69"),
    ("ks2_rwm_expected", "sen:E"): ("9", "9"),
    ("ks2_rwm_expected", "sen:K"): ("30", "29"),
    ("ks2_rwm_expected", "sen:N"): ("71", "74"),
    ("ks2_rwm_expected", "ethnicity:W"): ("58", "61"),
    ("ks2_rwm_expected", "ethnicity:M"): ("58", "64"),
    ("ks2_rwm_expected", "ethnicity:A"): ("64", "71"),
    ("ks2_rwm_expected", "ethnicity:B"): ("67", "63"),
    ("ks4_attainment8", "fsm:Y"): ("32.2", "35.0"),
    ("ks4_attainment8", "fsm:N"): ("45.2", "50.0"),
    ("ks4_attainment8", "sen:E"): ("11.4", "14.8"),
    ("ks4_attainment8", "sen:K"): ("27.8", "33.8"),
    ("ks4_attainment8", "sen:N"): ("45.3", "50.2"),
}
# For schools of one phase: (measure, phase) -> (Bradford, England) in the newest year.
PHASES: dict[tuple[str, str], tuple[str, str]] = {
    ("attendance_absence", "primary"): ("5.73", "5.2"),
    ("attendance_absence", "secondary"): ("10.9", "8.44"),
    ("attendance_persistent", "primary"): ("16.24", "12.99"),
    ("attendance_persistent", "secondary"): ("30.95", "23.37"),
    ("suspensions_rate", "primary"): ("2.25", "2.27"),
    ("suspensions_rate", "secondary"): ("49.2", "22.6"),
    ("roll_eal", "primary"): ("39.5", "23.4"),
    ("roll_eal", "secondary"): ("28.6", "19.2"),
}

NO_PROGRESS_8 = (2024, 2025)  # academic years whose Year 11 took no tests at Key Stage 2


def comparators(year: int, years_before: int) -> Iterator[tuple[str, str, str, Decimal]]:
    """(measure, area, group, value) for the academic year, which is this many before the newest."""
    for code, (bradford, england, less) in NEWEST.items():
        if code == "ks4_progress8" and year in NO_PROGRESS_8:
            continue
        step = Decimal(less) * years_before
        yield from _of_areas(code, "", "total", Decimal(bradford) - step, Decimal(england) - step)
    for (code, group), (bradford, england) in GROUPS.items():
        step = Decimal(NEWEST[code][2]) * years_before
        yield from _of_areas(code, "", group, Decimal(bradford) - step, Decimal(england) - step)
    for (code, phase), (bradford, england) in PHASES.items():
        step = Decimal(NEWEST[code][2]) * years_before / 2
        yield from _of_areas(code, f":{phase}", "total", Decimal(bradford) - step, Decimal(england) - step)


def _of_areas(
    code: str, phase: str, group: str, bradford: Decimal, england: Decimal
) -> Iterator[tuple[str, str, str, Decimal]]:
    """The figures of three areas; the region is between the other two, nearer to England."""
    region = (bradford + 2 * england) / 3
    for area, value in ((AUTHORITY, bradford), (REGION, region), (ENGLAND, england)):
        yield code, f"{area}{phase}", group, round(value, 2)
