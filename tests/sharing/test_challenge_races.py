"""A challenge taken back at the moment at which it is answered (P9, R23): real threads, real commits."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.notices import challenges
from sharing import door
from sharing.authorise import Permission, visit
from sharing.models import Challenge, ChallengeEvent, LedgerEntry
from tests import threads
from tests.people import as_batch, asker
from tests.sharing.challenges import BECKSIDE, HEAD, TEACHER, TODAY, child, raised, stored

pytestmark = pytest.mark.usefixtures("own_database")
SETTLED = {"answered": ["open", "answered"], "withdrawn": ["open", "withdrawn"]}


def at_once(*attempts: object) -> list[str]:
    """What became of each, in order."""
    ends = threads.at_once(*attempts)  # type: ignore[arg-type]
    return [type(ended).__name__ if isinstance(ended, Exception) else "done" for ended in ends]


def steps(number: int) -> list[str]:
    with as_batch():
        return list(ChallengeEvent.objects.filter(challenge=number).values_list("what", flat=True))


def test_answered_and_taken_back_at_once_one_of_them_stands() -> None:
    """R23: the other is told so, and there is one last step."""
    teacher, head = asker(TEACHER), asker(HEAD)
    for _ in range(4):
        number = raised(child())
        ends = at_once(
            partial(door.take_back_challenge, teacher, BECKSIDE, number, because="A mistake of mine"),
            partial(door.answer_challenge, head, BECKSIDE, number, outcome="corrected", answer="Yes"),
        )
        assert sorted(ends) == ["AlreadySettled", "done"]
        left = stored(number)
        assert left.state == ("withdrawn" if ends[0] == "done" else "answered")
        assert bool(left.withdrawn_because) is not bool(left.answer)
        assert steps(number) == SETTLED[left.state]


def test_passed_on_and_taken_back_at_once_it_is_taken_back() -> None:
    teacher, head = asker(TEACHER), asker(HEAD)
    number = raised(child())
    taken, passed = at_once(
        partial(door.take_back_challenge, teacher, BECKSIDE, number),
        partial(door.pass_on_challenge, head, BECKSIDE, number),
    )
    assert (taken, stored(number).state) == ("done", "withdrawn")
    assert steps(number)[1:] == ({"done": ["passed_on"], "AlreadySettled": []}[passed] + ["withdrawn"])


def test_taken_back_twice_at_once_it_is_taken_back_once() -> None:
    teacher = asker(TEACHER)
    number = raised(child())
    assert at_once(*[partial(door.take_back_challenge, teacher, BECKSIDE, number)] * 2) == ["done", "done"]
    assert steps(number) == SETTLED["withdrawn"]


def test_raised_twice_at_once_it_is_one_challenge() -> None:
    """R23: a double click leaves one clock, and one to answer."""
    pupil = child()
    numbers = threads.at_once(*[partial(raised, pupil)] * 8)
    with as_batch():
        assert set(numbers) == {Challenge.objects.get(pupil=pupil).pk}


def test_one_taken_back_while_the_night_reminds_is_not_brought_to_mind() -> None:
    """R23: whoever is reminded of it is told that it was taken back, and nobody is reminded afterwards."""
    number = raised(child())
    with as_batch():
        Challenge.objects.filter(pk=number).update(due_on=TODAY - timedelta(days=1))
    taken_back_in_the_night(number, challenges.remind_of_challenges)
    assert stored(number).reminded_on is None


def test_one_taken_back_while_the_night_passes_it_on_is_not_passed_on() -> None:
    """R23: nor does the ledger say that it was."""
    number = raised(child())
    with as_batch():
        first = RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1)
        first.update(withdrawn_at=timezone.now())
    taken_back_in_the_night(number, challenges.pass_on_what_nobody_answers)
    assert stored(number).state == "withdrawn"
    with as_batch():
        told = LedgerEntry.objects.filter(action="pass_on_challenges", urn=BECKSIDE).values_list("about", flat=True)
        assert not [about for about in told if number in about["challenges"]]


def taken_back_in_the_night(number: int, job: Callable[[date], Iterable[str]]) -> None:
    """The job begins before the taking back is committed, and waits for it."""
    with ThreadPoolExecutor(1) as at_night:
        with visit(asker(TEACHER), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute("SELECT sharing_take_back_challenge(%s, NULL)", [number])
            night = at_night.submit(do, job)
            assert not wait([night], timeout=1).done
            here.showed()
        night.result()


def do(job: Callable[[date], Iterable[str]]) -> None:
    try:
        with as_batch():
            list(job(TODAY))
    finally:
        connection.close()
