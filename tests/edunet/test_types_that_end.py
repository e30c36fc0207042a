"""A type off the list, where its school is suspended, has left and signed up again, or converts (A2, R16)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from access_register.breaches import steps
from access_register.models import ProtocolVersion
from access_register.participation import participation
from sharing import door
from sharing.dates import covers
from sharing.imports import listed_types
from sharing.models import Establishment, LedgerEntry, ListedType, Participation
from tests.access_register import breaches
from tests.people import EDUNET, as_batch, asker
from tests.sharing.conversions import BECKSIDE, NEW, convert

pytestmark = pytest.mark.django_db
HEAD, UTC, TODAY = "head-beckside", 40, timezone.localdate()


def day(count: int) -> date:
    return TODAY + timedelta(days=count)


@pytest.fixture
def ends_in_ten_days() -> None:
    """Beckside is of a type that officers have listed, and that counts for ten days more."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(type_code=UTC)
    manager = asker("officer-information", EDUNET)
    door.list_type(manager, type_code=UTC, kind="primary", reason="Agreed in June", decided_on=TODAY)
    door.end_type(manager, UTC, last_day=day(10), reason="Agreed in July")


def takes_part_on(*days: int, urn: int = BECKSIDE) -> list[bool]:
    """As PostgreSQL asks, which does not look at the kind."""
    of_it = Participation.objects.filter(establishment__urn=urn)
    return [of_it.filter(covers(day(each))).exists() for each in days]


def signs_up_again() -> None:
    participation.leave_protocol(asker(HEAD), BECKSIDE)
    with as_batch():
        version = ProtocolVersion.objects.in_force_on(TODAY)[0].pk
    participation.join_protocol(asker(HEAD), BECKSIDE, version_id=version)


@pytest.mark.usefixtures("ends_in_ten_days")
def test_who_signs_up_again_takes_part_until_that_day() -> None:
    """R2, R16: the two together had no end, and the school went on sharing."""
    signs_up_again()
    assert takes_part_on(0, 10, 11) == [True, True, False]


def test_who_signs_up_where_no_type_ends_has_no_last_day() -> None:
    """R16."""
    signs_up_again()
    assert takes_part_on(0, 900) == [True, True]


@pytest.mark.usefixtures("ends_in_ten_days")
def test_no_longer_suspension_of_another_case_is_got_round() -> None:
    """R41: the school was to share again for the three days after the first, which are days of the second."""
    for number in (1, 2):
        breaches.decide(breaches.against_establishment(BECKSIDE), "suspend_establishment", number)
    assert takes_part_on(0, 7, 10, 14) == [False] * 4


def test_nobody_shares_again_after_a_suspension_that_outlasts_the_type() -> None:
    """R2, R41: the end of the suspension, or an appeal that lifts it, brings back nobody whose type counts no more."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(type_code=UTC)
    manager = asker("officer-information", EDUNET)
    door.list_type(manager, type_code=UTC, kind="primary", reason="Agreed in June", decided_on=TODAY)
    case = breaches.against_establishment(BECKSIDE)
    breaches.decide(case, "suspend_establishment", 4)
    door.end_type(manager, UTC, last_day=day(0), reason="Agreed in July")
    with as_batch():
        ListedType.objects.update(ends_on=day(-1))
        assert list(listed_types.let_go(TODAY))
        told = LedgerEntry.objects.at(BECKSIDE).filter(action="let_type_go").values_list("about", flat=True)
        assert list(told) == [{"last_day": f"{day(-1)}"}]  # R43: among the school's own rows
    assert takes_part_on(0, 28) == [False, False]
    steps.appeal_breach(asker(HEAD), case, words="It was not us.")
    breaches.seat(case, ("officer-no-duty", "officer-data", "officer-admissions"))
    for slug in ("officer-no-duty", "officer-data", "officer-admissions"):
        breaches.vote(case, slug, "none")
    assert takes_part_on(0, 28) == [False, False]


@pytest.mark.usefixtures("ends_in_ten_days", "known_from_gias")
def test_an_academy_goes_on_though_the_type_it_had_ends(tmp_path: Path) -> None:
    """A2: it is of a type that counts."""
    convert(tmp_path, TODAY)
    assert takes_part_on(0, 11, urn=NEW) == [True, True]
    with as_batch():
        assert list(Participation.objects.filter(establishment__urn=NEW).values_list("ended_because")) == [("",)]


@pytest.mark.usefixtures("ends_in_ten_days")
def test_the_night_ends_what_has_no_last_day() -> None:
    """R2: as of a school that has become one of the type since its last day was set."""
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=None, ended_because="")
        assert list(listed_types.let_go(day(11)))
    assert takes_part_on(0, 10, 11) == [True, True, False]


@pytest.mark.usefixtures("ends_in_ten_days", "known_from_gias")
def test_an_academy_goes_on_after_a_suspension_though_the_type_it_had_ends(tmp_path: Path) -> None:
    """A2, R41: the suspension ends before the type does."""
    breaches.decide(breaches.against_establishment(BECKSIDE), "suspend_establishment", 1)
    convert(tmp_path, TODAY)
    assert takes_part_on(0, 7, 10, 11, urn=NEW) == [False, True, True, True]


@pytest.mark.usefixtures("ends_in_ten_days", "known_from_gias")
def test_a_new_urn_of_the_same_type_takes_part_until_that_day(tmp_path: Path) -> None:
    """R2, A2: not for a moment longer than the others of the type, as before the night lets it go."""
    convert(tmp_path, TODAY, {"TypeOfEstablishment (code)": str(UTC)})
    assert takes_part_on(0, 10, 11, urn=NEW) == [True, True, False]
