"""No personal data in a log line."""

import logging
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import DataError, connection

from portal.logs import WithoutData
from portal.plainly import said_plainly
from sharing.reports.pdf import draw_page
from tests.people import as_batch


def test_an_exception_is_its_type_and_its_places_not_its_words() -> None:
    try:
        raise ValueError("Key (surname)=(Madeup) already exists")
    except ValueError:
        record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x/",), None)
        record.exc_info = sys.exc_info()
    told = WithoutData("%(message)s").format(record)
    assert told.startswith("Internal Server Error: /x/\nValueError, from\n")
    assert "test_logs.py" in told
    assert "Madeup" not in told


@pytest.mark.parametrize("page", ["invitation", "password/reset"])
def test_the_secret_in_the_link_of_an_e_mail_is_not_told(page: str) -> None:
    """R44: a page that fails leaves the link unused, and whoever reads the log would take the account."""
    told = "Internal Server Error: %s"
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, told, (f"/{page}/3-abc-def/",), None)
    assert WithoutData("%(message)s").format(record) == f"Internal Server Error: /{page}/.../"


def test_what_gunicorn_says_of_a_request_that_fails_is_without_search_link_and_words(tmp_path: Path) -> None:
    """R13, R44: its own log had the whole address, and what the exception said."""
    (tmp_path / "fails.py").write_text(
        "import django\n"
        "django.setup()\n"
        "def application(environ, start):\n"
        "    raise ValueError('Key (surname)=(Madeup) already exists')\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, at = tmp_path / "log", f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "fails", "--pythonpath", str(tmp_path), "--bind", at,
               "--worker-class", "gthread", "--threads", "2", "--no-control-socket"]  # fmt: skip
    with log.open("w") as told, subprocess.Popen(command, stdout=told, stderr=told) as server:
        try:
            assert _answer_of(at, "/password/reset/3-abc-def/?q=Madeup") == 500
        finally:
            server.terminate()
    lines = log.read_text()
    assert "Error handling request GET /password/reset/.../?...\nValueError, from\n" in lines
    assert "Madeup" not in lines
    assert "abc-def" not in lines


def _answer_of(at: str, page: str) -> int:
    for _ in range(120):
        try:
            (asked := HTTPConnection(at)).request("GET", page)
        except ConnectionRefusedError:
            time.sleep(0.5)
        else:
            return asked.getresponse().status
    raise AssertionError("gunicorn has not answered within a minute")


@pytest.mark.django_db
def test_a_command_that_postgresql_refuses_quotes_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    """R13: what a command of the night says goes by email to those who run the service."""
    with pytest.raises(SystemExit), said_plainly(), as_batch(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO sharing_pupil (id, surname) VALUES (gen_random_uuid(), 'Quillfeather')")
    told = capsys.readouterr().err
    assert "Quillfeather" not in told
    named, kinds, *places = told.splitlines()
    assert named == "PostgreSQL names table sharing_pupil, column upn_index."
    assert kinds == "IntegrityError, NotNullViolation, from"
    assert any("test_logs.py" in place for place in places)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SELECT 'Quillfeather' FROM sharing_nothing", 'relation "sharing_nothing" does not exist'),
        ("SELECT nothing FROM sharing_pupil WHERE surname = 'Quillfeather'", 'column "nothing" does not exist'),
    ],
)
def test_what_is_not_there_is_named(capsys: pytest.CaptureFixture[str], statement: str, words: str) -> None:
    """For whoever upgrades: without it nobody could tell which step of `migrate` failed."""
    with pytest.raises(SystemExit), said_plainly(), as_batch(), connection.cursor() as cursor:
        cursor.execute(statement)
    told = capsys.readouterr().err
    assert told.startswith(f"{words}\n")
    assert "Quillfeather" not in told


@pytest.mark.django_db
def test_a_fault_of_postgresql_is_named_as_postgresql_names_it() -> None:
    """Whether its disk is full, it only reads, or somebody holds a lock."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Madeup'::int")
    except DataError:
        record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "Internal Server Error", (), sys.exc_info())
    told = WithoutData("%(message)s").format(record)
    assert "DataError, InvalidTextRepresentation, from\n" in told
    assert "Madeup" not in told


def test_a_letter_of_a_name_that_no_font_has_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """WeasyPrint would warn of each of them, when it draws a list of children."""
    draw_page("<html lang=en><title>Pupils</title><p>\U0010fff0\U0010fff1</p>")  # of nobody: no font has them
    assert not caplog.records
