"""Fixtures that any test may use."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.db import connections

from sharing.imports.gias import SOURCE
from sharing.models import Establishment
from sharing.reports import pdf
from tests import databases, figures
from tests.journeys import examined
from tests.people import as_batch

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
MOST_WORKERS = 4  # the two browsers take as long as a quarter of all the other tests

hypothesis.settings.register_profile("portal", deadline=None)  # a busy machine is no fault of what is tested
hypothesis.settings.load_profile("portal")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, as a test often waits for its server or its browser. On two cores, three workers
    took 17 minutes and two took 20."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_collection_finish() -> None:
    """Freeze everything imported so far, so that the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        databases.forget_template()
        examined.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        databases.make_template()
        with databases.copy(f"portal_{databases.RUN}_{WORKER}"):
            yield


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of the test's own, in which it may commit: for threads, commands and servers."""
    with django_db_blocker.unblock(), databases.copy(f"portal_{databases.RUN}_{WORKER}_own"):
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def pango() -> None:
    """Without pango there are no PDFs, so a test of one is skipped, except where nothing may be skipped."""
    if pdf.missing():
        say = pytest.fail if os.environ.get("PORTAL_BROWSER") == "required" else pytest.skip
        say(f"No PDF can be made on this machine: apt-get install {' '.join(pdf.missing())}")


@pytest.fixture
def known_from_gias(db: None) -> None:
    """Make the demonstration's schools look as if they came from GIAS, as those of a real authority do."""
    with as_batch():
        Establishment.objects.exclude(kind="childrens_centre").update(source=SOURCE)


@pytest.fixture
def nothing_released(db: None) -> None:
    figures.without_the_demonstrations()
