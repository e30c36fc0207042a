"""What room for frames does for a page (docs/adr/0038): `uv run python -m benchmarks.frames`.

It asks for a head's list of pupils at many depths of calls, with the room of `portal.room` and without it.
"""

import os
from statistics import median
from time import process_time
from unittest import mock

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings
from django.test import Client

from benchmarks.pupil_list import BECKSIDE
from tests import databases
from tests.people import client

DEPTHS, ROUNDS = range(0, 60, 2), 5
PAGE = f"/establishments/{BECKSIDE}/pupils/"


def main() -> None:
    """Print the quickest, the median and the slowest depth of each, in milliseconds of Python's processor time."""
    databases.make_template()
    try:
        with databases.copy(f"portal_bench_{databases.RUN}"):
            without, with_it = settings.MIDDLEWARE[1:], settings.MIDDLEWARE
            taken = {"as it comes": _at_each_depth(without), "with room": _at_each_depth(with_it)}
    finally:
        databases.forget_template()
    print(f"{PAGE}, at {len(DEPTHS)} depths of calls       quickest    median   slowest")
    for name, at_each in taken.items():
        print(f"  {name:56}{min(at_each):10.1f}{median(at_each):10.1f}{max(at_each):10.1f}")


def _at_each_depth(middleware: list[str]) -> list[float]:
    with mock.patch.object(settings, "MIDDLEWARE", middleware):
        browser = client("head-beckside")
        return [min(_milliseconds(browser, depth) for _ in range(ROUNDS)) for depth in DEPTHS]


def _milliseconds(browser: Client, depth: int) -> float:
    began = process_time()
    _asked_at(depth, browser)
    return (process_time() - began) * 1000


def _asked_at(depth: int, browser: Client) -> int:
    return _asked_at(depth - 1, browser) if depth else browser.get(PAGE).status_code


if __name__ == "__main__":
    main()
