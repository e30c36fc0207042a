"""Which ways of building a page were examined in this run, by either half of the journeys: none is examined twice."""

import shutil
import tempfile
from pathlib import Path

from tests.databases import RUN

_EXAMINED = Path(tempfile.gettempdir()) / f"portal_examined_{RUN}"  # an empty file for each fingerprint


def is_new(fingerprint: str) -> bool:
    """Whether nobody has examined such a page in this run. From now on somebody has."""
    _EXAMINED.mkdir(exist_ok=True)
    try:
        (_EXAMINED / fingerprint).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def forget() -> None:
    """At the end of the run: leave no file behind."""
    shutil.rmtree(_EXAMINED, ignore_errors=True)
