"""What it costs to import the COLLECT export of many schools, beside reading its tables and storing them raw.

`uv run python -m benchmarks.import_collect [pupils]` (10000): an invented Bradford of that size is written as an export
and imported into a database that has its establishments and no pupils; then again, which changes nothing. `raw` reads
each table with the csv module and COPYs its cells into a plain table.
"""

import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.import_census import timed

# isort: split

from django.db import connection, transaction
from django.utils import timezone

from sharing.demo.bradford.filling import put_establishments
from sharing.demo.bradford.stays import World
from sharing.imports.collect import bring_in
from sharing.models import Pupil
from sharing.roles import BATCH, acting_as
from tests import databases
from tests.people import as_batch, as_owner


def raw(directory: Path) -> None:
    for table in sorted(directory.glob("*.csv")):
        name = f"raw_{table.stem}"
        with table.open(encoding="utf-8", newline="") as file, transaction.atomic(), connection.cursor() as cursor:
            rows = csv.reader(file)
            lines = io.StringIO()
            next(rows)
            lines.writelines("\t".join(cells) + "\n" for cells in rows)
            lines.seek(0)
            cursor.copy_expert(f'COPY "{name}" FROM STDIN', lines)


def whole(directory: Path) -> None:
    with acting_as(BATCH):
        bring_in(directory, urn=None, apply=True, progress=lambda percent: None)


def measure(directory: Path, pupils: int) -> None:
    with as_owner(), connection.cursor() as cursor:
        for table in directory.glob("*.csv"):
            with table.open(encoding="utf-8", newline="") as file:
                typed = ", ".join(f"column_{place} text" for place, _ in enumerate(next(csv.reader(file))))
            cursor.execute(
                f'CREATE TABLE "raw_{table.stem}" ({typed}); GRANT INSERT ON "raw_{table.stem}" TO portal_app'
            )
    with as_batch():
        put_establishments(World(timezone.localdate(), pupils, 2012))
        before = Pupil.objects.count()
    times = {"raw": timed(raw, directory), "import": timed(whole, directory), "again": timed(whole, directory)}
    with as_batch():
        print(f"{Pupil.objects.count() - before:,} records")
    for name, seconds in times.items():
        print(f"{name:8} {seconds:7.1f} s  {seconds / times['raw']:5.2f} x raw")


def main(pupils: int) -> None:
    databases.make_template()
    try:
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([sys.executable, "-m", "benchmarks.imports", str(pupils), place, "collect"], check=True)
            with databases.copy(f"portal_benchmark_collect_{databases.RUN}"):
                measure(Path(place), pupils)
    finally:
        connection.close()
        databases.forget_template()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
