"""Open statistics of an authority of the true size, from the store to the verdict: how long, how near, how much hidden.

`DATABASE_URL=... PORTAL_MODE=demo uv run python -m benchmarks.publication [YEAR]`, in a database that
`manage.py seed_bradford` has filled. Each figure stands beside its goal. A release, and a correction of it, are made
and rolled back: nothing is left.
"""

import os
import sys
import time
from itertools import pairwise
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction
from django.utils import timezone

from sharing.measures import preparing
from sharing.models import Release, StatisticsCell
from sharing.roles import BATCH, acting_as
from sharing.school_year import academic_year
from sharing.statistics_store.folders import built_of
from sharing.statistics_store.making import make

CORRECTED = 400  # pupils of a correction
_CORRECT = """
    UPDATE sharing_pupil SET sex = CASE sex WHEN 'F' THEN 'M' ELSE 'F' END
    WHERE id IN (SELECT id FROM sharing_pupil ORDER BY id LIMIT %s)
"""


def say(name: str, figure: str, goal: str = "") -> None:
    print(f"{name:44} {figure:>24}   {goal}")


def timed(year: int, **given: Any) -> Release:
    marks = [("Waiting", time.perf_counter())]
    release = make(
        year, timezone.localdate(), coarsen=True, tell=lambda words: marks.append((words, time.perf_counter())), **given
    )
    marks.append(("", time.perf_counter()))
    goals = {"Protecting the numbers": "rounding and gate: at most 13 s", "Trying to find somebody in them": "60 s"}
    for (words, began), (_, ended) in pairwise(marks[1:]):
        say(words, f"{ended - began:.1f} s", goals.get(words, ""))
    say("all", f"{marks[-1][1] - marks[0][1]:.1f} s")
    return release


def tell(release: Release) -> None:
    loss, verdict = release.verdict.loss, release.verdict
    say("cells stored", f"{StatisticsCell.objects.filter(release=release).count():,} ({loss['cells']:,} counts)")
    say("mean distance", f"{loss['mean']:.2f}", "at most 1.4")
    say("farther than 4", f"{loss['far']:.2%}", "at most 1 %")
    say("largest distance", f"{loss['largest']}", "at most 9")
    say("low, of groups with pupils", f"{loss['low']:.2%}", "at most 3 %")
    opened = [table for table in loss["tables"] if table["kind"] == "rates" and table["audience"] == "open"]
    share = sum(table["withheld"] * table["figures"] for table in opened) / (sum(t["figures"] for t in opened) or 1)
    say("rates of open tables that read x", f"{share:.1%}", "at most 14 %")
    say("moved", "the first" if loss["moved"] is None else f"{loss['moved']:.2%}")
    say("attacker", "nobody found" if verdict.passed else "FOUND", "nobody found")


def main(year: str = "") -> None:
    wanted = int(year) if year else academic_year(timezone.localdate()) - 1
    with acting_as(BATCH):
        first = timed(wanted, because="A benchmark")
        tell(first)
        began = time.perf_counter()
        built_of(first)
        say("read back from the store", f"{time.perf_counter() - began:.2f} s")
        preparing.bring_out(first, by="A benchmark")
        with connection.cursor() as cursor:
            cursor.execute(_CORRECT, [CORRECTED])
        print(f"\nA correction of {CORRECTED} pupils")
        tell(timed(wanted, because="A benchmark's correction"))
        transaction.set_rollback(True)


if __name__ == "__main__":
    main(*sys.argv[1:])
