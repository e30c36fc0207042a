"""One database for the tests of each module here: planted once, and rolled back after each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import databases
from tests.attack import world
from tests.conftest import WORKER


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.copy(f"portal_{databases.RUN}_{WORKER}_attack"):
        world.plant()
        yield
