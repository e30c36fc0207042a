"""Staff: about twelve thousand people, including 5,444 teachers."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import uuid5

from sharing.crypto import blind_index
from sharing.demo.adding import sealed
from sharing.demo.bradford.copying import Sheets
from sharing.demo.bradford.places import AP, BRADFORD, INDEPENDENT, NURSERY, SECONDARY, SPECIAL, Place
from sharing.demo.bradford.stays import World
from sharing.demo.days import last_workforce_census, year_start
from sharing.demo.lives.work import absences_of, paid, teacher_number
from sharing.demo.names import somebody
from sharing.demo.pupils import NAMESPACE
from sharing.demo.staff import FULL_TIME, OFFICE, SECONDARY_TEACHING, SUPPORT, TEACHING

TEACHERS, STAFF = 5_444, 12_000
PUPILS_FOR_EACH_TEACHER = {NURSERY: 22.0, SECONDARY: 16.2, SPECIAL: 7.5, AP: 6.0}
IN_PRIMARY = 20.9
LEADERS = ("Deputy head teacher", "Assistant head teacher")


def teachers_of(place: Place) -> int:
    """The number of teachers there, including the head."""
    if place.shape == INDEPENDENT:
        return 0
    return max(1, round(place.size / PUPILS_FOR_EACH_TEACHER.get(place.shape, IN_PRIMARY)))


def head_of(world: World, place: Place) -> tuple[str, str]:
    """The head teacher's forename and surname."""
    who = somebody(Random(f"{world.seed} staff {place.urn} 0"))  # noqa: S311 - invented people, not secrets
    return who.forename, who.surname


def write_staff(world: World, place: Place, establishment: int, sheets: Sheets) -> None:
    """Write the staff of the place: the head, other teachers, and support staff."""
    teachers = teachers_of(place)
    for nth in range(round(teachers * STAFF / TEACHERS)):
        _member(world, place, establishment, nth, nth < teachers, sheets)


def _member(world: World, place: Place, establishment: int, nth: int, teaches: bool, sheets: Sheets) -> None:
    rng = Random(f"{world.seed} staff {place.urn} {nth}")  # noqa: S311 - invented people, not secrets
    who = somebody(rng)
    post = _post(place, nth, teaches, rng)
    number, insurance = teacher_number(rng)
    starts_on = date(world.this_year - int(rng.random() ** 2 * 22), 9, 1)
    left = nth > 2 and rng.random() < 0.08 and starts_on.year < world.this_year - 1
    ends_on = year_start(world.today) - timedelta(days=1) if left else None
    hours = Decimal(rng.choice((16, 20, 24))) if nth > 2 and rng.random() < 0.3 else FULL_TIME
    member = str(uuid5(NAMESPACE, f"staff {place.urn} {nth}"))
    trn = number if teaches else ""
    leads = "ead teacher" in post
    sheets.add(
        "sharing_staffmember", member, establishment, blind_index(trn or insurance),
        sealed(trn, "sharing_staffmember.teacher_number"), sealed(insurance, "sharing_staffmember.ni_number"),
        who.surname, who.forename, date(world.this_year - 24 - rng.randrange(40), 1 + rng.randrange(12), 15), who.sex,
        who.ethnicity, "NO", teaches, not teaches and rng.random() < 0.08, leads, starts_on, ends_on, BRADFORD,
        last_workforce_census(world.today),
    )  # fmt: skip
    pay_range, pay = paid(rng, post, hours)
    kind = "FXT" if nth > 2 and rng.random() < 0.08 else "PRM"
    sheets.add(
        "sharing_staffcontract", member, establishment, kind, post, starts_on, ends_on, hours, FULL_TIME,
        52 if teaches else 39, pay_range, pay,
    )  # fmt: skip
    for away in absences_of(rng, year_start(world.today)):
        if away.first_day > starts_on:
            sheets.add("sharing_staffabsence", member, establishment, away.first_day, away.last_day, away.days_lost,
                       away.category)  # fmt: skip


def _post(place: Place, nth: int, teaches: bool, rng: Random) -> str:
    if nth == 0:
        return "Head teacher"
    if teaches:
        if nth <= 2:
            return LEADERS[nth - 1]
        return rng.choice(SECONDARY_TEACHING if place.shape == SECONDARY else TEACHING[:3])
    return rng.choice(SUPPORT if nth % 4 else OFFICE)
