"""The tests' own PostgreSQL, kept in memory where there is room.

Each copy of the template is some 1,500 files, made and deleted a hundred times in a run. On a disk that takes several
times the processor time: ext4 passes over the places of files that were deleted a moment ago, one by one.
"""

import hashlib
import shutil
import time
from pathlib import Path

import psutil

from portal import embedded

MEMORY = Path("/dev/shm")
NAME = "portal-tests-"
PLACE = MEMORY / f"{NAME}{hashlib.sha256(bytes(embedded.HERE)).hexdigest()[:12]}"  # of this checkout
ROOM = 4 * 1024**3  # bytes; a run needs less than half
AN_HOUR = 3600


def start() -> str:
    """The URL of its database. What it holds goes with it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return embedded.start()
    forget_what_was_left(MEMORY)
    return embedded.start(PLACE, keep=False)


def forget_what_was_left(memory: Path) -> None:
    """A run that was killed leaves its data, and its checkout may never be tested again. One that starts is younger."""
    for left in memory.glob(f"{NAME}*"):
        if time.time() - left.stat().st_mtime > AN_HOUR and not _is_served(left):
            shutil.rmtree(left, ignore_errors=True)


def _is_served(data: Path) -> bool:
    told = data / "postmaster.pid"
    return told.exists() and psutil.pid_exists(int(told.read_text().split()[0]))
