"""Finds which establishment a published figure belongs to, by URN, DfE number or LSOA, along the chain of URNs.

An establishment that became an academy has figures under two URNs. Those of the closed URN stay with that establishment
if it is here; if not, they go to the one that carries on for it (formats page 13).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.conf import settings

from sharing.imports.problems import Problem
from sharing.imports.succession import Links
from sharing.measures.shape import phases_of
from sharing.models import Establishment
from sharing.models.establishments import Kind
from sharing.published.told import By, Place, Published, Told

_LONGEST_CHAIN: Final = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a figure is stored: the keys of Figure within a release."""

    establishment_id: int | None
    area: str
    measure: str
    group: str


@dataclass
class Placed:
    """The figures of one file in their cells, by academic year, and what was found on the way."""

    by_year: dict[int, dict[Cell, Told]] = field(default_factory=lambda: defaultdict(dict))
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    queries: list[Problem] = field(default_factory=list)


def place_all(published: Published) -> Placed:
    """Put every figure into its cell. Establishments that are not here are counted; those that the file says are of our
    authority are reported as a query.
    """
    return _Placing(published).run()


class _Placing:
    def __init__(self, published: Published) -> None:
        self.published = published
        self.placed = Placed()
        self.links = Links.stored()
        everyone = list(Establishment.objects.of_a_listed_type().filter(la_code=settings.AUTHORITY_CODE))
        self.here = {establishment.urn: establishment for establishment in everyone}
        self.outside = set(Establishment.objects.exclude(pk__in=[e.pk for e in everyone]).values_list("urn", flat=True))
        self.by_number: dict[int, list[Establishment]] = defaultdict(list)
        self.by_lsoa: dict[str, list[Establishment]] = defaultdict(list)
        for establishment in everyone:
            if establishment.establishment_number is not None:
                number = establishment.la_code * 10_000 + establishment.establishment_number
                self.by_number[number].append(establishment)
            if establishment.lsoa_code:
                self.by_lsoa[establishment.lsoa_code].append(establishment)
        self.owners: dict[tuple[Place, int], list[Establishment]] = {}
        self.told_of: set[Place] = set()
        self.direct = {(told.place.key, told.academic_year) for told in published.figures if told.place.by is By.URN}

    def run(self) -> Placed:
        for told in self.published.figures:
            if told.place.by is By.AREA:
                self._put(told, None, str(told.place.key))
                continue
            for owner in self._owners(told):
                self._put(told, owner, "")
        if any(told.place.by is By.LSOA for told in self.published.figures):
            self._say_who_has_no_neighbourhood()
        if self.published.expects is not None:
            self._say_who_is_missing(self.published.expects)
        self.placed.notes[:0] = self.published.notes
        return self.placed

    def _put(self, told: Told, owner: Establishment | None, area: str) -> None:
        cell = Cell(owner.pk if owner else None, area, told.measure, told.group)
        self.placed.by_year[told.academic_year].setdefault(cell, told)

    def _owners(self, told: Told) -> list[Establishment]:
        key = (told.place, told.academic_year)
        if key not in self.owners:
            self.owners[key] = self._find(told)
        return self.owners[key]

    def _find(self, told: Told) -> list[Establishment]:
        place, year = told.place, told.academic_year
        if place.by is By.LSOA:
            return [owner for owner in self.by_lsoa.get(str(place.key), []) if owner.kind != Kind.CHILDRENS_CENTRE]
        if place.by is By.DFE_NUMBER:
            return self._with_number(told)
        urn = int(place.key)
        if urn in self.here:
            return [self.here[urn]]
        if successor := self._who_carries_on(urn):
            if (successor.urn, year) in self.direct:
                self._pass_over("rows of a closed URN whose successor has a row of its own")
                return []
            self.placed.notes.append(f"The figures of the closed URN {urn} go to {successor.urn}, which carries on.")
            return [successor]
        self._tell_of_a_stranger(told, "URN")
        return []

    def _with_number(self, told: Told) -> list[Establishment]:
        """The establishments with this DfE number in that year. A number passes from one URN to the next: the one that
        was open in the year counts, or the later one if both were, or the earliest if none was.
        """
        candidates = self.by_number.get(int(told.place.key), [])
        open_then = [owner for owner in candidates if was_open(owner, told.academic_year)]
        latest = sorted(open_then or candidates, key=lambda owner: owner.open_date or date.min)
        if not latest:
            self._tell_of_a_stranger(told, "DfE number")
            return []
        return latest[-1:] if open_then else latest[:1]

    def _who_carries_on(self, urn: int) -> Establishment | None:
        """The first successor that is here, along plain links, one to one."""
        seen = {urn}
        for _ in range(_LONGEST_CHAIN):
            followers = {after for after in self.links.followers.get(urn, set()) if (urn, after) in self.links.plain}
            if len(followers) != 1 or followers & seen:
                return None
            urn = followers.pop()
            seen.add(urn)
            if len(self.links.forerunners.get(urn, set())) > 1:
                return None
            if urn in self.here:
                return self.here[urn]
        return None

    def _tell_of_a_stranger(self, told: Told, by: str) -> None:
        """Report an establishment that is not here once, for however many years the file has figures of it."""
        if told.place in self.told_of:
            return
        self.told_of.add(told.place)
        key = int(told.place.key)
        if by == "URN" and key in self.outside:
            self._pass_over("establishments outside the community")
            return
        self._pass_over("establishments that are not here")
        if told.place.la_code == settings.AUTHORITY_CODE:
            cure = (
                f"The file says that this {by} belongs to {settings.AUTHORITY_CODE}. It is not here, so bring in "
                "GIAS first."
            )
            self.placed.queries.append(Problem(told.row, by, str(key), cure, fatal=False))

    def _pass_over(self, words: str) -> None:
        self.placed.passed_over[words] += 1

    def _say_who_is_missing(self, phase: str) -> None:
        """Report establishments of the community that the file should name and lacks; a chain of URNs counts as one."""
        for year, cells in sorted(self.placed.by_year.items()):
            there = {cell.establishment_id for cell in cells}
            if there == {None}:
                continue
            for urn, establishment in sorted(self.here.items()):
                chain = {urn} | self.links.followers.get(urn, set()) | self.links.forerunners.get(urn, set())
                of_the_chain = {self.here[other].pk for other in chain if other in self.here}
                if not there & of_the_chain and is_expected(establishment, phase, year):
                    cure = f"{establishment.name} has no figures in this file. If it should have, ask the source."
                    self.placed.queries.append(Problem(None, "URN", str(urn), cure, fatal=False))

    def _say_who_has_no_neighbourhood(self) -> None:
        """Report establishments that are not closed and whose LSOA is unknown, or not in the file."""
        there = {cell.establishment_id for cells in self.placed.by_year.values() for cell in cells}
        for urn, establishment in sorted(self.here.items()):
            if establishment.pk in there or establishment.close_date or establishment.kind == Kind.CHILDRENS_CENTRE:
                continue
            cure = f"GIAS gives no LSOA for {establishment.name}."
            if establishment.lsoa_code:
                cure = f"The LSOA of {establishment.name} is not in this file: it may be a code of the other vintage."
            self.placed.queries.append(Problem(None, "URN", str(urn), cure, fatal=False))


def was_open(establishment: Establishment, year: int) -> bool:
    """Whether the establishment was open on any day of the academic year."""
    opened, closed = establishment.open_date or date.min, establishment.close_date or date.max
    return opened <= date(year + 1, 8, 31) and closed >= date(year, 9, 1)


def is_expected(establishment: Establishment, phase: str, year: int) -> bool:
    """Whether published figures of a year should name it: open in January and in May, and for the phase's ages."""
    opened, closed = establishment.open_date or date.min, establishment.close_date or date.max
    if opened > date(year + 1, 1, 15) or closed < date(year + 1, 5, 31):
        return False
    if establishment.kind == Kind.CHILDRENS_CENTRE:
        return False
    return not phase or phase in phases_of(establishment.low_age, establishment.high_age)
