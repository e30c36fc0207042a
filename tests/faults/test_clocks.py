"""Days while the clocks go back (25 October 2026) and forward (28 March 2027), and the midnight of a transfer (R5)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from access_register.breaches import rules
from sharing.days import midnight
from sharing.downloads import keeping
from sharing.grace import kept_until, lapses_on
from sharing.models import Closing
from sharing.school_year import is_school_day, school_days_after, school_days_until
from tests import factories
from tests.people import as_batch, as_owner
from tests.sharing import glass

BACK, FORWARD = date(2026, 10, 25), date(2027, 3, 28)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
changes = st.sampled_from([BACK, FORWARD])
days = st.builds(lambda change, away: change + away * DAY, changes, st.integers(-9, 9))
instants = st.builds(
    lambda change, minutes: datetime(change.year, change.month, change.day, tzinfo=UTC) + timedelta(minutes=minutes),
    changes,
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
)


def around(change: date) -> list[datetime]:
    """Each quarter of an hour from two days before the change to three days after it."""
    begin = datetime(change.year, change.month, change.day, tzinfo=UTC) - 2 * DAY
    return [begin + number * QUARTER for number in range(5 * 24 * 4)]


@given(instants)
def test_each_instant_belongs_to_one_day(at: datetime) -> None:
    """The day that pages go by is the one that the ledger, the unusual patterns and closings count to midnight."""
    day = timezone.localdate(at)
    first, last = midnight(day), midnight(day + DAY)
    assert first <= at < last
    assert (last.astimezone(UTC) - first.astimezone(UTC)) == timedelta(hours={BACK: 25, FORWARD: 23}.get(day, 24))


@given(days, st.integers(0, 25))
def test_school_days_are_counted_by_the_calendar(day: date, number: int) -> None:
    """R7, R8: an hour more or less moves no last day."""
    last = school_days_after(day, number)
    between = [day + n * DAY for n in range(1, (last - day).days + 1)]
    assert sum(is_school_day(one) for one in between) == number == school_days_until(day, last)
    assert lapses_on(day) >= day
    assert (kept_until(day) or day) >= day


def test_what_moves_from_year_to_year_is_a_holiday_of_its_year(settings: Any) -> None:
    """R7, R8: Easter and bank holidays are on other days each year; Christmas is not."""
    settings.SCHOOL_HOLIDAYS = [("12-21", "01-03"), ("2027-03-26", "2027-04-09"), ("2027-05-03", "2027-05-03")]
    assert school_days_after(date(2027, 3, 25), 1) == date(2027, 4, 12)
    assert school_days_after(date(2027, 4, 30), 1) == date(2027, 5, 4)
    assert is_school_day(date(2028, 3, 27))
    assert is_school_day(date(2028, 5, 3))
    assert school_days_after(date(2027, 12, 20), 1) == date(2028, 1, 4)
    assert school_days_after(date(2028, 2, 28), 1) == date(2028, 2, 29)


@given(instants)
def test_24_hours_are_24_hours(at: datetime) -> None:
    """R14: a file waits as long in the night in which the clocks change as in any other."""
    with time_machine.travel(at, tick=False):
        assert timezone.now() - keeping.oldest() == timedelta(hours=24)


@pytest.mark.django_db
def test_both_locks_change_day_at_the_same_instant() -> None:
    """R5, R45: PostgreSQL's day is Python's, whatever the clocks do."""
    for change in (BACK, FORWARD):
        with connection.cursor() as cursor:
            cursor.execute("SELECT at, at::date FROM unnest(%s::timestamptz[]) AS at", [around(change)])
            for at, day in cursor.fetchall():
                assert day == timezone.localdate(at) == at.astimezone(ZoneInfo("Europe/London")).date()


@pytest.mark.django_db
@settings(max_examples=8)
@given(changes, st.integers(-2, 1), st.integers(0, 2))
def test_a_transfer_over_midnight(change: date, agreed: int, until: int) -> None:
    """R5, R8, A4: at each quarter of an hour who sees the child goes by the day there is: the sender up to the last day
    of the enrolment, the receiver from the agreement until it lapses."""
    last, since = change, change + agreed * DAY
    lapses = since + until * DAY
    sender, receiver = factories.pupil(999002, surname="Midnight"), factories.pupil(999003, surname="Midnight")
    factories.enrolment(sender, change - 300 * DAY, last)
    factories.transfer(receiver, since, lapses)
    with as_batch(), connection.cursor() as cursor:
        for child, seen in ((sender, (change - 300 * DAY, last)), (receiver, (since, lapses))):
            cursor.execute(
                "SELECT at, visible @> at::date FROM sharing_pupil, unnest(%s::timestamptz[]) AS at WHERE id = %s",
                [around(change), child.pk],
            )
            for at, is_seen in cursor.fetchall():
                assert is_seen == (seen[0] <= timezone.localdate(at) <= seen[1]), at


@pytest.mark.django_db
@pytest.mark.parametrize("change", [BACK, FORWARD])
def test_what_is_given_in_hours_ends_as_postgresql_counts_them(change: date) -> None:
    """R18, R41, R14: a time read from the database is one of London, and 72 hours after it are 72 hours all the same.

    Otherwise the Commissioner's deadline would be shown an hour late in the night in which the clocks go back, and a
    closing that nobody agreed to would be shown in force for an hour in which the record is open.
    """
    began = datetime(change.year, change.month, change.day, 10, tzinfo=UTC) - timedelta(days=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, %s::timestamptz + interval '72 hours'", [began, began])
        read, ends = cursor.fetchone()
    assert read.tzinfo == ZoneInfo("Europe/London")
    assert Closing(starts_at=read).alone_until.astimezone(UTC) == ends.astimezone(UTC)
    assert rules.due_at(read).astimezone(UTC) == ends.astimezone(UTC)
    assert rules.hours_left(read, ends.astimezone(UTC)) == 0
    assert keeping.collect_by(read).astimezone(UTC) == began + timedelta(hours=24)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [BACK, FORWARD])
def test_the_glass_can_be_broken_at_each_hour_around_a_change(change: date) -> None:
    """R18: in the 24 hours before the clocks go forward as in any others, and for 24 hours at most."""
    made = glass.break_it(glass.child())
    with as_owner(), connection.cursor() as cursor:
        for at in around(change):
            cursor.execute(
                "UPDATE sharing_opening SET starts_at = %(at)s, ends_at = sharing_glass_until(%(at)s) "
                "WHERE id = %(id)s RETURNING extract(epoch FROM ends_at - starts_at) / 3600",
                {"at": at, "id": made.pk},
            )
            assert 23 <= cursor.fetchone()[0] <= 24, at
