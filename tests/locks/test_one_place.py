"""A visit to one establishment sees only the pupils of that one, whatever else the person may see (R6, R45)."""

from typing import Any

import pytest
from django.db import transaction

from sharing import door
from sharing.authorise import Permission, Through, visit
from sharing.authorise.holdings import Holdings
from sharing.door import pupils
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    Establishment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilNeeds,
    Result,
    SenNeed,
    Suspension,
)
from tests.access_register import casework
from tests.locks.switches import run_as_owner
from tests.locks.weakening import in_function
from tests.people import EDUNET, SCHOOLS_ONLINE, asker
from tests.sharing import closings

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, NOBODYS = 999002, 999003, 100001
DATA_TEAM, FIONA = "officer-data", "officer-no-duty"
WITHOUT = in_function("portal_sight", "here <> ''", "false")
OF_PUPILS: tuple[Any, ...] = (
    Pupil, Enrolment, PupilNeeds, SenNeed, FreeMealsPeriod, Attendance, Suspension, Result, HomeAddress, Contact,
)  # fmt: skip


def seen(table: Any = Pupil) -> set[int]:
    """The URNs in all rows that a query without conditions finds."""
    return set(table.objects.values_list("establishment__urn", flat=True))


def seen_at(
    urn: int | None, *, of: Any = Pupil, by: str = DATA_TEAM, through: Through = EDUNET, **how: Any
) -> set[int]:
    with visit(asker(by, through), Permission.VIEW_PUPILS, urn, action="test", **how) as here:
        here.showed()
        return seen(of)


@pytest.mark.parametrize("table", OF_PUPILS)
def test_nothing_of_a_pupil_elsewhere(table: Any) -> None:
    assert seen_at(None, of=table) - {BECKSIDE}, "there is nothing elsewhere that could be seen"
    assert seen_at(BECKSIDE, of=table) == {BECKSIDE}


@pytest.mark.parametrize("how", [{}, {"everywhere": True}, {"shared": True}])
def test_whatever_else_the_page_asks(how: dict[str, bool]) -> None:
    assert seen_at(BECKSIDE, **how) == {BECKSIDE}


def test_a_filter_that_the_page_forgot(monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer of the whole community opens the list of one school."""
    whole = door.list_pupils(asker(DATA_TEAM, EDUNET), BECKSIDE).page.total
    monkeypatch.setattr(pupils, "pupils_here", lambda here: Pupil.objects.visible_on(here.today))
    assert door.list_pupils(asker(DATA_TEAM, EDUNET), BECKSIDE).page.total == whole
    run_as_owner(*WITHOUT)
    assert door.list_pupils(asker(DATA_TEAM, EDUNET), BECKSIDE).page.total > whole


def test_who_sees_a_child_by_itself_elsewhere() -> None:
    """R9: one child is named for the officer at each of two schools, so they see no school whole."""
    at = {urn: closings.child(urn) for urn in (BECKSIDE, RAVENSGILL)}
    for child in at.values():
        casework.give(child)
    assert seen_at(None, by=FIONA) == {BECKSIDE, RAVENSGILL}
    assert seen_at(BECKSIDE, by=FIONA, record=at[BECKSIDE].pk) == {BECKSIDE}


def test_two_visits_in_one_transaction() -> None:
    with transaction.atomic():
        assert seen_at(BECKSIDE) == {BECKSIDE}
        assert seen_at(RAVENSGILL) == {RAVENSGILL}
        assert seen_at(None) > {BECKSIDE, RAVENSGILL}


def test_an_establishment_that_is_none() -> None:
    with transaction.atomic():
        Holdings.announced(asker(DATA_TEAM, EDUNET), seen_at=NOBODYS)
        assert not Pupil.objects.exists()


def test_where_the_visitor_sees_no_pupils_there_are_none() -> None:
    """It narrows and never adds: a head at another school's page sees nobody."""
    assert Establishment.objects.filter(urn=RAVENSGILL).exists()
    with visit(
        asker("head-beckside", SCHOOLS_ONLINE), Permission.VIEW_ESTABLISHMENT, RAVENSGILL, action="test", shared=True
    ) as here:
        here.showed()
        assert not seen()
