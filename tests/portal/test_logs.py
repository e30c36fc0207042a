"""No personal data in a log line."""

import logging
import sys

from portal.logs import WithoutData


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
