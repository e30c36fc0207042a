"""Journeys: the demonstration in a process of its own, and people at a real browser in front of it.

Everything goes over HTTP. While Playwright is running it keeps an event loop going, in which Django would refuse its
database. So the browser lives as long as this package, and no journey touches Django's connection.

There are two halves, one for each of xdist's workers, each with its own browser, demonstration and database. Within a
half, journeys run one after the other, in the order of their modules, since they leave things behind.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsing import Someone
from tests.journeys.serving import Demo, demo, empty_database

# The shell is Chromium without windows: the same pages for two fifths less processor time.
CHROMIUM = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # People leave a page before optimised code would pay off: without it the pages take a fifth less processor time.
    "--js-flags=--no-opt --no-maglev",
]
# About half of all pages that the journeys visit; the other modules make up the other half.
LOOKS_ONLY = {
    "test_browsing",
    "test_demo_command",
    "test_every_page",
    "test_gate_over_the_wire",
    "test_without_a_mouse",
}
Browse = Callable[..., Someone]


def pytest_itemcollected(item: pytest.Item) -> None:
    half = "looks" if item.path.stem in LOOKS_ONLY else "does"
    item.add_marker(pytest.mark.xdist_group(f"browser that {half}"))


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """A browser. It starts after the databases' template, whichever journey comes first: see above."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        say = pytest.fail if os.environ.get("PORTAL_BROWSER") == "required" else pytest.skip
        say("There is no Chromium on this machine: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def newcomers_database(django_db_setup: None) -> Iterator[str]:
    """A database made after the template, which makes the roles and migrates. `test_demo_command` has an empty one."""
    with empty_database("journeys", migrated=True) as database:
        yield database


@pytest.fixture(scope="package")
def sites(newcomers_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(newcomers_database, tmp_path_factory.mktemp("demo") / "log") as running:
        yield running


@pytest.fixture
def off_the_network(newcomers_database: str, sites: Demo, tmp_path: Path) -> Iterator[Demo]:
    """The same database, served to people outside the Council's network, which does not include this machine."""
    with demo(newcomers_database, tmp_path / "log", EDUNET_NETWORKS="10.20.0.0/16") as running:
        yield running


@pytest.fixture
def browse(chromium: Browser, sites: Demo) -> Iterator[Browse]:
    """`browse("head-beckside")` is that member of the cast, signed in; `browse()` is a stranger.

    If they noticed anything wrong with a page, the test fails at its end, if it has not failed before.
    """
    with ExitStack() as at_the_end:

        def sit_down(slug: str = "", on: str = "schools_online", at: Demo = sites, **options: object) -> Someone:
            somebody = Someone(chromium, at, on, **options)
            at_the_end.callback(somebody.leaves)
            if slug:
                somebody.signs_in_as(slug)
            return somebody

        yield sit_down
