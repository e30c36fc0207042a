"""Versions of the comparators: each is made of the one before it and of a file from one of the sources (R22)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing import door
from sharing.door import CannotRelease
from sharing.measures import preparing
from sharing.models.releases import Release
from tests import figures
from tests.measures.releases import ADMISSIONS, CODE, DATA, YEAR, officer, prepared, soon, state
from tests.people import as_batch, person

pytestmark = pytest.mark.django_db


def comparators(by: str = "", year: int = YEAR) -> Release:
    with as_batch():
        by_id = person(by).pk if by else None
        return figures.release("comparators", year, {("authority", CODE): 60}, by_id=by_id)


def withdraw(release: Release) -> None:
    door.withdraw_release(officer(), release.pk, because="A mistake")


def test_nobody_checks_a_version_that_holds_what_they_prepared() -> None:
    """R22: until another officer has checked that."""
    first, second = comparators(DATA), comparators(ADMISSIONS)
    with pytest.raises(CannotRelease, match="also holds figures that you prepared"):
        door.check_release(officer(DATA), second.pk)
    door.check_release(officer(ADMISSIONS), first.pk)
    door.check_release(officer(DATA), second.pk)
    assert state(second) == "checked"


def test_a_later_version_another_year_and_another_dataset_hold_nothing_of_it() -> None:
    """R22."""
    comparators(DATA, YEAR - 1)
    comparators(ADMISSIONS)
    prepared(DATA)
    for release in (comparators(ADMISSIONS), prepared(ADMISSIONS)):
        comparators(DATA)
        door.check_release(officer(DATA), release.pk)
        assert state(release) == "checked"


def test_a_version_is_not_withdrawn_while_a_newer_one_holds_it() -> None:
    """R22: but the newer one is, and then this one."""
    first, second = comparators(), comparators()
    with pytest.raises(CannotRelease, match="Withdraw that one first"):
        withdraw(first)
    withdraw(second)
    withdraw(first)
    assert (state(first), state(second)) == ("withdrawn", "withdrawn")


def test_it_is_withdrawn_once_the_newer_one_has_come_out() -> None:
    """R22: what is out is never withdrawn, so nothing waits for that."""
    first, second = comparators(), comparators()
    with as_batch():
        preparing.bring_out(second, by="Another officer", at=timezone.now() + timedelta(days=1))
    with pytest.raises(CannotRelease, match="Withdraw that one first"):
        withdraw(first)
    with as_batch():
        Release.objects.filter(pk=second.pk).update(goes_out_at=timezone.now() - timedelta(days=1))
    withdraw(first)
    assert state(first) == "withdrawn"


def test_a_version_made_after_the_stop_of_another_goes_out() -> None:
    """R22: it holds nothing of what is stopped."""
    with as_batch():
        stopped = figures.out("comparators", YEAR, {("authority", CODE): 60})
        Release.objects.filter(pk=stopped.pk).update(state="stopped", stopped_at=timezone.now())
    again = comparators()
    door.check_release(officer(), again.pk)
    door.schedule_release(officer(), again.pk, at=soon())
    assert state(again) == "scheduled"
