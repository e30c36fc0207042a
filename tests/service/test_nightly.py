"""The script of what is done every night: docs/operators/deploy/nightly."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from portal.embedded import programs
from sharing.models import ServiceRun
from tests.faults.server import url_of_tests
from tests.people import as_batch

REPOSITORY = Path(__file__).resolve().parents[2]
# The roles of the tests' server may not sign in: the login of the tests takes their part, as it does everywhere.
AS_ROLE = """#!/bin/bash
for one; do
    case $one in
        *user=*) set -- "$@" "--role=${one##*user=}" "--dbname=$DATABASE_URL" ;;
        *) set -- "$@" "$one" ;;
    esac
    shift
done
exec PG_DUMP "$@"
"""
Job = ServiceRun.Job


@pytest.fixture
def nightly(own_database: None, tmp_path: Path):
    """Runs the script as cron does, with pg_dump or without it, on a database of the test's own."""
    (tmp_path / "batch.env").write_text(f"DATABASE_URL={shlex.quote(url_of_tests())}\n")
    (tmp_path / "bin").mkdir()
    pg_dump = tmp_path / "bin" / "pg_dump"
    pg_dump.write_text(AS_ROLE.replace("PG_DUMP", str(programs() / "pg_dump")))
    pg_dump.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    connection.close()

    def run(*, dumps_fail: bool = False) -> subprocess.CompletedProcess[str]:
        if dumps_fail:
            pg_dump.write_text("#!/bin/bash\necho no space left on device >&2\nexit 1\n")
        return subprocess.run(
            [REPOSITORY / "docs/operators/deploy/nightly", tmp_path / "dumps", tmp_path / "keys"],
            env=os.environ | {"PORTAL_ENV": str(tmp_path / "batch.env"), "PATH": path},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    return run


def test_a_good_night_says_nothing_and_a_bad_one_keeps_what_there_is(nightly, tmp_path: Path) -> None:
    night = nightly()
    assert (night.returncode, night.stdout, night.stderr) == (0, "", "")
    (dump,) = (tmp_path / "dumps").glob("portal-*.dump")
    assert dump.stat().st_size > 100_000
    assert {one.stat().st_mode & 0o077 for one in (dump, tmp_path / "keys" / "keys.dump")} == {0}
    with as_batch():
        done = ServiceRun.objects.filter(outcome=ServiceRun.Outcome.DONE).values_list("name", flat=True)
        assert {Job.DAILY, Job.KEYS, Job.LEDGER, Job.BACKUP} <= set(done)

    old = tmp_path / "dumps" / "portal-2020-01-01.dump"
    old.touch()
    os.utime(old, (0, 0))
    keys = (tmp_path / "keys" / "keys.dump").read_bytes()
    night = nightly(dumps_fail=True)
    assert night.returncode == 1
    assert night.stdout.startswith("FAILED: pg_dump")
    assert "no space left on device" in night.stdout
    assert old.exists()
    assert (tmp_path / "keys" / "keys.dump").read_bytes() == keys
