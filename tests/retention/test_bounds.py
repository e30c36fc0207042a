"""Disposal at its bounds: the day on which something is due, and the worker that gives up (P5)."""

from datetime import date, timedelta

import pytest

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.models import Disposal, Pupil
from sharing.retention import disposing, working
from tests import factories
from tests.people import EDUNET, as_batch, asker
from tests.retention.worlds import BECKSIDE, MANAGER, approved, due, grown_up, second_manager


@pytest.mark.django_db
def test_counts_of_attendance_go_six_years_after_the_school_year() -> None:
    """Which ends in August."""
    row = factories.attendance(grown_up(BECKSIDE, born_on=date(2012, 5, 4)), 100, 2, 2018, 1)
    assert str(row.pk) not in due("attendance", date(2025, 8, 31))
    assert str(row.pk) in due("attendance", date(2025, 9, 1))


@pytest.mark.django_db
def test_who_was_to_come_within_the_year_stays() -> None:
    """A transfer keeps a record, an address and contacts as long as a stay does."""
    child = grown_up(BECKSIDE)
    lives = factories.address(child, "1 The Road\nBD1 1AA")
    last = date(2024, 3, 1)
    factories.transfer(child, last - timedelta(days=20), last)
    for kind, row in (("child", str(child.child_id)), ("homeaddress", str(lives.pk))):
        assert row not in due(kind, date(2025, 2, 28))
        assert row in due(kind, date(2025, 3, 1))


@pytest.mark.django_db
def test_more_of_one_kind_than_was_approved_stops_all_before_the_first_goes() -> None:
    """A child is due as before, and a count of attendance besides."""
    child = grown_up(BECKSIDE)
    number = approved()
    factories.attendance(grown_up(BECKSIDE, born_on=date(2012, 5, 4)), 100, 2, 2010, 1)
    with as_batch():
        disposal = Disposal.objects.get(pk=number)
    assert list(disposing.dispose(disposal)) == []
    with as_batch():
        assert Disposal.objects.get(pk=number).state == "overtaken"
        assert Pupil.objects.filter(pk=child.pk).exists()


@pytest.mark.django_db
def test_nothing_is_approved_before_it_is_counted() -> None:
    """Nobody approves what nobody has looked at."""
    number = door.ask_for_disposal(asker(MANAGER, EDUNET))
    with pytest.raises(NoSuchRecord):
        door.decide_disposal(asker(second_manager(), EDUNET), number, approves=True)


def test_a_disposal_that_ends_the_worker_each_time_is_given_up(own_database: None) -> None:
    grown_up(BECKSIDE)
    number = approved(working.do_next)
    with as_batch():
        Disposal.objects.filter(pk=number).update(tries=working.MOST_TRIES)
    assert working.do_next()
    with as_batch():
        assert (Disposal.objects.get(pk=number).state, Disposal.objects.get(pk=number).gone) == ("failed", 0)
