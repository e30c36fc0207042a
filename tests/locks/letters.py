"""An email that waits in the outbox: the web application adds letters, and does nothing else with them."""

from django.db import connection

from access_register.models import WaitingLetter
from access_register.notices import mail
from tests.locks.attempts import Attempt
from tests.locks.switches import rows

TABLE = WaitingLetter._meta.db_table


def plant_letter() -> None:
    mail.send_later("order_to_authorise", ["planted@council.example"], name="Planted", link="")


def holes_in_letters(attempt: Attempt) -> None:
    attempt("letters read", lambda: rows(f"SELECT 1 FROM {TABLE}"))
    attempt("letters changed", lambda: _touched(f"UPDATE {TABLE} SET tries = 0"))
    attempt("letters taken away", lambda: _touched(f"DELETE FROM {TABLE}"))
    attempt(
        "letters put off",
        lambda: _touched(
            f"INSERT INTO {TABLE} (id, written_at, tries, next_try_at) VALUES (gen_random_uuid(), now(), 9, now())"
        ),
    )


def _touched(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount
