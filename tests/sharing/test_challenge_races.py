"""A challenge taken back at the moment at which it is answered (P9, R23): real threads, real commits."""

from functools import partial

import pytest

from sharing import door
from sharing.models import ChallengeEvent
from tests import threads
from tests.people import as_batch, asker
from tests.sharing.challenges import BECKSIDE, HEAD, TEACHER, child, raised, stored

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
