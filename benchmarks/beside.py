"""What the service does beside a morning: the first census of every school is brought in, then the night's jobs."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.journeys import serving

# The establishments of an invented Bradford, and nobody in them yet.
ESTABLISHMENTS = """
from django.utils import timezone
from sharing.demo.bradford.filling import put_establishments
from sharing.demo.bradford.stays import World
from sharing.roles import BATCH, acting_as
with acting_as(BATCH):
    put_establishments(World(timezone.localdate(), {pupils}, 2012))
"""
NIGHTLY = ("rotate_keys", "run_daily", "verify_ledger", "check_permissions")


def prepare(database: str, pupils: int, folder: Path) -> None:
    """Add the establishments to the database, and write their returns, from another one, into the folder."""
    manage(database, "shell", "--command", ESTABLISHMENTS.format(pupils=pupils))
    with serving.empty_database("returns") as source:
        manage(source, "demo", "--no-serve")
        manage(source, "seed_bradford", "--pupils", str(pupils))
        manage(source, "write_census", str(folder))


@contextmanager
def working(database: str, returns: Path, after: float) -> Iterator[None]:
    """Beside the body, after so many seconds, do one thing after the other, and print how long each took. None is begun
    after the body."""
    over = Event()
    worker = Thread(target=_work, args=(database, sorted(returns.iterdir()), over, after))
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def _work(database: str, returns: list[Path], over: Event, after: float) -> None:
    over.wait(after)
    for job in (("import_file", "census", *map(str, returns), "--apply"), *((each,) for each in NIGHTLY)):
        if over.is_set():
            return
        began = time.monotonic()
        manage(database, *job)
        print(f"Beside it, {job[0]} took {time.monotonic() - began:.0f} s.", flush=True)


def manage(database: str, *arguments: str) -> None:
    """Run a management command to its end, on the database. Raises CalledProcessError."""
    command, environment = [sys.executable, "manage.py", *arguments], serving.environment(database)
    subprocess.run(command, cwd=serving.REPOSITORY, env=environment, stdout=subprocess.DEVNULL, check=True)
