"""Invented pupils, cohort by cohort.

A cohort is the children of one establishment born in one school year. It is drawn from a generator of its own, so that
next year the same children are a year older, and a smaller demonstration has the first ones of the same children.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid5

from django.db.models import Model

from sharing.crypto import blind_index
from sharing.demo.days import last_census, year_start, year_told
from sharing.demo.details import details_of
from sharing.demo.names import somebody
from sharing.demo.places import BY_URN, LA, SOURCE, Invented, sizes
from sharing.models import Enrolment, Pupil, PupilNeeds, Transfer
from sharing.models.establishments import Kind
from sharing.upn import make_upn

NAMESPACE = UUID("6d0f7c1e-3a52-5b1c-9a7e-2f5b8c4d9e01")
FIRST_SERIAL = 500  # lower serials are the synthetic census file's; the special cases have those from 900
YEARS_BEFORE_RECEPTION = {"N2": 1, "N1": 2, "E2": 3, "E1": 4}
AGE_IN_RECEPTION = 4
A_CLASS = 30


@dataclass
class Wanted:
    """One record as the demonstration wants it. It is not stored yet; child and establishment are set when it is.

    `details` are rows of the tables that belong to a record. `transfers` are those by which the child comes here.
    """

    urn: int
    upn: str
    pupil: Pupil
    needs: PupilNeeds
    details: list[Model] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    transfers: list[tuple[int, Transfer]] = field(default_factory=list)  # (sender's URN, transfer)


def record_id(urn: int, upn: str) -> UUID:
    """The id of a child's record at an establishment: always the same for the same two."""
    return uuid5(NAMESPACE, f"pupil {urn} {upn}")


def record(urn: int, upn: str, today: date, *, sen: str, **facts: object) -> Wanted:
    """A record with its lasting id, so that the same child at the same establishment always has the same address."""
    as_of, _ = last_census(today)
    pupil = Pupil(
        id=record_id(urn, upn),
        upn=upn,
        upn_index=blind_index(upn),
        source=SOURCE,
        as_of=as_of,
        **facts,
    )
    needs = PupilNeeds(pupil=pupil, sen_provision=sen, source=SOURCE, as_of=as_of)
    return Wanted(urn, upn, pupil, needs)


def live(wanted: Wanted, today: date, seed: int) -> None:
    """Fill in what has happened to the child since they came: needs, meals, attendance, results, home."""
    rng = Random(f"{seed} life {wanted.urn} {wanted.upn}")  # noqa: S311 - invented children, not secrets
    pupil, place = wanted.pupil, BY_URN[wanted.urn]
    wanted.details = details_of(
        pupil,
        wanted.needs.sen_provision,
        rng,
        place=place,
        came=min(enrolment.starts_on for enrolment in wanted.enrolments),
        reception=reception_year(pupil.year_group, today),
        today=today,
    )


def reception_year(year_group: str, today: date) -> int:
    """The calendar year in which children recorded in this year group start, or started, in Reception."""
    return year_told(today) - _years_after_reception(year_group)


def everyone(today: date, pupils: int, seed: int) -> Iterator[Wanted]:
    """All cohorts of all establishments."""
    for urn, size in sizes(pupils).items():
        place = BY_URN[urn]
        for position, year_group in enumerate(place.years):
            share = size // len(place.years) + (position < size % len(place.years))
            yield from _cohort(place, year_group, share, today, seed)


def _cohort(place: Invented, year_group: str, size: int, today: date, seed: int) -> Iterator[Wanted]:
    started = reception_year(year_group, today)
    rng = Random(f"{seed} {place.urn} {started}")  # noqa: S311 - invented children, not secrets
    allotted = started + min(0, _years_after_reception(place.years[0]))
    for index in range(size):
        upn = make_upn(LA, place.number_in_upns, allotted, FIRST_SERIAL + index)
        wanted = _child(place, year_group, started, upn, rng, today)
        if year_group.isdecimal() or year_group == "R":
            wanted.pupil.class_name = f"{year_group}{chr(ord('A') + index // A_CLASS)}"
        live(wanted, today, seed)
        yield wanted


def _child(place: Invented, year_group: str, started: int, upn: str, rng: Random, today: date) -> Wanted:
    who = somebody(rng)
    born_on = date(started - AGE_IN_RECEPTION - 1, 9, 1) + timedelta(days=rng.randrange(365))
    sen = _sen(place, rng)
    is_little = year_group in YEARS_BEFORE_RECEPTION
    _ = rng.betavariate(1.1, 3.2) if place.kind == Kind.PRU else rng.betavariate(0.9, 14)
    wanted = record(
        place.urn,
        upn,
        today,
        surname=who.surname,
        forename=who.forename,
        middle_names=who.middle_names,
        preferred_surname=rng.choice(("Ashby", "Marsden", "Rehman", "Whitworth")) if rng.random() < 0.015 else "",
        born_on=born_on,
        sex=who.sex,
        ethnicity=who.ethnicity,
        language=who.language,
        year_group=year_group,
        sen=sen,
        free_school_meals=rng.random() < place.meals,
        service_child=rng.choices("NYU", (985, 5, 10))[0],
        part_time=is_little and rng.random() < 0.7,
        boarder="N",
    )
    wanted.enrolments = [Enrolment(kind=Enrolment.Kind.CURRENT, starts_on=_came_on(place, started, rng, today))]
    return wanted


def _sen(place: Invented, rng: Random) -> str:
    """Draw no need, SEN support (about 13% of all) or a plan (about 4%). In a special school every child has a plan."""
    chances = {Kind.SPECIAL: (0, 0, 100), Kind.PRU: (20, 55, 25)}.get(Kind(place.kind), (85.0, 13.3, 1.7))
    return rng.choices("NKE", chances)[0]


def _came_on(place: Invented, started: int, rng: Random, today: date) -> date:
    """The first day on the register: with the cohort, or for one child in eight some time later."""
    entry = date(started + _years_after_reception(place.years[0]), 9, 1)
    is_late, later = rng.random() < 0.125, rng.randrange(20, 900)
    came = entry + timedelta(days=later)
    return came if is_late and came < year_start(today) else min(entry, year_start(today))


def _years_after_reception(year_group: str) -> int:
    if year_group in YEARS_BEFORE_RECEPTION:
        return -YEARS_BEFORE_RECEPTION[year_group]
    return 0 if year_group == "R" else int(year_group)
