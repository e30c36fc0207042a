"""Kills the web application, the worker and PostgreSQL with kill -9 at random moments, hundreds of times, and checks.

`uv run python -m benchmarks.faults [ROUNDS] [--seed N] [--only SCENARIO]`. It makes a PostgreSQL of its own, fills it
from a backup of the tests' template, and ends with 1 if a round found a fault. Figures: docs/operators/faults.md.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings
from django.db import connection

from tests import databases
from tests.faults.rounds import Round, Rounds
from tests.faults.scenarios import SCENARIOS
from tests.faults.server import back_up, elsewhere, own_server, restore, url_of_tests


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario, instead of each by chance")
    return parser.parse_args()


def told(done: Round) -> str:
    who = f"{done.target} ({done.by})" if done.by else done.target
    steps = f"{done.told} of {done.of} steps told, {done.kept} kept"
    return (
        f"{done.number:4} {done.scenario:12} {who:32} statement {done.statement:4}  {steps}  {'; '.join(done.faults)}"
    )


def main() -> int:
    given, counts, faults, uncertain = asked(), Counter[tuple[str, str]](), 0, 0
    began = time.monotonic()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    with tempfile.TemporaryDirectory() as place, own_server() as server, elsewhere():
        databases.make_template()
        databases.use(databases.TEMPLATE)
        dumps = back_up(url_of_tests(), Path(place))
        connection.close()
        restore(server, "restored", dumps)
        rounds = Rounds(server, "restored")
        print(f"ready after {time.monotonic() - began:.0f} s", flush=True)
        for number in range(given.rounds):
            done = rounds.round(number, given.seed, SCENARIOS.get(given.only))
            counts[done.scenario, done.target] += 1
            faults += bool(done.faults)
            uncertain += done.kept > done.told
            print(told(done), flush=True)
    databases.forget_template()
    for (scenario, target), times in sorted(counts.items()):
        print(f"{scenario:12} {target:28} {times:4}")
    print(f"{given.rounds} rounds, {faults} with a fault; in {uncertain} a step was kept whose end nobody was told of")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
