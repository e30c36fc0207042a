"""`uv run python -m benchmarks.guards [--keep DIRECTORY] [--fill] [--only PART] [PUPILS ...]`: docs/benchmarks.md."""

import argparse
import os
import tempfile
from datetime import datetime
from pathlib import Path

PARTS = ("warm", "cold", "pages")


def main() -> None:
    asked = argparse.ArgumentParser(prog="benchmarks.guards", description=__doc__)
    asked.add_argument("pupils", nargs="*", type=int, default=[100_000, 1_000_000])
    asked.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "portal-england")
    asked.add_argument("--fill", action="store_true", help="make the databases that are missing, and measure nothing")
    asked.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    given = asked.parse_args()

    from benchmarks.guards import cluster

    cluster.start(given.keep)
    from benchmarks.guards import fill, pages, queries

    for size in given.pupils:
        if not cluster.is_filled(size):
            print(f"{size:,} pupils:")
            fill.fill(size)
        cluster.take_up(size)
    if given.fill:
        return
    _say_when(given.pupils)
    for part, measure in zip(PARTS, (queries.warm, queries.cold, pages.measure), strict=True):
        if part in (given.only or PARTS):
            measure(given.pupils)
    _say_when(given.pupils)


def _say_when(sizes: list[int]) -> None:
    from benchmarks.guards import cluster

    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    sizes_on_disk = ", ".join(f"{size:,} pupils {cluster.size_of(size)}" for size in sizes)
    print(f"{datetime.now():%d %B %Y %H:%M}, {os.cpu_count()} cores, load of the machine {load}. {sizes_on_disk}.")


if __name__ == "__main__":
    main()
