"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from tests import databases
from tests.journeys import examined

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
OURS = f"portal_{databases.RUN}_{WORKER}"


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        databases.forget_template()
        examined.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.copy(OURS):
        yield


@pytest.fixture(scope="module", autouse=True)
def of_today(request: pytest.FixtureRequest) -> None:
    """Over midnight each module begins with the new day's data: the demonstration's story goes by days."""
    if databases.days.get(OURS, timezone.localdate()) != timezone.localdate():
        with request.getfixturevalue("django_db_blocker").unblock():
            databases.take(OURS)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of the test's own, in which it may commit: for threads, commands and servers."""
    with django_db_blocker.unblock(), databases.copy(f"{OURS}_own"):
        yield
        connections.close_all()
