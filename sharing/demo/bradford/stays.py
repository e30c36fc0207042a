"""Where each child is and was: which child of which cohort has a record at which establishment, and for which days.

A child is identified by where they began, the year they started in Reception, and a number. Where they go follows from
these alone, so each establishment can be filled separately.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from sharing.demo.bradford.places import AP, INFANT, JUNIOR, PRIMARY, PUPILS, SECONDARY, SPECIAL, Place, places
from sharing.demo.days import year_told
from sharing.models import Enrolment
from sharing.school_year import academic_year

Kind = Enrolment.Kind
YEARS_OF_LEAVERS = 3
AFTER_RECEPTION = {"R": 0, **{str(year): year for year in range(1, 14)}, "N2": -1, "N1": -2}
YEAR_GROUP = {after: year for year, after in AFTER_RECEPTION.items()}
FIRST_WHO_MOVED = 400  # from here to FROM_ELSEWHERE: serial numbers of children who left the district
MOVED_AWAY = 0.04  # children who left the district, as a share of those on roll
FROM_ELSEWHERE = 600  # serial numbers from here up began at another authority's school, and count with the one named
SUMMER = (7, 21)
FREE_MEALS = 0.275
DUALS, GUESTS = 108, 36  # of Bradford's pupils; in proportion for fewer
OTHER_DISTRICTS = ("A school in Calderdale", "A school in Leeds", "A school in Kirklees", "A school outside England")


class Who(NamedTuple):
    """A child: the URN of the establishment where they began, the year they started in Reception, a number."""

    origin: int
    cohort: int
    number: int


@dataclass(frozen=True)
class Stay:
    """A child's time at an establishment. `is_new`: no earlier establishment has a record of the child."""

    who: Who
    year_group: str
    starts_on: date
    ends_on: date | None
    is_new: bool
    kind: str = Kind.CURRENT
    destination: str = ""


