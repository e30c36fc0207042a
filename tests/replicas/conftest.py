"""A primary, two replicas and what runs the portal on them."""

from collections.abc import Iterator
from typing import Any

import pytest

from sharing.service import replicas
from tests import databases
from tests.replicas.clusters import SOON, Machines, machines
from tests.replicas.pairs import portal_on


@pytest.fixture(scope="module")
def three(django_db_setup: None, django_db_blocker: Any) -> Iterator[Machines]:
    """Three machines, each with a copy of the tests' template that may be written to."""
    with django_db_blocker.unblock(), machines() as all_of_them:
        yield all_of_them


@pytest.fixture
def portal(three: Machines, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """The portal on the three, all of them present. It waits for what is on its way, however busy this machine is."""
    monkeypatch.setattr(replicas, "LONGEST_WAIT", SOON)
    with django_db_blocker.unblock():
        three.all_there()
        with portal_on(three, databases.TEMPLATE):
            yield three
