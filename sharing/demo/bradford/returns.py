"""What each establishment would return in the last School Census, taken from the store, to try out the importers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from sharing.demo.days import last_census
from sharing.models import (
    Attendance,
    Enrolment,
    Establishment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.models.pupil_details import Term
from sharing.school_year import term_counted_at

TERM_OF = {1: ("SPR", "spring"), 5: ("SUM", "summer"), 10: ("AUT", "autumn")}  # by the month of the census
DAYS_OF = {Term.AUTUMN: ((9, 1), (12, 31)), Term.SPRING: ((1, 1), (3, 31)), Term.SUMMER: ((4, 1), (8, 31))}


@dataclass(frozen=True)
class Census:
    """The census of a day: the term whose sessions it counts, and the days whose suspensions and leavers it reports."""

    day: date

    @property
    def counted(self) -> tuple[int, Term]:
        return term_counted_at(self.day)

    @property
    def days(self) -> tuple[date, date]:
        year, term = self.counted
        first, last = (date(year + (term != Term.AUTUMN), *day) for day in DAYS_OF[term])
        return first, last

    @property
    def code(self) -> str:
        return TERM_OF[self.day.month][0]

    @property
    def name(self) -> str:
        return TERM_OF[self.day.month][1]


@dataclass
class Returned:
    """A pupil (the record) in an establishment's return. `leaving` is None on roll; `home` is a HomeAddress."""

    pupil: Any
    kind: str
    entry: date
    leaving: date | None
    needs: PupilNeeds | None = None
    attendance: Attendance | None = None
    home: Any = None
    types: list[SenNeed] = field(default_factory=list)
    meals: list[FreeMealsPeriod] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)


@dataclass(frozen=True)
class Return:
    """What one establishment returns."""

    establishment: Establishment
    census: Census
    pupils: list[Returned]


def returns(today: date) -> Iterator[Return]:
    """The returns of all establishments with pupils, for the last census up to `today`. As portal_batch."""
    census = Census(last_census(today)[0])
    for establishment in Establishment.objects.of_the_community().exclude(establishment_number=None).order_by("urn"):
        pupils = _pupils(establishment, census)
        if any(pupil.leaving is None for pupil in pupils):
            yield Return(establishment, census, pupils)


def _pupils(establishment: Establishment, census: Census) -> list[Returned]:
    """Pupils on roll on the day, or gone since the beginning of the term counted."""
    begins, _ = census.days
    stays = Enrolment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=begins),
        establishment=establishment,
        starts_on__lte=census.day,
        cancelled_at=None,
    ).select_related("pupil")
    found: dict[Any, Returned] = {}
    for stay in stays.order_by("starts_on"):
        leaving = stay.ends_on if stay.ends_on and stay.ends_on < census.day else None
        found[stay.pupil_id] = Returned(stay.pupil, stay.kind, stay.starts_on, leaving)
    return _with_details(establishment, census, found)


def _with_details(establishment: Establishment, census: Census, found: dict[Any, Returned]) -> list[Returned]:
    year, term = census.counted
    here = {"establishment": establishment}
    one: list[tuple[str, Any]] = [
        ("needs", PupilNeeds.objects.filter(**here)),
        ("attendance", Attendance.objects.filter(academic_year=year, term=term, dfe_number="", **here)),
        ("home", HomeAddress.objects.filter(**here)),
    ]
    many: list[tuple[str, Any]] = [
        ("types", SenNeed.objects.filter(**here).order_by("rank")),
        ("meals", FreeMealsPeriod.objects.filter(starts_on__lte=census.day, **here).order_by("starts_on")),
        ("suspensions", Suspension.objects.filter(starts_on__range=census.days, **here).order_by("starts_on")),
    ]
    for name, rows in one:
        for row in rows:
            if row.pupil_id in found:
                setattr(found[row.pupil_id], name, row)
    for name, rows in many:
        by_pupil = defaultdict(list)
        for row in rows:
            by_pupil[row.pupil_id].append(row)
        for pupil, theirs in by_pupil.items():
            if pupil in found:
                setattr(found[pupil], name, theirs)
    return sorted(found.values(), key=lambda pupil: (pupil.leaving is not None, pupil.pupil.pk))


def address_elements(home: Any) -> list[tuple[str, str]]:
    """(element, text) of an address: BS 7666 if it is house and street, then town; else free lines."""
    lines = home.address.split("\n")
    if home.postcode and lines[-1] == home.postcode:
        lines.pop()
    house, _, street = lines[0].partition(" ") if lines else ("", "", "")
    if len(lines) == 2 and house[:1].isdigit() and street:
        return [("PAON", house), ("Street", street), ("Town", lines[1])]
    return [(f"AddressLine{number}", line) for number, line in enumerate(lines[:5], start=1)]
