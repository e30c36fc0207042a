"""No personal data in a log line."""

import logging
import sys

import pytest
from django.db import DataError, connection

from portal.logs import WithoutData
from sharing.reports.pdf import draw_page


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
