"""After every test of the register: the permission table is exactly what the lines, appointments and duties say."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from access_register import grants
from tests.people import as_batch


@pytest.fixture(autouse=True)
def no_drift(request: pytest.FixtureRequest) -> Iterator[None]:
    """R45: `check_permissions` finds nothing, whatever the test did; a test that tampers says so with `drifts`."""
    uses_database = request.node.get_closest_marker("django_db") or "own_database" in request.fixturenames
    if uses_database:
        request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")
    yield
    if uses_database and not request.node.get_closest_marker("drifts") and not connection.needs_rollback:
        with as_batch():
            assert grants.drift(timezone.localdate()) == (set(), set())
