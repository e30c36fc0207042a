"""A contract of Beckside with a third party, and people under it, for tests (R24, R25)."""

from datetime import date, timedelta

from django.utils import timezone

from access_register.levels import Level
from access_register.models import Person
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing.authorise import Asker, Through
from sharing.models import EstablishmentPermission
from tests.people import accepts, as_batch, asker

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED = "head-beckside", "deputy-beckside"
PAGE = f"/establishments/{BECKSIDE}/register/third-parties/"


def today() -> date:
    return timezone.localdate()


def contract(first: int = 0, last: int = 90, dbs: bool = False, by: str = HEAD) -> int:
    terms = Terms(
        "Heron Psychology", "HP-1", "Clause 7", today() + timedelta(first), today() + timedelta(last),
        dbs_confirmed_on=today() if dbs else None,
    )  # fmt: skip
    return third_parties.record_contract(asker(by), BECKSIDE, terms=terms)


def add(number: int, by: str = HEAD, **typed: object) -> Asker:
    typed = {"name": "Hal Heron", "email": "hal@heron.example", "level": Level.THREE} | typed
    with as_batch():
        if not Person.objects.filter(email=typed["email"]).exists():
            accepts(Person.objects.create_user(typed["email"], typed["name"], "a password of their own"))
    return asker_of(third_parties.add_third_party(asker(by), BECKSIDE, number, **typed).person)


def asker_of(somebody: Person, acting_for: str = "") -> Asker:
    return Asker(
        somebody.pk, somebody.name, Through.SCHOOLS_ONLINE, acting_for=acting_for,
        second_factor=True, confirmed_lately=True,
    )  # fmt: skip


def held(somebody: Asker) -> set[tuple]:
    with as_batch():
        rows = EstablishmentPermission.objects.filter(user_id=somebody.person_id)
        return set(rows.values_list("permission__codename", "starts_on", "ends_on"))
