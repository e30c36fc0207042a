"""Whatever stays a school has recorded before and after a return's day: the return undoes none of it (R5, R8, R22)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sharing.models import Enrolment
from tests.people import as_batch
from tests.sharing.pupil_facts import DAY, ON_ROLL, bring, record, rows, told

pytestmark = pytest.mark.django_db

Stay = tuple[int, int | None]
LONG_OVER = ON_ROLL | {"starts_on": date(2021, 9, 1), "ends_on": date(2021, 10, 1)}
AROUND = range(-12, 13)  # days from that of the return


@st.composite
def stays(draw: st.DrawFn) -> list[Stay]:
    """Stays one after the other, of which the last may still be open."""
    ends = sorted(draw(st.lists(st.sampled_from(AROUND), min_size=2, max_size=6, unique=True)))
    found: list[Stay] = list(zip(ends[::2], ends[1::2], strict=False))
    if draw(st.booleans()):
        found[-1] = (found[-1][0], None)
    return found


def on_register(found: list[Stay], day: int) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in found)


def day(number: int | None) -> date | None:
    return None if number is None else DAY + timedelta(days=number)


def number(found: date | None) -> int | None:
    return None if found is None else (found - DAY).days


def after_a_return_that_says(first: int, known: list[Stay]) -> list[Stay]:
    """The stays after it, of a child on the register since `first`. The same return again changes nothing."""
    with transaction.atomic():
        bring(told(parts={Enrolment: [LONG_OVER]}), as_of=date(2021, 10, 7))
        with as_batch():
            pupil = record()
            for starts, ends in known:
                pupil.enrolments.create(
                    establishment_id=pupil.establishment_id, starts_on=day(starts), ends_on=day(ends)
                )
        the_return = told(parts={Enrolment: [ON_ROLL | {"starts_on": day(first)}]})
        bring(the_return)
        found = rows(Enrolment, "starts_on", "ends_on", cancelled_at=None, starts_on__gt=LONG_OVER["starts_on"])
        assert bring(the_return).in_words() == []
        transaction.set_rollback(True)
    return sorted((number(starts) or 0, number(ends)) for starts, ends in found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=stays(), first=st.integers(-12, 0))
@example(known=[(-5, 3)], first=-6).via("the first day corrected, of a child who has left since")
@example(known=[(-5, 3), (6, None)], first=-4).via("and who has come back")
@example(known=[(-12, -11), (-7, 4), (7, 11)], first=-12).via("one stay, where two were known")
@example(known=[(10, None)], first=0).via("here before the school recorded that the child came")
def test_a_return_knows_its_day_and_the_school_what_came_after(known: list[Stay], first: int) -> None:
    after = after_a_return_that_says(first, known)
    assert on_register(after, 0)
    if on_register(known, 0):
        later = [here for here in AROUND if here > 0]
        assert [on_register(after, here) for here in later] == [on_register(known, here) for here in later]
    assert all(ends is not None and ends < starts for (_, ends), (starts, _) in pairwise(after))
