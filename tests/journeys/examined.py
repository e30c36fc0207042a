"""Which page structures were examined in this run, by either half of the journeys, so that none is examined twice."""

import shutil
import tempfile
from pathlib import Path

from tests.databases import RUN

_EXAMINED = Path(tempfile.gettempdir()) / f"portal_examined_{RUN}"  # with an empty file for each fingerprint


def is_new(fingerprint: str) -> bool:
    """Whether no such page has been examined in this run; from now on, one has."""
    _EXAMINED.mkdir(exist_ok=True)
    try:
        (_EXAMINED / fingerprint).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def forget() -> None:
    """Remove the files at the end of the run."""
    shutil.rmtree(_EXAMINED, ignore_errors=True)
