"""Two at once make an own group of one name."""

import threading

from django.db import connections

from sharing import door
from sharing.door.own_groups import CannotGroup, Wanted
from sharing.models import OwnGroup
from tests.people import as_batch, asker

BECKSIDE, HEAD = 999002, "head-beckside"


def test_two_at_once_make_one_group_of_a_name(own_database: None) -> None:
    """The database lets one through; the other is told, or was the same."""
    somebody, together, answers = asker(HEAD), threading.Barrier(2), []

    def attempt(criteria: dict) -> None:
        try:
            together.wait()
            answers.append(door.make_own_group(somebody, BECKSIDE, Wanted("At once", "criteria", criteria)))
        except CannotGroup:
            answers.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=({"sex": [sex]},)) for sex in "FM"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer is None for answer in answers) == [False, True]
    with as_batch():
        assert OwnGroup.objects.filter(made_by_id=somebody.person_id).count() == 1
