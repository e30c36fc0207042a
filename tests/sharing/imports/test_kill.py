"""R22: whoever pulls the plug changes nothing. A real worker in a process of its own, killed at many moments."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from sharing import door
from sharing.service import work
from tests.people import asker
from tests.sharing.imports.sending import now, pieces, send, store
from tests.sharing.imports.tiny import SCHOOL

HEAD = "head-synthetic"
NAMES = [f"Name{number}" for number in range(120)]  # 0.6 s to check, and to apply
MOMENTS = 5
PATIENCE = 60  # seconds, on a busy machine

pytestmark = pytest.mark.usefixtures("own_database", "tiny")


class Worker:
    """The worker at work on the test's own database."""

    def __enter__(self) -> "Worker":
        name = connection.settings_dict["NAME"]
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py"))],
            env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout
        assert self.process.stdout.readline() == b"at work\n"
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __exit__(self, *problem: object) -> None:
        self.kill()
        assert self.process.stdout
        self.process.stdout.close()


def wait_for(import_id: int, *states: str) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (state := now(import_id).state) in states:
            return state
        time.sleep(0.01)
    raise AssertionError(f"still {now(import_id).state}")


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_while_it_checks(moment: int) -> None:
    """The store is byte for byte what it was, and the next worker checks the file again."""
    before = store()
    with Worker() as worker:
        number = send(asker(HEAD), "\n".join(NAMES))
        wait_for(number, "checking", "ready")
        time.sleep(random.Random(moment).uniform(0, 1.0))
        worker.kill()
    assert store() == before
    assert pieces(number) == 1
    work.until_nothing_waits()
    assert (now(number).state, store()) == ("ready", before)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_while_it_applies(moment: int) -> None:
    """All of it or nothing: the pupils, the import's state, the ledger's row, and the file that is kept or gone."""
    number = send(asker(HEAD), "\n".join(NAMES))
    work.until_nothing_waits()
    before = store()
    with Worker() as worker:
        door.settle_import(asker(HEAD), SCHOOL, number, apply=True)
        wait_for(number, "applying", "applied")
        time.sleep(random.Random(moment).uniform(0, 1.0))
        worker.kill()
    until = time.monotonic() + PATIENCE
    while _someone_works() and time.monotonic() < until:  # PostgreSQL notices that the worker is gone
        time.sleep(0.05)
    if now(number).state == "applied":
        assert store() != before
        assert pieces(number) == 0
    else:
        assert (now(number).state, store(), pieces(number)) == ("applying", before, 1)
    work.until_nothing_waits()
    after = store()
    assert now(number).state == "applied"
    assert after["applied in the ledger"] == before["applied in the ledger"] + 1
    shown = door.list_pupils(asker(HEAD), SCHOOL).page.total
    assert shown >= len(NAMES)


def _someone_works() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone() != (0,)


def test_no_plain_file_is_left_by_a_killed_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: of the file itself nothing stays on the disk; at most a link that leads nowhere."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Worker() as worker:
        number = send(asker(HEAD), "\n".join(["slow"] * 50))
        wait_for(number, "checking")
        time.sleep(0.5)
        worker.kill()
    left = [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()]
    assert all(path.is_symlink() and not path.exists() for path in left), left
