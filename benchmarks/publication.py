"""Open statistics of an authority of the true size, from the store to the verdict: speed, accuracy, and what is hidden.

`DATABASE_URL=... PORTAL_MODE=demo uv run python -m benchmarks.publication [YEAR] [--whole]`, in a database that
`manage.py seed_bradford` has filled. Each figure is shown beside its goal. A release and a correction of it are made
and rolled back, so nothing is left. With `--whole` the attacker tries every cell that may be small, in the release and
in the correction beside it, and an auditor looks for other pupils for a sample of them (I7). Figures of such a run:
docs/statistics-attacks.md.
"""

import os
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction
from django.utils import timezone

from sharing.attacker import attack
from sharing.attacker.witness import audit
from sharing.measures import preparing
from sharing.measures.computed import days_of
from sharing.models import Release, StatisticsCell
from sharing.roles import BATCH, acting_as
from sharing.school_year import academic_year
from sharing.statistics.catalogue import FIXED, urn_code
from sharing.statistics.population import Pupil
from sharing.statistics_store import people
from sharing.statistics_store.folders import built_of, folder_of
from sharing.statistics_store.making import make

CORRECTED = 400  # pupils in a correction
AUDITED = 200  # small counts for which other pupils are looked for
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


def tried_whole(folders: list[Path]) -> None:
    """Run the attacker's whole programme on the newest folder, beside the others."""
    print(attack(folders, whole=True, seed=1).in_words())


def audited(folder: Path, year: int) -> None:
    """Look for other pupils who would give the same publication, for a sample of the small counts (I7)."""
    pupils = people.gather(days_of("roll", year, timezone.localdate()), timezone.localdate()).population.pupils
    began = time.perf_counter()
    found = audit(folder, [as_dimensions(one) for one in pupils], sample=AUDITED, seed=1)
    say(
        "small counts with other pupils", f"{found.shown} of {found.tried}", f"all; {time.perf_counter() - began:.0f} s"
    )
    say("of them with three other values", f"{found.well}")
    say("counts that the rule does not allow", f"{len(found.misfits)}", "0")


def as_dimensions(pupil: Pupil) -> dict[str, str]:
    """A pupil by the lowest members of the dimensions that pupils are asked about."""
    codes = {name: getattr(pupil, name, "") for name in [one.name for one in FIXED]}
    return {name: code for name, code in codes.items() if code} | {"place": urn_code(pupil.school)}


def main(year: int, *, whole: bool = False) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as place:
        with acting_as(BATCH):
            _measured(year, [Path(place) / name for name in ("first", "second")], whole=whole)
        transaction.set_rollback(True)


def _measured(year: int, folders: list[Path], *, whole: bool) -> None:
    first = timed(year, because="A benchmark")
    tell(first)
    began = time.perf_counter()
    before = built_of(first)
    say("read back from the store", f"{time.perf_counter() - began:.2f} s")
    if whole:
        folder_of(first, folders[0])
        tried_whole(folders[:1])
        audited(folders[0], year)
    preparing.bring_out(first, by="A benchmark")
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, [CORRECTED])
    print(f"\nA correction of {CORRECTED} pupils")
    second = timed(year, because="A benchmark's correction")
    tell(second)
    after = built_of(second)
    changed = [group for group, number in after.numbers.items() if before.numbers.get(group) != number]
    say("counts that changed", f"{len(changed):,}")
    if whole:
        folder_of(second, folders[1])
        tried_whole(folders)


if __name__ == "__main__":
    years = [int(given) for given in sys.argv[1:] if given.isdigit()]
    main(*(years or [academic_year(timezone.localdate()) - 1]), whole="--whole" in sys.argv)
