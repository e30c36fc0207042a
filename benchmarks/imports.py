"""A whole Bradford's census files: every school's return imported, beside reading and storing them raw.

`uv run python -m benchmarks.imports [pupils]` builds the invented Bradford, writes its returns, and then imports them
into a database that has the establishments but no pupils, using the parts of `benchmarks.import_census`. Then it does
all of it again, which changes nothing. Import and raw take turns, file by file: read the ratio.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.import_census import RAW, raw, timed, whole

# isort: split

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from sharing.demo.bradford import BRADFORD, PUPILS, fill
from sharing.demo.bradford.filling import put_establishments
from sharing.demo.bradford.places import places
from sharing.demo.bradford.stays import World
from sharing.models import Pupil
from tests import databases
from tests.people import as_batch, as_owner

GOAL_RATIO, GOAL_MB = 5, 300


def write_files(directory: Path, pupils: int, form: str = "xml") -> None:
    """Write the returns of a Bradford that is thrown away again, in another process, whose memory is not measured."""
    with databases.copy(f"portal_benchmark_source_{databases.RUN}"):
        fill(timezone.localdate(), pupils=pupils, processes=2)
        call_command("write_census", str(directory), format=form)
        connection.close()


def measure(paths: list[Path], pupils: int) -> None:
    with as_owner(), connection.cursor() as cursor:
        for table, columns in RAW.items():
            typed = ", ".join(f"{name} text" for name in columns.split())
            cursor.execute(f"CREATE TABLE raw_{table} ({typed}); GRANT INSERT ON raw_{table} TO portal_app")
    with as_batch():
        put_establishments(World(timezone.localdate(), pupils, 2012))
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    times = {"raw": 0.0, "import": 0.0, "again": 0.0}
    for path in paths:
        times["raw"] += timed(raw, path)
        times["import"] += timed(whole, path)
    for path in paths:
        times["again"] += timed(whole, path)
    with as_batch():
        records = Pupil.objects.filter(establishment__source=BRADFORD).count()
    size = sum(path.stat().st_size for path in paths)
    print(f"{records:,} records from {len(paths)} returns, {size / 1e6:.0f} MB")
    for name, seconds in times.items():
        print(f"{name:8} {seconds:7.1f} s  {seconds / times['raw']:5.2f} x raw")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory at most {peak} MB (before the first file: {base} MB); goals: {GOAL_RATIO} x and {GOAL_MB} MB")


def main(pupils: int) -> None:
    databases.make_template()
    try:
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([sys.executable, "-m", "benchmarks.imports", str(pupils), place], check=True)
            numbers = {f"380{each.number:04}" for each in places(pupils)}
            paths = sorted(path for path in Path(place).iterdir() if path.name[:7] in numbers)
            with databases.copy(f"portal_benchmark_imports_{databases.RUN}"):
                measure(paths, pupils)
    finally:
        connection.close()
        databases.forget_template()


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PUPILS
    if len(sys.argv) > 2:
        write_files(Path(sys.argv[2]), wanted, *sys.argv[3:])
    else:
        main(wanted)
