"""`manage.py demo` and `manage.py cast`, as a newcomer and a program call them."""

import json
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from access_register.demo.cast import BY_SLUG, DEMO_PASSWORD
from tests.journeys.serving import (
    HOSTS,
    empty_database,
    ends,
    environment,
    free_port,
    manage,
    starting,
    status_of,
    wait_until_it_answers,
)

PERSON = {"slug", "name", "email", "site", "title", "lines", "appointment", "duties", "superuser"}
LINE = {"urn", "establishment", "level", "kind", "head", "starts_on", "ends_on", "withdrawn"}
DUTY = {"data", "scope", "reason", "starts_on", "ends_on", "ended"}
# `manage.py` on a machine without DATABASE_URL, its PostgreSQL in a directory of the test's instead of .postgres/.
ON_ITS_OWN = """
import sys
from pathlib import Path
import manage
from portal import embedded
embedded.start.__defaults__ = (Path(sys.argv.pop(1)),)
manage.main()
"""


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[str]:
    with empty_database("demo_command") as url:
        yield url


@pytest.fixture(scope="module")
def filled(database: str) -> subprocess.CompletedProcess[str]:
    """The demonstration, filled for the first time."""
    return manage(database, "demo", "--no-serve")


def counts(database: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall()]
        counted = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counted[table] = cursor.fetchone()[0]
    return counted


def test_before_the_demonstration_cast_says_what_to_do(database: str) -> None:
    asked = manage(database, "cast", "--json")
    assert asked.returncode == 1
    assert "Run `manage.py demo` first" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_twice_in_a_row_is_harmless(database: str, filled: subprocess.CompletedProcess[str]) -> None:
    assert filled.returncode == 0, filled.stderr
    assert DEMO_PASSWORD in filled.stdout
    assert all(slug in filled.stdout for slug in BY_SLUG)
    rows = counts(database)
    assert rows["sharing_pupil"] > 3000
    second = manage(database, "demo", "--no-serve")
    assert second.returncode == 0, second.stderr
    assert " 0 rows were written" in second.stdout
    assert counts(database) == rows


@pytest.mark.usefixtures("filled")
def test_cast_is_json_and_nothing_else(database: str) -> None:
    asked = manage(database, "cast", "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    people = {person["slug"]: person for person in json.loads(asked.stdout)}
    assert set(people) == set(BY_SLUG)
    for slug, person in people.items():
        member = BY_SLUG[slug]
        assert set(person) == PERSON
        assert all(set(line) == LINE for line in person["lines"])
        assert all(set(duty) == DUTY for duty in person["duties"])
        assert (person["name"], person["email"], person["site"]) == (member.name, member.email, list(member.sites))
        assert {(line["urn"], line["level"], line["kind"]) for line in person["lines"]} == {
            (line.urn, line.level, line.role) for line in member.lines
        }
        assert not any(line["withdrawn"] for line in person["lines"])
        assert (person["appointment"] or {"team": ""})["team"] == member.team
        assert sorted((duty["data"], duty["reason"]) for duty in person["duties"]) == sorted(
            (task.data, task.reason) for task in member.duties
        )
        assert person["superuser"] == member.superuser


def test_a_port_that_is_taken_is_said_at_once(database: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        asked = manage(database, "demo", "--port", port)
    assert asked.returncode == 1
    assert f"Port {port} cannot be used" in asked.stderr
    assert "--port" in asked.stderr
    assert "Traceback" not in asked.stderr
    assert "rows were written" not in asked.stdout


@pytest.fixture(scope="module")
def own_directory() -> Iterator[Path]:
    """A short path that PostgreSQL's own user may enter: its socket lies there, and pytest's are closed to others."""
    directory = Path(tempfile.mkdtemp(prefix="demo"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


ENDINGS = {"Ctrl-C": signal.SIGINT, "kill": signal.SIGTERM, "closed terminal": signal.SIGHUP}


@pytest.mark.parametrize("how", ENDINGS.values(), ids=list(ENDINGS))
def test_nothing_is_left_running(own_directory: Path, how: signal.Signals) -> None:
    """With a PostgreSQL of its own, as on a newcomer's machine: that ends too."""
    log, data, port = own_directory / "log", own_directory / "postgres", free_port()
    arguments = ["-c", ON_ITS_OWN, str(data), "demo", "--port", str(port)]
    with starting(arguments, log, environment(None)) as process:
        wait_until_it_answers(process, port, log)
        assert all(status_of(port, host, "/sign-in/") == 200 for host in HOSTS.values())
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        servers = of_directory(data)
        assert servers
        assert ends(process, family, how) in {0, 128 + how}, log.read_text()
        _, left = psutil.wait_procs(servers, timeout=5)
        assert not left, f"left behind: {left}"
    with pytest.raises(OSError):
        status_of(port, "localhost", "/")


def of_directory(data: Path) -> list[psutil.Process]:
    """The PostgreSQL that keeps its data there, and all it has started."""
    servers = [one for one in psutil.process_iter(["cmdline"]) if ["-D", str(data)] == (one.info["cmdline"] or [])[1:3]]
    return [kin for one in servers for kin in (one, *one.children(recursive=True))]
