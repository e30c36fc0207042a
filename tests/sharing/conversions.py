"""Beckside becomes an academy, as the national register tells it: a new URN, with links to the old one (A2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from django.core.management import call_command
from django.utils import timezone

from sharing.models import Establishment
from tests.sharing.gias_files import closed_on, gias_file, links_file, school

BECKSIDE, NEW = 999002, 150001


def convert(folder: Path, first_day: date, facts: Mapping[str, str] = MappingProxyType({})) -> None:
    """Needs `known_from_gias`. `facts`: columns of the new URN that differ from those of an academy."""
    beckside = Establishment.objects.get(urn=BECKSIDE)
    old = school(
        BECKSIDE,
        beckside.name,
        **closed_on(first_day - timedelta(days=1)),
        **{
            "ReasonEstablishmentClosed (code)": "10",
            "ReasonEstablishmentClosed (name)": "Academy Converter",
            "EstablishmentNumber": "2901",
        },
    )
    new = school(
        NEW,
        "Beckside Primary Academy",
        **{
            "TypeOfEstablishment (code)": "34",
            "TypeOfEstablishment (name)": "Academy converter",
            "OpenDate": f"{first_day:%d-%m-%Y}",
            "EstablishmentNumber": "2901",
            **facts,
        },
    )
    links = links_file(
        folder,
        (NEW, BECKSIDE, beckside.name, "Predecessor", f"{first_day:%d-%m-%Y}"),
        (BECKSIDE, NEW, "Beckside Primary Academy", "Successor", f"{first_day:%d-%m-%Y}"),
    )
    call_command("import_gias", gias_file(folder, [old, new]), links=links, as_of=timezone.localdate())
