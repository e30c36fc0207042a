"""The server of the fault tests, with the contents of a backup of the tests' template."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.faults.rounds import Rounds
from tests.faults.server import (
    back_up,
    elsewhere,
    needs_a_server_of_the_same_release,
    own_server,
    restore,
    url_of_tests,
)
from tests.sign_in.ways import with_app

RESTORED, HEAD = "restored", "head-beckside"


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    """`RESTORED` is the database that was restored. Its head signs in with password and app."""
    dumps = tmp_path_factory.mktemp("dumps")
    with django_db_blocker.unblock(), own_server() as server:
        with databases.copy(f"portal_{databases.RUN}_faults"):
            needs_a_server_of_the_same_release()
            with_app(HEAD)
            made = back_up(url_of_tests(), Path(dumps))
        with elsewhere():
            restore(server, RESTORED, made)
        yield Rounds(server, RESTORED)


@pytest.fixture
def rounds(filled: Rounds, django_db_blocker) -> Iterator[Rounds]:
    with django_db_blocker.unblock(), elsewhere():
        filled.server.take_over(RESTORED)
        yield filled
