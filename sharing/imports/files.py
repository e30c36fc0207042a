"""The part of a file that an import keeps: its hash."""

import hashlib
from pathlib import Path


def file_hash(path: Path) -> str:
    """SHA-256 of the file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