class World:
    """The places, and the children of each cohort in the order in which secondary schools take them."""

    def __init__(self, today: date, pupils: int, seed: int) -> None:
        self.today, self.seed = today, seed
        self.places = places(pupils)
        self.by_urn = {place.urn: place for place in self.places}
        self.this_year = year_told(today)
        self._secondaries = [place for place in self.places if place.shape == SECONDARY]
        self._infant_of = dict(zip(self._urns(JUNIOR), self._urns(INFANT), strict=True))
        self._junior_of = {infant: junior for junior, infant in self._infant_of.items()}
        self._pools: dict[int, dict[int, list[Who]]] = {}
        self._secondary_of: dict[Who, int] = {}
        begin = [place for place in self.places if place.shape not in (JUNIOR, SECONDARY)]
        meals = sum(place.meals * place.size for place in begin) / sum(place.size for place in begin)
        self._meals_scale = FREE_MEALS / meals
        self._duals, self._guests = self._elsewhere_too(pupils)

    def meals_of(self, place: Place) -> float:
        """The share of free school meals there, adjusted so that it is right for all places together."""
        return place.meals * self._meals_scale

    def _urns(self, shape: str) -> list[int]:
        return [place.urn for place in self.places if place.shape == shape]

    def stays(self, place: Place) -> Iterator[Stay]:
        """Everybody who is on roll at the place or has left it within the last three years."""
        if place.shape == SECONDARY:
            yield from self._at_secondary(place)
        elif place.shape == JUNIOR:
            yield from self._at_junior(place)
        else:
            yield from self._from_the_beginning(place)
        if place.shape == AP:
            yield from self._elsewhere(place, self._duals, Kind.SUBSIDIARY)
        if place.shape == SECONDARY:
            yield from self._elsewhere(place, self._guests, Kind.GUEST)

    def _from_the_beginning(self, place: Place) -> Iterator[Stay]:
        """Children who begin there, at nursery, infant, primary and special schools, and units."""
        first = min(AFTER_RECEPTION[year] for year in place.roll)
        for year, count in place.roll.items():
            cohort = self._cohort(year)
            for number in range(count):
                yield self._stay(place, Who(place.urn, cohort, number), year, self._entry(place, year), None)
            yield from self._moved_away(place, year, cohort, first)
        last = list(place.roll)[-1]
        for ago in range(1, YEARS_OF_LEAVERS + 1):
            if place.shape in (INFANT, PRIMARY, SPECIAL):
                cohort = self._cohort(last) - ago
                for number in range(place.roll[last]):
                    who = Who(place.urn, cohort, number)
                    to = self._junior_of.get(place.urn) if place.shape == INFANT else self._goes_to(who)
                    yield self._left(place, who, last, ago, self.by_urn[to].name if to else "")

    def _at_junior(self, place: Place) -> Iterator[Stay]:
        infant = self.by_urn[self._infant_of[place.urn]]
        known = infant.roll["2"]
        first = AFTER_RECEPTION["3"]
        for year, count in place.roll.items():
            cohort = self._cohort(year)
            for number in range(count):
                who = Who(infant.urn, cohort, number if number < known else FROM_ELSEWHERE + number)
                has_left_the_infants = year in ("3", "4", "5") and number < known
                yield self._stay(place, who, year, self._entry(place, year), None, is_new=not has_left_the_infants)
            yield from self._moved_away(place, year, cohort, first)
        for ago in range(1, YEARS_OF_LEAVERS + 1):
            cohort = self._cohort("6") - ago
            for number in range(place.roll["6"]):
                who = Who(infant.urn, cohort, number if number < known else FROM_ELSEWHERE + number)
                to = self._goes_to(who)
                yield self._left(place, who, "6", ago, self.by_urn[to].name if to else "")

    def _at_secondary(self, place: Place) -> Iterator[Stay]:
        has_sixth_form = "12" in place.roll
        for year, count in place.roll.items():
            cohort = self._cohort(year)
            for who in self._takes(place, cohort)[:count]:
                known = year in ("7", "8", "9") and who.number < self._leaving(who.origin)
                yield self._stay(place, who, year, self._entry(place, year), None, is_new=not known)
            yield from self._moved_away(place, year, cohort, 7)
        for ago in range(1, YEARS_OF_LEAVERS + 1):
            cohort = self._cohort("11") - ago
            staying = place.roll.get("13" if ago > 1 else "12", 0) if has_sixth_form else 0
            for who in self._takes(place, cohort)[staying : place.roll["11"]]:
                yield self._left(place, who, "11", ago, "A college")
            if has_sixth_form:
                for who in self._takes(place, self._cohort("13") - ago)[: place.roll["13"]]:
                    yield self._left(place, who, "13", ago, "")

    def _elsewhere(self, place: Place, found: list[tuple[int, Who, str]], kind: str) -> Iterator[Stay]:
        for urn, who, year in found:
            if urn == place.urn:
                starts_on = self.today - timedelta(days=40 + who.number % 60)
                yield Stay(who, year, starts_on, None, is_new=False, kind=kind)

    def _elsewhere_too(self, pupils: int) -> tuple[list[tuple[int, Who, str]], list[tuple[int, Who, str]]]:
        """(establishment, child, year group) for second records: those at a unit, and those of guests."""
        scale = pupils / PUPILS
        units, duals, guests = self._urns(AP), [], []
        for nth in range(max(3, round(DUALS * scale))):
            home, year = self._secondaries[nth % 36], ("9", "10", "11")[nth // 36 % 3]
            taken = self._takes(home, self._cohort(year))[: home.roll[year]]
            if len(taken) > 1 + nth // 108:
                duals.append((units[nth % 3], taken[nth // 108], year))
        for nth in range(max(2, round(GUESTS * scale))):
            # The host comes after the school where the child is known first.
            home, host = self._secondaries[nth % 35], self._secondaries[nth % 35 + 1]
            taken = self._takes(home, self._cohort("10"))[: home.roll["10"]]
            if len(taken) > 1 + nth // 35:
                guests.append((host.urn, taken[-1 - nth // 35], "10"))
        self._is_dual = {who for _, who, _ in duals}
        return duals, guests

    def _stay(
        self, place: Place, who: Who, year: str, starts_on: date, ends_on: date | None, *, is_new: bool = True
    ) -> Stay:
        kind = Kind.MAIN if who in self._is_dual else Kind.CURRENT
        return Stay(who, year, starts_on + self._later(place, who, starts_on), ends_on, is_new, kind)

    def _left(self, place: Place, who: Who, year: str, ago: int, destination: str) -> Stay:
        """A stay that ended with the last year there, `ago` summers ago; the earliest of the child's records here."""
        starts_on, ends_on = self._entry(place, year, ago), date(self.this_year - ago + 1, *SUMMER)
        starts_on += self._later(place, who, starts_on, ends_on)
        return Stay(who, year, starts_on, ends_on, is_new=True, destination=destination)

    def _moved_away(self, place: Place, year: str, cohort: int, first: int) -> Iterator[Stay]:
        """Children who were here and left the district some time in the last three years."""
        count = int(place.roll[year] * MOVED_AWAY + 0.5)
        entry = self._entry(place, year)
        for nth in range(count):
            who = Who(place.urn, cohort, FIRST_WHO_MOVED + first + 10 * nth)
            rng = Random(f"{self.seed} moved {who}")  # noqa: S311 - invented children, not secrets
            since = max(entry, date(self.this_year - YEARS_OF_LEAVERS, 9, 1))
            stayed = (min(self.today, date(self.this_year + 1, *SUMMER)) - since).days
            if stayed > 60:
                ends_on = since + timedelta(days=30 + rng.randrange(stayed - 31))
                then = YEAR_GROUP[academic_year(ends_on) - cohort]
                yield Stay(who, then, entry, ends_on, is_new=True, destination=rng.choice(OTHER_DISTRICTS))

    def _entry(self, place: Place, year: str, ago: int = 0) -> date:
        """The first day for those who came with the cohort that is, or was `ago` years ago, in this year group."""
        first = min(AFTER_RECEPTION[each] for each in place.roll)
        return date(self._cohort(year) - ago + first, 9, 1)

    def _later(self, place: Place, who: Who, starts_on: date, ends_on: date | None = None) -> timedelta:
        """How much later than the others the child came: one in eight did."""
        rng = Random(f"{self.seed} later {place.urn} {who}")  # noqa: S311 - invented children, not secrets
        is_late, days = rng.random() < 0.125, rng.randrange(20, 900)
        before = min(ends_on or self.today, date(self.this_year, 9, 1)) - timedelta(days=60)
        return timedelta(days=days if is_late and starts_on + timedelta(days=days) < before else 0)

    def _cohort(self, year_group: str) -> int:
        return self.this_year - AFTER_RECEPTION[year_group]

    def _leaving(self, origin: int) -> int:
        """How many children leave Year 6 of the primary school, or of the junior school after this infant school."""
        place = self.by_urn[self._junior_of.get(origin, origin)]
        return min(place.roll["6"], self.by_urn[origin].roll["2"]) if origin in self._junior_of else place.roll["6"]

    def _takes(self, place: Place, cohort: int) -> list[Who]:
        """The children of the cohort whom this secondary school takes into Year 7."""
        if cohort not in self._pools:
            self._pools[cohort] = self._deal(cohort)
        return self._pools[cohort][place.urn]

    def _goes_to(self, who: Who) -> int | None:
        """The secondary school that this child went to, if it is in this Bradford."""
        if who.cohort not in self._pools:
            self._pools[who.cohort] = self._deal(who.cohort)
        return self._secondary_of.get(who)

    def _deal(self, cohort: int) -> dict[int, list[Who]]:
        """All children who leave primary schools, shuffled and dealt out; schools with room left take from outside."""
        origins = [*self._urns(PRIMARY), *self._urns(INFANT)]
        leaving = [Who(urn, cohort, number) for urn in origins for number in range(self._leaving(urn))]
        Random(f"{self.seed} leaving {cohort}").shuffle(leaving)  # noqa: S311 - invented children, not secrets
        dealt: dict[int, list[Who]] = {}
        primaries, outside = self._urns(PRIMARY), 0
        for place in self._secondaries:
            taken, leaving = leaving[: place.roll["11"]], leaving[place.roll["11"] :]
            while len(taken) < place.roll["7"]:
                number = FROM_ELSEWHERE + 100 + outside // len(primaries)
                taken.append(Who(primaries[outside % len(primaries)], cohort, number))
                outside += 1
            dealt[place.urn] = taken
            self._secondary_of |= dict.fromkeys(taken, place.urn)
        return dealt
