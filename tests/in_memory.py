"""The tests' own PostgreSQL, kept in memory where there is room.

Each copy of the template has some 1,500 files, made and deleted a hundred times in a run. On a disk that takes several
times the processor time: ext4 skips the places of recently deleted files one by one.
"""

import hashlib
import shutil
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2

from portal import embedded

MEMORY = Path("/dev/shm")
NAME = "portal-tests-"
PLACE = MEMORY / f"{NAME}{hashlib.sha256(bytes(embedded.HERE)).hexdigest()[:12]}"  # one for this checkout
ROOM = 4 * 1024**3  # bytes; a run needs less than half
AN_HOUR = 3600


def start() -> str:
    """Start the server and return the URL of its database. Its contents go with it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return embedded.start()
    forget_what_was_left(MEMORY)
    url = embedded.start(PLACE, keep=False)
    _outlives_no_machine(url)
    return url


def _outlives_no_machine(url: str) -> None:
    """Turn off the safeguards against a crash of the machine, which memory does not survive anyway. After the server
    has been killed, everything committed is still there.
    """
    with closing(psycopg2.connect(url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            for safeguard in ("fsync", "full_page_writes"):
                cursor.execute(f"ALTER SYSTEM SET {safeguard} = off")
            cursor.execute("SELECT pg_reload_conf()")


def forget_what_was_left(memory: Path) -> None:
    """Delete data of a killed run, as its checkout may never be tested again. Recent data may be a starting run's."""
    for left in memory.glob(f"{NAME}*"):
        if time.time() - left.stat().st_mtime > AN_HOUR and not _is_served(left):
            shutil.rmtree(left, ignore_errors=True)


def _is_served(data: Path) -> bool:
    told = data / "postmaster.pid"
    return told.exists() and psutil.pid_exists(int(told.read_text().split()[0]))
