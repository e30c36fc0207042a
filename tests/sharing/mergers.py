"""Beckside and Ravensgill close and one primary school opens, as the national register tells of a merger (A2)."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from sharing.models import Establishment, Pupil
from tests.sharing import census_returns as returns
from tests.sharing.gias_files import closed_on, gias_file, links_file, school
from tests.sharing.moves import BECKSIDE, RAVENSGILL

ONE_SCHOOL = 150002


def merge(folder: Path, first_day: date, *links: tuple[int, int, str], reason: str | None = "1", **facts: str) -> None:
    """Needs `known_from_gias`. Without `links` they are those of an amalgamation, told from both ends."""
    closed = closed_on(first_day - timedelta(days=1)) | {"ReasonEstablishmentClosed (code)": reason or "2"}
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


def send_return(folder: Path, reference_day: date, *children: Pupil, gone: Iterable[Pupil] = (), **facts: str) -> None:
    """The one school sends its census of that day. `gone`: who left on the day before it opened."""
    left = {"LeavingDate": f"{_opened() - timedelta(days=1)}"}
    rows = [returns.pupil(**_told(child) | facts) for child in children]
    rows += [returns.leaver(**_told(child) | facts | left) for child in gone]
    term, year = returns.term_of(reference_day), f"{reference_day.year}"
    header = {"Term": term, "Year": year, "ReferenceDate": f"{reference_day}", "Estab": "2950"}
    path = folder / "return.xml"
    path.write_text(returns.document(*rows, **header).replace("999998", str(ONE_SCHOOL)))
    call_command("import_file", "census", str(path), apply=True)


def _opened() -> date:
    day = Establishment.objects.get(urn=ONE_SCHOOL).open_date
    assert day is not None
    return day


def _told(child: Pupil) -> dict[str, str]:
    return {
        "UPN": str(child.upn), "Surname": child.surname, "Forename": child.forename, "DOB": f"{child.born_on}",
        "Sex": child.sex, "NCyearActual": child.year_group,
    }  # fmt: skip
