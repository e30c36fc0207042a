"""Loads the Localities, and which establishment is in which, from a file into a new portal (A11).

It names Localities and places establishments that are in none. An establishment that is already in one is moved on
EduNet, by a person who gives a reason (sharing.door.localities).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.db.models import Q

from sharing.files.spreadsheet_slips import as_digits, has_lost_letters, is_a_failed_cell
from sharing.files.visible import visible_letters
from sharing.imports.csv_text import MAY_BE_CUT, Column, open_table
from sharing.imports.problems import Problem, ProblemLog
from sharing.ledger import ledger
from sharing.models import Establishment, Locality, LocalityMembership
from sharing.models.plain import plainly
from sharing.roles import BATCH, acting_as
from sharing.signals import community_changed

FILE: Final = "a list of establishments, a CSV with the columns URN and Locality"
COLUMNS: Final = {"urn": Column("URN", required=True), "locality": Column("Locality", required=True)}
LONGEST: Final = 100  # characters, as in Locality


@dataclass(frozen=True)
class LocalitiesReport:
    """What an import did."""

    named: int
    placed: int
    unchanged: int
    queries: list[Problem]

    def as_lines(self) -> list[str]:
        return [f"Localities named: {self.named}. Placed in one: {self.placed}. Unchanged: {self.unchanged}."]


@dataclass(frozen=True)
class _Row:
    number: int
    establishment: int
    locality: str


def import_localities(path: Path, *, today: date) -> LocalitiesReport:
    """Name the Localities of the file, and place establishments that are in none, from today. Raises ImportRefused.

    Importing the same file twice changes nothing.
    """
    log = ProblemLog()
    with acting_as(BATCH), ledger.written_last():
        rows = list(_read(path, log))
        before = set(Locality.objects.values_list("name", flat=True))
        _refuse_other_spellings(rows, before, log)
        log.refuse_if_fatal()
        named = {row.locality for row in rows} - before
        Locality.objects.bulk_create(Locality(name=name) for name in sorted(named))
        placed, unchanged = _place(rows, today, log)
        community_changed.send(sender=Establishment, today=today)
        ledger.changed(action="import_localities", about={"named": len(named), "placed": placed})
    return LocalitiesReport(len(named), placed, unchanged, log.queries())


def _read(path: Path, log: ProblemLog) -> Iterator[_Row]:
    ours = {f"{urn}": pk for pk, urn in Establishment.objects.of_the_community().values_list("pk", "urn")}
    seen: dict[str, str] = {}
    number = 0
    with open_table(path, FILE, COLUMNS) as table:
        for number, cells in table.rows:
            text, name = table.pick(cells, "urn"), " ".join(table.pick(cells, "locality").split())
            urn, name = as_digits(text), name if has_lost_letters(name) else visible_letters(name)
            if len(cells) != table.width:
                cure = "A comma or quotation mark is out of place: the row is not as wide as the header."
                log.add(Problem(number, "", "", cure))
            elif not re.fullmatch("[0-9]{6}", urn):
                log.add(
                    Problem(number, "URN", text, "A URN has six digits. Look it up on the GIAS web site, and type it.")
                )
            elif urn not in ours:
                cure = "No establishment of the community has this URN. Correct it, or run import_gias first."
                log.add(Problem(number, "URN", urn, cure))
            elif is_a_failed_cell(name) or has_lost_letters(name):
                cure = "A spreadsheet could not show the name, or has lost letters of it. Type it again."
                log.add(Problem(number, "Locality", name, cure))
            elif not name or len(name) > LONGEST:
                log.add(Problem(number, "Locality", name, f"Give the name of a Locality, {LONGEST} letters at most."))
            elif seen.setdefault(urn, name) != name:
                cure = f"An earlier row puts {urn} into another Locality. Keep one of the two."
                log.add(Problem(number, "Locality", name, cure))
            else:
                yield _Row(number, ours[urn], name)
        if number and table.may_be_cut:
            log.add(Problem(number, "", "", MAY_BE_CUT, fatal=False))
    if not number:
        log.add(Problem(None, "", "", f"There is a header and no rows. The file should be {FILE}."))


def _refuse_other_spellings(rows: list[_Row], known: set[str], log: ProblemLog) -> None:
    """Two names that differ only in capitals, accents or hyphens would be two Localities that nobody tells apart."""
    plain = plainly([*known, *(row.locality for row in rows)])
    first = {plain[name]: name for name in known}
    for row in rows:
        other = first.setdefault(plain[row.locality], row.locality)
        if row.locality not in (other, *known):
            log.add(Problem(row.number, "Locality", row.locality, f"It is “{other}” elsewhere. Write both alike."))


def _place(rows: list[_Row], today: date, log: ProblemLog) -> tuple[int, int]:
    """How many were placed, and how many were there already."""
    localities = dict(Locality.objects.values_list("name", "pk"))
    now_or_later = Q(ends_on=None) | Q(ends_on__gte=today)
    stretches = LocalityMembership.objects.filter(now_or_later).values_list("establishment", "locality__name")
    belongs = dict(stretches.order_by("-starts_on"))
    placed = unchanged = 0
    for row in rows:
        there = belongs.setdefault(row.establishment, "")
        if there == row.locality:
            unchanged += 1
        elif there:
            cure = f"It is in {there}, and stays there: an information manager moves it on EduNet."
            log.add(Problem(row.number, "Locality", row.locality, cure, fatal=False))
        else:
            LocalityMembership.objects.create(
                establishment_id=row.establishment, locality_id=localities[row.locality], starts_on=today
            )
            belongs[row.establishment] = row.locality
            placed += 1
    return placed, unchanged
