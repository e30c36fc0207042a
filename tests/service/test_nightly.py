"""The script of what is done every night: docs/operators/deploy/nightly."""

import fcntl
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from portal.embedded import programs
from sharing.models import ServiceRun
from tests.databases import PUPILS
from tests.faults.server import url_of_tests
from tests.people import as_batch, as_owner

REPOSITORY = Path(__file__).resolve().parents[2]
# The roles of the tests' server may not sign in: the login of the tests takes their part, as it does everywhere.
AS_ROLE = """#!/bin/bash
echo "$*" >> "$0.asked"
for one; do
    case $one in
        postgresql://*) role=${one#*://}; set -- "$@" "--role=${role%%@*}" "--dbname=$DATABASE_URL" ;;
        *) set -- "$@" "$one" ;;
    esac
    shift
done
exec PG_DUMP "$@"
"""
# On a full disk pg_dump leaves behind what it had written.
FULL = """#!/bin/bash
for one; do case $one in --file=*) echo half > "${one#--file=}" ;; esac; done
echo no space left on device >&2
exit 1
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

    def run(*, dumps_fail: bool = False, keys: str = "keys", **variables: str) -> subprocess.CompletedProcess[str]:
        if dumps_fail:
            pg_dump.write_text(FULL)
        return subprocess.run(
            [REPOSITORY / "docs/operators/deploy/nightly", tmp_path / "dumps", tmp_path / keys],
            env=os.environ | {"PORTAL_ENV": str(tmp_path / "batch.env"), "PATH": path} | variables,
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
    keys, whole = (tmp_path / "keys" / "keys.dump").read_bytes(), dump.read_bytes()
    night = nightly(dumps_fail=True)
    assert night.returncode == 1
    assert night.stdout.startswith("FAILED: pg_dump")
    assert "no space left on device" in night.stdout
    assert old.exists()
    assert (tmp_path / "keys" / "keys.dump").read_bytes() == keys
    assert dump.read_bytes() == whole
    assert sorted((tmp_path / "dumps").iterdir()) == sorted((old, dump))


@pytest.mark.parametrize("keys", ["dumps", "dumps/keys"])
def test_keys_among_the_dumps_that_they_open_are_a_bad_night(keys: str, nightly, tmp_path: Path) -> None:
    """P5: what was disposed of could be read again. All else is done as ever."""
    night = nightly(keys=keys)
    assert night.returncode == 1
    assert night.stdout.startswith(f"FAILED: {tmp_path / keys} is within {tmp_path / 'dumps'}. Keep the keys away")
    assert night.stdout.count("FAILED") == 1
    with as_batch():
        assert ServiceRun.objects.filter(name=Job.BACKUP).exists()
    assert nightly(keys="dumps-keys").returncode == 0


def test_the_owner_makes_the_same_dump(nightly, tmp_path: Path) -> None:
    """Where the administrator of the server cannot let portal_backup past row-level security."""
    pupils = []
    for by_owner, login in (("no", "portal_backup"), ("yes", "portal_owner")):
        night = nightly(DUMP_BY_OWNER=by_owner)
        assert (night.returncode, night.stdout, night.stderr) == (0, "", "")
        asked = (tmp_path / "bin" / "pg_dump.asked").read_text().splitlines()[-2]
        assert "--exclude-schema=portal_keys" in asked
        assert f"://{login}@" in asked
        (dump,) = (tmp_path / "dumps").glob("portal-*.dump")
        said = subprocess.run(
            [programs() / "pg_restore", "--data-only", "--table=sharing_pupil", "--file=-", dump],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        pupils.append(said.partition("\nCOPY ")[2].partition("\n\\.\n")[0])
    assert pupils[0].count("\n") > PUPILS / 2
    assert pupils[0] == pupils[1]


@pytest.mark.parametrize(
    ("of_the_jobs", "of_the_dumps"),
    [
        ("postgresql://portal_batch:p%40:w@db2:5433/portal?sslmode=require", "db2:5433/portal?sslmode=require"),
        ("postgresql:///portal", "/portal"),
    ],
    ids=["a machine", "no login"],
)  # fmt: skip
def test_the_dumps_are_of_the_database_of_the_jobs(of_the_jobs: str, of_the_dumps: str, tmp_path: Path) -> None:
    """A17: after a change of primary they were of the old one. The password of the jobs is in no list of processes."""
    (tmp_path / "batch.env").write_text(f"DATABASE_URL={shlex.quote(of_the_jobs)}\n")
    (tmp_path / "pg_dump").write_text('#!/bin/bash\necho "${@: -1}" >> "$0.asked"\n')
    (tmp_path / "pg_dump").chmod(0o755)
    script, folders = REPOSITORY / "docs/operators/deploy/nightly", (tmp_path / "dumps", tmp_path / "keys")
    here = {
        "PORTAL_ENV": str(tmp_path / "batch.env"),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PGHOST": "db1.internal",
    }
    subprocess.run([script, *folders], env=os.environ | here, capture_output=True, timeout=100)
    asked = (tmp_path / "pg_dump.asked").read_text().splitlines()
    assert asked == [f"postgresql://{login}@{of_the_dumps}" for login in ("portal_backup", "portal_owner")]


def test_two_runs_at_once_do_not_write_into_the_same_dump(nightly, tmp_path: Path) -> None:
    """The one that is under way goes on alone, and the other one says so; begun again after it, all is done."""
    with (tmp_path / "batch.env").open() as under_way:
        fcntl.flock(under_way, fcntl.LOCK_EX)
        night = nightly()
    assert (night.returncode, night.stdout) == (1, "FAILED: another run is under way. Nothing was done.\n")
    assert not (tmp_path / "dumps").exists()
    assert nightly().returncode == 0


def test_a_dump_that_cannot_be_kept_is_a_bad_night(nightly, tmp_path: Path) -> None:
    """pg_dump was content, and nothing is in its place: whoever watches cron must not take that for a backup."""
    (tmp_path / "bin" / "mv").write_text("#!/bin/bash\necho cannot move >&2\nexit 1\n")
    (tmp_path / "bin" / "mv").chmod(0o755)
    night = nightly()
    assert night.returncode == 1
    assert "FAILED: mv" in night.stdout
    assert list((tmp_path / "dumps").iterdir()) == []
    with as_batch():
        assert not ServiceRun.objects.filter(name=Job.BACKUP).exists()


def test_old_dumps_go_though_the_new_one_could_not_be_noted(nightly, tmp_path: Path) -> None:
    """P5: none is kept for more than 35 days, and the new one is there."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_servicerun ADD CONSTRAINT no_backup CHECK (name <> 'backup') NOT VALID")
    connection.close()
    old = tmp_path / "dumps" / "portal-2020-01-01.dump"
    old.parent.mkdir()
    old.touch()
    os.utime(old, (0, 0))
    night = nightly()
    assert night.returncode == 1
    assert "The backup could not be noted" in night.stdout
    (dump,) = (tmp_path / "dumps").iterdir()
    assert dump != old


@pytest.mark.parametrize("script", [("nightly", "dumps", "keys"), ("weekly",)])
def test_without_its_settings_nothing_is_done(script: tuple[str, ...], tmp_path: Path) -> None:
    """R13: `manage.py` would work in demonstration mode, on a database that it makes."""
    name, *folders = script
    here = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "PORTAL_MODE")}
    night = subprocess.run(
        [REPOSITORY / "docs/operators/deploy" / name, *(tmp_path / folder for folder in folders)],
        env=here | {"PORTAL_ENV": str(tmp_path / "no.env"), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert (night.returncode, list(tmp_path.iterdir())) == (1, [])
    assert night.stdout == f"FAILED: {tmp_path / 'no.env'} cannot be read. Nothing was done.\n"


def test_a_night_without_folders_says_how_it_is_called(tmp_path: Path) -> None:
    night = subprocess.run([REPOSITORY / "docs/operators/deploy/nightly"], capture_output=True, text=True, timeout=100)
    assert (night.returncode, night.stdout) == (1, "FAILED: nightly FOLDER-OF-DUMPS FOLDER-OF-KEYS\n")
