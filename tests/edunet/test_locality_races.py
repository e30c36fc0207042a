"""Officers who move the same establishment at the same moment (A11)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.demo.places import BECKDALE, BECKSIDE
from sharing.models import Locality
from tests.people import EDUNET, asker

pytestmark = pytest.mark.usefixtures("own_database")


def test_of_several_at_once_one_moves_it() -> None:
    """A11: exactly one Locality at a time."""
    tomorrow, target = timezone.localdate() + timedelta(days=1), Locality.objects.get(name=BECKDALE).pk
    manager = asker("officer-information", EDUNET)
    answers: list[str] = []

    def move() -> None:
        try:
            door.move_establishment(manager, BECKSIDE, locality=target, on=tomorrow, reason="Agreed")
            answers.append("moved")
        except door.CannotMove as refused:
            answers.append(refused.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=move) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = "A move on a later day is already recorded. Take that one back first."
    assert sorted(answers) == [refused, refused, "moved"]
    assert len(door.show_moving(manager, BECKSIDE).stretches) == 2
