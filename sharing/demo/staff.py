"""Invented staff: those the cast names, and as many others as the establishment's size needs."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import uuid5

from sharing.crypto import blind_index
from sharing.demo.days import last_workforce_census, year_start
from sharing.demo.lives.work import Absence, absences_of, is_teaching, paid, teacher_number
from sharing.demo.names import somebody
from sharing.demo.places import (
    AMBERSTONE,
    BECKSIDE,
    BY_URN,
    CRAGWELL,
    FALLOWDALE,
    HAZELTHWAITE,
    HOLMEROYD,
    LARKROYD,
    MILLBECK,
    NETHERWICK,
    OXENBY,
    RAVENSGILL,
    SKELBROOK,
    SOURCE,
    SYNTHETIC,
    THORNLEY_CROSS,
    Invented,
    sizes,
)
from sharing.demo.pupils import NAMESPACE
from sharing.models import StaffAbsence, StaffContract, StaffMember
from sharing.models.establishments import Kind

PUPILS_FOR_EACH = 12  # all posts together; in a special school half as many pupils
FULL_TIME = Decimal("32.5")

# The head of each establishment, and staff whom the cast names. Heads come first.
KNOWN: dict[int, tuple[tuple[str, str, str], ...]] = {
    BECKSIDE: (
        ("Ruth", "Oldroyd", "Head teacher"),
        ("Imran", "Sheikh", "Deputy head teacher"),
        ("Julie", "Armitage", "School business manager"),
        ("Nadia", "Hussain", "Classroom teacher"),
        ("Owen", "Priestley", "Special educational needs coordinator"),
        ("Carol", "Lumb", "School secretary"),
        ("Tess", "Wainman", "Teacher of music"),
    ),
    RAVENSGILL: (
        ("Farzana", "Mahmood", "Executive head teacher"),
        ("Peter", "Hinchliffe", "Deputy head teacher"),
        ("Gareth", "Tordoff", "Classroom teacher"),
        ("Tess", "Wainman", "Teacher of music"),
    ),
    HAZELTHWAITE: (("Farzana", "Mahmood", "Executive head teacher"),),
    LARKROYD: (("Margaret", "Thackray", "Head teacher"), ("Simon", "Rawnsley", "Classroom teacher")),
    OXENBY: (
        ("David", "Earnshaw", "Head teacher"),
        ("Samina", "Qureshi", "Head of Year 9"),
        ("Pauline", "Binns", "Attendance officer"),
    ),
    THORNLEY_CROSS: (("Helen", "Crowther", "Head teacher"),),
    FALLOWDALE: (("Anthony", "Okafor", "Head teacher"),),
    MILLBECK: (("Lorraine", "Sugden", "Teacher in charge"),),
    CRAGWELL: (("Rukhsana", "Bashir", "Principal"),),
    NETHERWICK: (("Marcus", "Holdsworth", "Principal"),),
    AMBERSTONE: (("Gillian", "Feather", "Centre manager"),),
    SKELBROOK: (("Harpreet", "Virdee", "Head teacher"),),
    HOLMEROYD: (("Catriona", "Beaumont", "Principal"),),
    SYNTHETIC: (("Edwin", "Mockridge", "Head teacher"),),
}
MEN = {"Imran", "Owen", "Peter", "Gareth", "Simon", "David", "Anthony", "Marcus", "Edwin"}
TEACHING = ("Classroom teacher", "Classroom teacher", "Classroom teacher", "Assistant head teacher")
SECONDARY_TEACHING = (
    "Teacher of English", "Teacher of mathematics", "Teacher of science", "Teacher of history", "Teacher of geography",
    "Teacher of languages", "Teacher of art", "Teacher of physical education", "Head of department",
)  # fmt: skip
SUPPORT = ("Teaching assistant", "Teaching assistant", "Learning mentor", "Midday supervisor")
OFFICE = ("Administrator", "Site manager", "Finance officer")
EARLY_YEARS = ("Early years educator", "Family support worker")


def everyone(today: date, pupils: int, seed: int) -> Iterator[tuple[int, StaffContract, list[StaffAbsence]]]:
    """(URN, contract with its member of staff, absences) for all establishments."""
    for urn, size in sizes(pupils).items():
        place = BY_URN[urn]
        rng = Random(f"{seed} staff {urn}")  # noqa: S311 - invented people, not secrets
        known = KNOWN[urn]
        for index, (forename, surname, post) in enumerate(known):
            contract = _member(place, index, forename, surname, post, rng, today)
            yield urn, contract, _with_facts(contract, f"{forename} {surname}", today, seed)
        for index in range(len(known), _posts(place, size)):
            who = somebody(rng)
            contract = _member(place, index, who.forename, who.surname, _post(place, index, rng), rng, today)
            contract.member.sex, contract.member.ethnicity = who.sex, who.ethnicity
            yield urn, contract, _with_facts(contract, f"{urn} {index}", today, seed)


def _with_facts(contract: StaffContract, person: str, today: date, seed: int) -> list[StaffAbsence]:
    """Fill in what the workforce census gives besides name and post. Whoever works at two schools is one person."""
    rng = Random(f"{seed} work {person}")  # noqa: S311 - invented people, not secrets
    member, teaches = contract.member, is_teaching(contract.post)
    number, insurance = teacher_number(rng)
    member.sex = member.sex or ("M" if member.forename in MEN else "F")
    member.ethnicity = member.ethnicity or "WBRI"
    member.born_on = date(1964 + rng.randrange(34), 1, 1) + timedelta(days=rng.randrange(365))
    member.teacher_number, member.ni_number = (number if teaches else ""), insurance
    member.person_index = blind_index(member.teacher_number or insurance)
    member.disability = "NO"
    member.has_qts, member.is_hlta = teaches, not teaches and rng.random() < 0.08
    member.is_senior_leader = "ead teacher" in contract.post or contract.post in ("Principal", "Teacher in charge")
    contract.weeks_a_year = Decimal(52) if teaches else Decimal(39)
    contract.pay_range, contract.pay = paid(rng, contract.post, contract.hours or FULL_TIME)
    return [_absence(member, away) for away in absences_of(rng, year_start(today)) if away.first_day > member.starts_on]


def _absence(member: StaffMember, away: Absence) -> StaffAbsence:
    return StaffAbsence(
        member=member, first_day=away.first_day, last_day=away.last_day, days_lost=away.days_lost,
        category=away.category,
    )  # fmt: skip


def _posts(place: Invented, size: int) -> int:
    return size // (PUPILS_FOR_EACH // 2 if place.kind in (Kind.SPECIAL, Kind.PRU) else PUPILS_FOR_EACH)


def _post(place: Invented, index: int, rng: Random) -> str:
    if place.kind == Kind.CHILDRENS_CENTRE:
        return rng.choice(EARLY_YEARS)
    if index % 6 == 5:
        return rng.choice(OFFICE)
    if index % 2:
        return rng.choice(SUPPORT)
    return rng.choice(SECONDARY_TEACHING if place.phase_code == 4 else TEACHING)


def _member(
    place: Invented, index: int, forename: str, surname: str, post: str, rng: Random, today: date
) -> StaffContract:
    """A member of staff. One in twelve is on a fixed term, one in fifteen left last summer, but none the cast names."""
    came = date(2012 + rng.randrange(12), 9, 1) + timedelta(days=rng.choice((0, 0, 0, 120, 215)))
    fixed_term, part_time, has_left = rng.random() < 0.08, rng.random() < 0.3, rng.random() < 0.066
    is_known = index < len(KNOWN[place.urn])
    hours = Decimal(rng.choice((16, 20, 24))) if part_time and index else FULL_TIME
    member = StaffMember(
        id=uuid5(NAMESPACE, f"staff {place.urn} {index}"),
        surname=surname,
        forename=forename,
        starts_on=came,
        ends_on=year_start(today) - timedelta(days=1) if has_left and not is_known else None,
        source=SOURCE,
        as_of=last_workforce_census(today),
    )
    kind = "FXT" if fixed_term and not is_known else "PRM"
    return StaffContract(
        member=member,
        kind=kind,
        post=post,
        hours=hours,
        fte_hours=FULL_TIME,
        starts_on=member.starts_on,
        ends_on=member.ends_on,
    )
