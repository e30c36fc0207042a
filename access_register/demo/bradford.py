"""Who may sign in to the invented Bradford: a head at every establishment, a teacher, and two officers."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from access_register import service
from access_register.demo.cast import DEMO_PASSWORD, since_2024
from access_register.demo.seeding import APPOINTED, OFFICE
from access_register.levels import Level
from access_register.models import Acceptance, Duty, OfficerAppointment, Person, ProtocolVersion, RegisterLine
from access_register.models.lines import HEAD_SEAT
from sharing.demo.bradford import Filled
from sharing.demo.bradford.places import AP, PRIMARY, SECONDARY, Place
from sharing.demo.bradford.staff import head_of
from sharing.demo.days import year_end, year_start

Role, Basis, Data = RegisterLine.Role, RegisterLine.Basis, Duty.Data
DUTIES = {
    "data.bradford@council.example": (
        "Asha Brennan", "Data team", (Data.PUPILS, Data.STAFF, Data.RECORDS), "Bringing in the statutory returns",
    ),
    "admissions.bradford@council.example": (
        "Lewis Okonjo", "Admissions", (Data.PUPILS,), "Places and moves between schools",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """An address to sign in with, and whose it is."""

    email: str
    words: str


def head_address(urn: int) -> str:
    return f"head.{urn}@bradford.example"


def place_people(filled: Filled, today: date) -> list[Somebody]:
    """Place accounts, register lines and duties as the service does. Returns some people to sign in as."""
    places = [place for place in filled.world.places if place.kind]
    taught = next(place for place in places if place.shape == PRIMARY)
    teacher = f"teacher.{taught.urn}@bradford.example"
    names = {head_address(place.urn): " ".join(head_of(filled.world, place)) for place in places}
    names |= {teacher: "Naomi Lister", **{email: duty[0] for email, duty in DUTIES.items()}}
    people = _accounts(names, today)
    for place in places:
        line = RegisterLine(role=Role.HEAD, level=Level.ONE, seat=HEAD_SEAT)
        _place(line, people[head_address(place.urn)], filled, place, today)
    _place(
        RegisterLine(role=Role.TEACHER, level=Level.TWO, basis=Basis.TEACHES), people[teacher], filled, taught, today
    )
    for email, (_, team, data, reason) in DUTIES.items():
        _appoint(people[email], team, data, reason, today)
    shown = [next(place for place in places if place.shape == shape) for shape in (PRIMARY, SECONDARY, AP)]
    return [
        *[Somebody(head_address(place.urn), f"Head of {place.name} (Level 1)") for place in shown],
        Somebody(teacher, f"Teacher at {taught.name} (Level 2)"),
        *[Somebody(email, f"Officer, {duty[1]}") for email, duty in DUTIES.items()],
    ]


def _accounts(names: dict[str, str], today: date) -> dict[str, Person]:
    """People who have accepted the protocol. They all share one password hash, since argon2 is slow on purpose."""
    password, until = make_password(DEMO_PASSWORD), today + timedelta(days=364)
    version = ProtocolVersion.objects.in_force_on(today).first()
    Person.objects.bulk_create(
        Person(email=email, name=name, password=password, protocol_accepted_until=until if version else None)
        for email, name in names.items()
    )
    people = {person.email: person for person in Person.objects.filter(email__in=names)}
    if version:
        Acceptance.objects.bulk_create(
            Acceptance(person=person, version=version, until=until, purpose=version.purpose)
            for person in people.values()
        )
    return people


def _place(line: RegisterLine, person: Person, filled: Filled, place: Place, today: date) -> None:
    line.person, line.establishment = person, filled.establishments[place.urn]
    line.starts_on = line.level_since = since_2024(today)
    line.given_by_name = OFFICE
    service.place_line(line)


def _appoint(person: Person, team: str, data: tuple[str, ...], reason: str, today: date) -> None:
    appointment = service.appoint_officer(
        OfficerAppointment(person=person, team=team, recorded_by_name=OFFICE, starts_on=APPOINTED)
    )
    for one in data:
        service.record_duty(
            Duty(
                appointment=appointment, data=one, reason=reason, recorded_by_name=OFFICE, whole_community=True,
                starts_on=year_start(today), ends_on=year_end(today),
            )
        )  # fmt: skip
