"""What several rooms of these tests are given."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def send(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "return.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
