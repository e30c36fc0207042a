"""Whoever was of the respondent's team when it happened, or since, does not sit on the case (P17, R41)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register.breaches import steps
from access_register.models import AppointmentChange, Breach, OfficerAppointment
from sharing.authorise import Permission, visit
from tests.access_register.breaches import OTHERS, against_person
from tests.access_register.duties import appointment
from tests.people import EDUNET, as_batch, as_owner, asker, person

pytestmark = [pytest.mark.django_db, pytest.mark.drifts]  # appointments are changed in the tables alone
TODAY = timezone.localdate()
DATA, FIONA, ADMISSIONS = "officer-data", "officer-no-duty", "officer-admissions"
DATA_TEAM = "Data team"
days = st.one_of(st.none(), st.integers(0, 60))  # before today


def back(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days=days)


def moved(slug: str, *teams: str, on: date = TODAY) -> None:
    """Through these teams, one after the other, on one day."""
    there = appointment(slug).pk
    for team in teams:
        with as_batch():
            OfficerAppointment.objects.filter(pk=there).update(team=team)
    with as_owner():
        noon = timezone.make_aware(timezone.datetime(on.year, on.month, on.day, 12))
        AppointmentChange.objects.filter(appointment=there).update(at=noon)


def may_sit(number: int, slug: str) -> bool:
    """By the form's rule and by PostgreSQL's, which agree."""
    with visit(asker("officer-information", EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
        offered = person(slug).pk in {one.person_id for one in steps.without_conflict_of(number)}
        here.showed()
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT access_register_may_sit(%s, %s)", [number, person(slug).pk])
        assert cursor.fetchone() == (offered,)
    return offered


def a_case(happened: int | None, reported: int) -> int:
    """Against somebody of the data team, as many days ago."""
    number = against_person(DATA, happened_on=back(happened))
    with as_batch():
        at = timezone.now() - timedelta(days=reported)
        Breach.objects.filter(pk=number).update(reported_at=at, aware_at=at)
    return number


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days, st.integers(0, 30), st.integers(0, 90))
def test_who_has_moved_sits_on_what_happened_afterwards_alone(happened: int | None, reported: int, left: int) -> None:
    """R41: the day on which they left is one of the team's still."""
    moved(FIONA, DATA_TEAM, "Education strategy", on=TODAY - timedelta(days=left))
    number = a_case(happened, reported)
    began = max(reported, happened or 0)
    assert may_sit(number, FIONA) is (left > began)
    assert may_sit(number, ADMISSIONS)


def test_a_move_back_and_forth_in_one_day_lets_nobody_sit() -> None:
    """R41: the information manager, who names the panel, may not make somebody fit for it so."""
    number = a_case(None, 3)
    assert may_sit(number, FIONA)
    moved(FIONA, DATA_TEAM)
    assert not may_sit(number, FIONA)
    moved(FIONA, "Education strategy")
    assert not may_sit(number, FIONA)


def test_of_whom_it_is_held_against_too() -> None:
    """R41: colleagues of then are colleagues, also once the respondent has moved or left the council."""
    moved(FIONA, DATA_TEAM, on=TODAY - timedelta(days=200))
    number = a_case(10, 3)
    moved(DATA, "Attendance")
    assert not may_sit(number, FIONA)
    assert not may_sit(number, "officer-duty-ended")  # of the team to which the respondent has come
    moved(DATA, DATA_TEAM, "Attendance", on=TODAY - timedelta(days=11))
    assert may_sit(number, FIONA)
    with as_batch():
        OfficerAppointment.objects.filter(pk=appointment(DATA).pk).update(ends_on=TODAY - timedelta(days=1))
    assert not may_sit(number, "officer-duty-ended")


@pytest.mark.parametrize(("ended", "sits"), [(11, True), (10, False), (1, False)])
def test_an_appointment_that_ended_before_another_began(ended: int, sits: bool) -> None:
    """R41: who has left the team by a new appointment."""
    number = a_case(10, 3)
    with as_batch():
        OfficerAppointment.objects.create(
            person=person(FIONA), team=DATA_TEAM, starts_on=TODAY - timedelta(days=400),
            ends_on=TODAY - timedelta(days=ended), recorded_by_name="x",
        )  # fmt: skip
    assert may_sit(number, FIONA) is sits


def test_a_member_who_was_of_the_team_reads_the_case_no_more() -> None:
    """R41: PostgreSQL asks with each look, also of those who sit already."""
    number = a_case(None, 0)
    steps.seat_panel(
        asker("officer-information", EDUNET), number,
        people=[person(slug).pk for slug in ("head-oxenby", "head-holmeroyd", FIONA)],
    )  # fmt: skip
    assert FIONA in OTHERS
    asked = "SELECT count(*) FROM portal_breach_roles() WHERE breach_id = %s AND role = 'panel'"
    for sits in (True, False):
        with visit(asker(FIONA, EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            with connection.cursor() as cursor:
                cursor.execute(asked, [number])
                assert cursor.fetchone() == (int(sits),)
        moved(FIONA, DATA_TEAM, "Education strategy")
