"""What the tests' PostgreSQL leaves in memory when a run is killed."""

import os
from pathlib import Path

from tests.in_memory import NAME, forget_what_was_left

NOBODY = 2**22 + 1  # above all numbers that Linux gives


def test_what_a_killed_run_left_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    for name, server in (("killed", NOBODY), ("stopped", None), ("runs", os.getpid()), ("starts", None)):
        data = tmp_path / f"{NAME}{name}"
        data.mkdir()
        if server:
            (data / "postmaster.pid").write_text(f"{server}\n{data}\n")
        if name != "starts":
            os.utime(data, (0, 0))
    (tmp_path / "another's").mkdir()
    os.utime(tmp_path / "another's", (0, 0))
    forget_what_was_left(tmp_path)
    assert {left.name.removeprefix(NAME) for left in tmp_path.iterdir()} == {"runs", "starts", "another's"}
