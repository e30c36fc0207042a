"""The faults' own server, with what a backup of the tests' template holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests import databases
from tests.faults.rounds import Rounds
from tests.faults.server import back_up, own_server, restore, url_of_tests

RESTORED = "restored"


@pytest.fixture(scope="module")
def rounds(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    """A server of its own; `RESTORED` is the database that was put back."""
    dumps = tmp_path_factory.mktemp("dumps")
    with django_db_blocker.unblock():
        with databases.copy(f"portal_{databases.RUN}_faults"):
            made = back_up(url_of_tests(), Path(dumps))
        with own_server() as server:
            restore(server, RESTORED, made)
            connection.close()
            yield Rounds(server, RESTORED)
