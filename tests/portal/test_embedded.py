"""The PostgreSQL that `portal.embedded` starts, and what is left of it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

START = "import sys; from pathlib import Path; from portal import embedded; embedded.start(Path(sys.argv[1]), keep={})"


@pytest.fixture
def data() -> Iterator[Path]:
    """A short path that PostgreSQL's own user may enter: its socket lies there."""
    directory = Path(tempfile.mkdtemp(prefix="kept"))
    directory.chmod(0o755)
    yield directory / "postgres"
    shutil.rmtree(directory)


@pytest.mark.parametrize("keep", [True, False])
def test_the_data_go_with_the_server_unless_they_are_kept(data: Path, keep: bool) -> None:
    """The tests keep theirs in memory, which is nobody's to fill for good."""
    subprocess.run([sys.executable, "-c", START.format(keep), data], cwd=settings.BASE_DIR, check=True, timeout=120)
    assert data.exists() is keep
