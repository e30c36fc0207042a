"""Beckside and Ravensgill close and one primary school opens, as the national register tells of a merger (A2)."""

from datetime import date, timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from sharing.models import Establishment
from tests.sharing.gias_files import gias_file, links_file, school
from tests.sharing.moves import BECKSIDE, RAVENSGILL

ONE_SCHOOL = 150002


def merge(folder: Path, first_day: date, *links: tuple[int, int, str], reason: str | None = "1", **facts: str) -> None:
    """Needs `known_from_gias`. Without `links` they are those of an amalgamation, told from both ends."""
    last_day = f"{first_day - timedelta(days=1):%d-%m-%Y}"
    closed = {
        "EstablishmentStatus (code)": "2",
        "EstablishmentStatus (name)": "Closed",
        "CloseDate": last_day,
        "ReasonEstablishmentClosed (code)": reason or "2",
    }
    numbers = {BECKSIDE: "2901", RAVENSGILL: "2902"}
    rows = [
        school(place.urn, place.name, EstablishmentNumber=numbers[place.urn], **closed)
        for place in Establishment.objects.filter(urn__in=numbers)
    ]
    new = {"OpenDate": f"{first_day:%d-%m-%Y}", "EstablishmentNumber": "2950", "Town": "Gill Beck"} | facts
    rows.append(school(ONE_SCHOOL, "Gill Beck Primary School", **new))
    told = links or tuple(
        link
        for urn in numbers
        for link in ((urn, ONE_SCHOOL, "Successor - amalgamated"), (ONE_SCHOOL, urn, "Predecessor - amalgamated"))
    )
    path = links_file(folder, *((urn, other, "x", kind, f"{first_day:%d-%m-%Y}") for urn, other, kind in told))
    call_command("import_gias", gias_file(folder, rows), links=path, as_of=timezone.localdate())
