"""The details of an invented pupil's record, as rows of the tables that belong to it."""

from datetime import date, timedelta
from random import Random

from django.db.models import Model

from sharing.crypto import blind_index
from sharing.demo import lives
from sharing.demo.days import counted_on, last_census, year_start
from sharing.demo.lives.attendance import term_begins
from sharing.demo.names import adults_of
from sharing.demo.places import SOURCE, Invented
from sharing.models import (
    Attendance,
    Contact,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    Result,
    SenNeed,
    Suspension,
)
from sharing.models.establishments import Kind

DETAILS: tuple[type[Model], ...] = (
    SenNeed,
    FreeMealsPeriod,
    Attendance,
    Suspension,
    Result,
    HomeAddress,
    Contact,
)
TERMS = 9  # of attendance, that is, three years
YEARS = 6  # of results
FIRST_YEAR_OF_SECONDARY = 7


def details_of(
    pupil: Pupil, sen: str, rng: Random, *, place: Invented, came: date, reception: int, today: date
) -> list[Model]:
    """The rows of all tables in DETAILS for a child who came on the day `came`, and was in Reception in `reception`."""
    as_of, _ = last_census(today)
    common = {"pupil": pupil, "source": SOURCE, "as_of": as_of}
    rows: list[Model] = [
        SenNeed(rank=rank, need=need, **common) for rank, need in enumerate(lives.needs_of(rng, sen), start=1)
    ]
    until = min(today, as_of)
    rows += [
        FreeMealsPeriod(starts_on=first, ends_on=last, country="ENG", **common)
        for first, last in lives.meals_periods(rng, pupil.free_school_meals, min(came, until), until)
    ]
    rows += _attendance(pupil, rng, place, came, reception, today)
    ability = lives.ability_of(rng, sen, pupil.free_school_meals)
    last_year = year_start(today).year - 1
    rows += [
        Result(
            stage=reached.stage,
            academic_year=reached.academic_year,
            subject=reached.subject,
            component=reached.component,
            result=reached.result,
            **common | {"as_of": date(reached.academic_year + 1, 7, 31)},
        )
        for reached in lives.results_of(
            rng, ability, sen, pupil.free_school_meals, reception, last_year - YEARS + 1, last_year
        )
    ]
    return rows + _home(pupil, rng, place, common)


def _attendance(pupil: Pupil, rng: Random, place: Invented, came: date, reception: int, today: date) -> list[Model]:
    """Attendance, from Reception on, in the terms of the last three years that the child was here; and suspensions."""
    terms = [
        (academic_year, term)
        for academic_year, term in lives.counted_terms(today, TERMS)
        if academic_year >= reception and term_begins(academic_year, term) >= came - timedelta(days=14)
    ]
    in_secondary = [term for term in terms if term[0] - reception >= FIRST_YEAR_OF_SECONDARY]
    rate = lives.miss_rate(rng, is_secondary=bool(in_secondary), often=place.kind == Kind.PRU)
    rows: list[Model] = [
        Attendance(
            pupil=pupil,
            academic_year=counted.academic_year,
            term=counted.term,
            sessions_possible=counted.possible,
            sessions_absent=counted.absent,
            sessions_unauthorised=counted.unauthorised,
            by_code=counted.by_code,
            source=SOURCE,
            as_of=counted_on(counted.academic_year, counted.term),
        )
        for counted in lives.attended(rng, rate, terms)
    ]
    for stretch, is_secondary in (
        ([term for term in terms if term not in in_secondary], False),
        (in_secondary, True),
    ):
        rows += [
            Suspension(
                pupil=pupil, category=category, starts_on=first, sessions=sessions, reasons=reasons, source=SOURCE,
                as_of=pupil.as_of,
            )
            for category, first, sessions, reasons in lives.suspended(rng, stretch, is_secondary=is_secondary)
        ]  # fmt: skip
    return rows


def _home(pupil: Pupil, rng: Random, place: Invented, common: dict[str, object]) -> list[Model]:
    women, men = adults_of(pupil.ethnicity)
    home = lives.home_of(rng, pupil.surname, place.town, women, men)
    rows: list[Model] = [
        HomeAddress(
            address=home.address, postcode=home.postcode, facts_index=blind_index(f"{home.address}\n{home.postcode}"),
            **common,
        )
    ]  # fmt: skip
    for order, person in enumerate(home.people, start=1):
        facts = (person.name, "", person.telephones, person.email)
        rows.append(
            Contact(
                order=order, relationship=person.relationship, has_responsibility=person.has_responsibility,
                name=person.name, telephones=person.telephones, email=person.email,
                facts_index=blind_index("\n".join(facts)), **common,
            )
        )  # fmt: skip
    return rows
