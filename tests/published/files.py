"""Published files of our own invention, with the headers that the real ones have."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from sharing.published import ks2, ks4

BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999002, 999003, 999004, 999005
KIRKHOLME = 999014
OURS = 380
Rows = Iterable[Mapping[str, object]]


def _names(text: str) -> list[str]:
    return text.split()


CENSUS = _names(
    "URN LA Estab SCHOOLTYPE NOR NORG NORB PNORG PNORB TSENELSE PSENELSE TSENELK PSENELK NUMEAL NUMENGFL NUMUNCFL "
    "PNUMEAL PNUMENGFL PNUMUNCFL NUMFSM NUMFSMEVER NORFSMEVER PNUMFSMEVER"
)
ABSENCE = _names("LA ESTAB URN PERCTOT PPERSABS10")
KS2 = [
    *_names("RECTYPE LEA ESTAB URN SCHNAME TELIG BELIG GELIG TFSM6CLA1A TNotFSM6CLA1A TEALGRP2 TMOBN"),
    *(reads.header for reads in ks2.READS),
    *_names("TKS1GROUP_L TKS1GROUP_M TKS1GROUP_H PTRWM_EXP_18 PTRWM_EXP_17 PTRWM_EXP_3YR"),
]
KS4 = [
    *_names("RECTYPE LEA ESTAB URN SCHNAME TPUP BPUP GPUP TFSM6CLA1A TNOTFSM6CLA1A TEALGRP2 TNMOB P8PUP"),
    *(reads.header for reads in ks4.READS),
    *_names("EBACCAPS_21 EBACCAPS_22"),
]
EES = _names(
    "time_period time_identifier geographic_level country_code country_name region_code region_name old_la_code "
    "new_la_code la_name"
)
EYFSP = [
    *EES,
    *_names("characteristic characteristic_type gender children_number average_elgs gld_number gld_percentage"),
]
EXCLUSIONS = [
    *EES,
    *_names("estab laestab school_type num_schools headcount perm_excl perm_excl_rate fixed_excl fixed_excl_rate"),
    *_names("one_plus_fixed one_plus_fixed_rate"),
]
YEAR_TO_DATE = [*EES, *_names("education_phase overall_absence_perc unauthorised_absence_perc pa_perc")]
BY_TERM = ["term", *EES, *_names("school_type sess_overall_percent sess_unauthorised_percent")]
LAIT = ["Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region"]
IMD_2019 = [
    "LSOA code (2011)", "LSOA name (2011)", "Local Authority District code (2019)",
    "Index of Multiple Deprivation (IMD) Score", "Income Deprivation Affecting Children Index (IDACI) Score (rate)",
]  # fmt: skip

NATIONAL = {"geographic_level": "National", "country_code": "E92000001"}
REGIONAL = {"geographic_level": "Regional", "region_code": "E12000003", "region_name": "Yorkshire and The Humber"}
OTHER_REGION = {"geographic_level": "Regional", "region_code": "E12000001", "region_name": "North East"}
LOCAL = REGIONAL | {"geographic_level": "Local authority", "old_la_code": 380, "la_name": "Bradford"}
OTHER_LA = REGIONAL | {"geographic_level": "Local authority", "old_la_code": 381, "la_name": "Calderdale"}
YEAR = {"time_period": "201112", "time_identifier": "Academic year"}


def write(path: Path, header: list[str], rows: Rows, encoding: str = "utf-8-sig") -> Path:
    """A file with these rows; a column that a row does not name is empty."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def ks2_school(urn: int, **facts: object) -> dict[str, object]:
    return {
        "RECTYPE": 1, "LEA": OURS, "ESTAB": 2000, "URN": urn, "SCHNAME": "A school", "TELIG": 30, "PTRWM_EXP": "63%",
    } | facts  # fmt: skip


def ks2_file(folder: Path, rows: Rows, name: str = "380_ks2final.csv", encoding: str = "utf-8-sig") -> Path:
    return write(folder / name, KS2, rows, encoding)


def census_file(folder: Path, rows: Rows, name: str = "2022-2023_england_census.csv") -> Path:
    return write(folder / name, CENSUS, rows)


def lait_row(code: str, years: str, value: str, number: str = "380.0", area: str = "Bradford") -> dict[str, object]:
    return {
        "Short Desc": code, "Years": years, "LA and Regions": area, "Values": value, "LA Number": number,
        "Region": "Yorkshire and The Humber",
    }  # fmt: skip
