"""The authority whose establishments take part, as statistical files name it: by codes of the DfE and of the ONS."""

from typing import Final

from django.conf import settings

BRADFORD: Final = 380
"""Whose protocol of 2012 is the first text that a portal has, until its authority publishes its own."""

ENGLAND: Final = ("E92000001", "England")
REGIONS: Final = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}


def region() -> tuple[str, str]:
    return settings.AUTHORITY_REGION_CODE, REGIONS[settings.AUTHORITY_REGION_CODE]


def authority() -> tuple[str, str, str]:
    """The authority as in the Department's own columns: old_la_code, new_la_code, la_name."""
    return f"{settings.AUTHORITY_CODE}", settings.AUTHORITY_AREA_CODE, settings.AUTHORITY_AREA


def authority_in_statistics() -> tuple[str, str, str, str, str]:
    """The country and the authority, in the column order of open statistics (sharing.statistics.files)."""
    code, area_code, area = authority()
    return (*ENGLAND, area_code, code, area)
