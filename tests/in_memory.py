"""The tests' own PostgreSQL, kept in memory where there is room.

Each copy of the template is some 1,500 files, made and deleted a hundred times in a run. On a disk that takes several
times the processor time: ext4 passes over the places of files that were deleted a moment ago, one by one.
"""

import hashlib
import shutil
from pathlib import Path

from portal import embedded

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes; a run needs less than half


def start() -> str:
    """The URL of its database. What it holds goes with it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return embedded.start()
    checkout = hashlib.sha256(bytes(embedded.HERE)).hexdigest()[:12]
    return embedded.start(MEMORY / f"portal-tests-{checkout}", keep=False)
