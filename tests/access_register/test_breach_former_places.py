"""Whoever has lately left the respondent's establishment does not sit on the case (P17, R41)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from access_register.models import Breach, RegisterLine
from sharing.models import Establishment
from tests.access_register.breaches import BECKSIDE, against_establishment, against_person
from tests.access_register.test_breach_former_teams import back, may_sit
from tests.people import as_batch, person
from tests.sharing.conversions import NEW, convert

pytestmark = [pytest.mark.django_db, pytest.mark.drifts]  # lines are written in the table alone
JUDGE = "head-oxenby"  # a head of the same Locality


def was_at_beckside(until: int | None, *, withdrawn: int | None = None) -> None:
    """The judge was on its register until so many days ago, by the last day or by a withdrawal."""
    with as_batch():
        RegisterLine.objects.create(
            person=person(JUDGE), establishment=Establishment.objects.get(urn=BECKSIDE), level=2, role="teacher",
            starts_on=back(900), level_since=back(900), ends_on=back(until), given_by_name="x",
            withdrawn_at=None if withdrawn is None else timezone.now() - timedelta(days=withdrawn),
        )  # fmt: skip


def a_case(happened: int | None) -> int:
    """Against somebody of Beckside, reported ten days ago."""
    number = against_person("teacher-beckside", happened_on=back(happened))
    with as_batch():
        at = timezone.now() - timedelta(days=10)
        Breach.objects.filter(pk=number).update(reported_at=at, aware_at=at)
    return number


@pytest.mark.parametrize(
    ("happened", "left", "sits"),
    [(None, 1, False), (None, 374, False), (None, 375, True), (100, 464, False), (100, 465, True), (5, 375, True)],
)
def test_who_has_left_sits_a_year_later(happened: int | None, left: int, sits: bool) -> None:
    """R41: a year before it happened, or was reported, whichever is the earlier; by form and by PostgreSQL alike."""
    assert may_sit(number := a_case(happened), JUDGE)
    was_at_beckside(left)
    assert may_sit(number, JUDGE) is sits


def test_a_line_that_was_withdrawn_yesterday_counts_too() -> None:
    """R41: also where it is held against the establishment itself."""
    number = against_establishment(BECKSIDE)
    assert may_sit(number, JUDGE)
    was_at_beckside(None, withdrawn=1)
    assert not may_sit(number, JUDGE)


def test_a_new_urn_makes_nobody_a_stranger(known_from_gias: None, tmp_path: Path) -> None:
    """R41, A2: whoever left the school under its old URN, before it converted, sits under the new one no more."""
    number = against_establishment(BECKSIDE)
    was_at_beckside(30)
    convert(tmp_path, timezone.localdate())
    assert not may_sit(number, JUDGE)


def test_nor_does_who_has_come_since(known_from_gias: None, tmp_path: Path) -> None:
    """R41, A2: to the school whose old URN somebody had left, whom the case is held against."""
    with as_batch():
        today = timezone.localdate()
        RegisterLine.objects.filter(person=person("teacher-beckside")).update(ends_on=today - timedelta(days=30))
        call_command("check_permissions", "--repair")
    number = against_person("teacher-beckside")
    convert(tmp_path, today)
    assert may_sit(number, JUDGE)
    with as_batch():
        RegisterLine.objects.create(
            person=person(JUDGE), establishment=Establishment.objects.get(urn=NEW), level=2, role="teacher",
            starts_on=today, level_since=today, given_by_name="x",
        )  # fmt: skip
    assert not may_sit(number, JUDGE)
