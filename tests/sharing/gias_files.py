"""Files of GIAS, written for a test, and what stands in the store after them."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from access_register.models import RegisterLine
from sharing.models import (
    Establishment,
    EstablishmentLink,
    EstablishmentPermission,
    Import,
    LocalityMembership,
    Participation,
)
from tests.people import as_batch

COLUMNS = (
    """
URN|LA (code)|LA (name)|EstablishmentNumber|EstablishmentName|TypeOfEstablishment (code)|TypeOfEstablishment (name)
EstablishmentStatus (code)|EstablishmentStatus (name)|ReasonEstablishmentClosed (code)|ReasonEstablishmentClosed (name)
ReasonEstablishmentOpened (code)
OpenDate|CloseDate|PhaseOfEducation (code)|PhaseOfEducation (name)|StatutoryLowAge|StatutoryHighAge|Gender (name)
SchoolCapacity|NumberOfPupils|PercentageFSM|Street|Locality|Address3|Town|County (name)|Postcode|SchoolWebsite
TelephoneNum|HeadTitle (name)|HeadPreferredJobTitle|LSOA (code)|AdministrativeWard (code)|UKPRN|UPRN|Trusts (name)
ReligiousCharacter (name)|LastChangedDate
""".strip()
    .replace("\n", "|")
    .split("|")
)

OPEN, CLOSED = ("1", "Open"), ("2", "Closed")
PRIMARY = {
    "LA (code)": "380",
    "LA (name)": "Bradford",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "EstablishmentNumber": "2111",
    "Town": "Bradford",
}


def gias_file(folder: Path, rows: Iterable[dict[str, str]], name: str = "edubasealldata20250101.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def closed_on(last_day: date) -> dict[str, str]:
    """The columns of an establishment that has closed."""
    return {
        "EstablishmentStatus (code)": "2", "EstablishmentStatus (name)": "Closed", "CloseDate": f"{last_day:%d-%m-%Y}",
    }  # fmt: skip


def school(urn: int, name: str = "Quarry Lane Primary School", **facts: str) -> dict[str, str]:
    return PRIMARY | {"URN": str(urn), "EstablishmentName": name} | facts


def links_file(folder: Path, *rows: tuple[Any, ...]) -> Path:
    path = folder / "links.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"])
        writer.writerows(rows)
    return path


def state() -> dict[str, Any]:
    """Everything an import of establishments can touch."""
    with as_batch():
        return {
            model.__name__: list(model.objects.order_by("pk").values())
            for model in (
                Establishment, EstablishmentLink, Participation, LocalityMembership, EstablishmentPermission,
                RegisterLine, Import,
            )
        }  # fmt: skip
