"""What the ledger costs, and how long its proof takes: `uv run python -m benchmarks.ledger [rows]`.

A ledger of that many rows (a million by default) at 200 establishments, with two more years of empty parts, is made,
checked and read. The list of pupils is measured with its row in the ledger and without, side by side.
The gates: the row costs a list page at most 15 %; a million rows are checked in 60 seconds, and searched for unusual
patterns in 60 seconds, even though all are of one day.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection
from django.utils import timezone

from benchmarks.pupil_list import BECKSIDE, measure
from sharing import door
from sharing.ledger import ledger, proof
from sharing.models import Pupil
from sharing.records.ledger import LedgerFilter
from sharing.unusual import raising
from tests import databases
from tests.people import EDUNET, as_batch, as_owner, asker, client

MONTHS_AHEAD = 24
# Rows as lists of pupils leave them, one in ten as a child's page does, chained as portal_write_ledger chains them.
FILL = """
DO $$
DECLARE
    entry sharing_ledgerentry;
    child text := '%(child)s';
    fifty jsonb := (SELECT jsonb_build_object('pupils', jsonb_agg(gen_random_uuid()), 'of', 312)
                    FROM generate_series(1, 50));
BEGIN
    SELECT * INTO entry FROM sharing_ledgerentry ORDER BY id DESC LIMIT 1;
    IF NOT FOUND THEN
        entry.id := 0; entry.hash := '';
    END IF;
    entry.through := 'schools_online'; entry.outcome := 'shown'; entry.permission := 'view_pupils';
    entry.purpose := 'Your access here: Level 1 here since 1 September 2025.';
    FOR n IN 1..%(rows)s LOOP
        entry.previous_hash := entry.hash;
        entry.id := entry.id + 1;
        entry.at := now() - interval '1 day' + n * interval '10 milliseconds';
        entry.person_id := 100000 + n %% 900;
        entry.person_name := 'Person ' || n %% 900;
        entry.urn := 998902 + n %% 200;
        entry.action := CASE WHEN n %% 10 = 0 THEN 'show_pupil' ELSE 'list_pupils' END;
        entry.about := CASE WHEN n %% 1000 = 0 THEN jsonb_build_object('pupils', jsonb_build_array(child))
                            WHEN n %% 10 = 0 THEN jsonb_build_object('pupils', jsonb_build_array(gen_random_uuid()))
                            ELSE fifty END;
        entry.hash := sharing_ledger_hash(entry);
        INSERT INTO sharing_ledgerentry_before SELECT entry.*;
    END LOOP;
END $$;
"""


def timed(what: str, run: Callable[[], object]) -> None:
    start = time.perf_counter()
    run()
    print(f"{what:44} {time.perf_counter() - start:7.2f} s", flush=True)


def fill(rows: int, child: object) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_ledgerentry_before DISABLE TRIGGER USER")
        cursor.execute(FILL % {"rows": rows, "child": child})
        cursor.execute("ALTER TABLE sharing_ledgerentry_before ENABLE TRIGGER USER")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE sharing_ledgerentry")
    with as_batch():
        for month in range(MONTHS_AHEAD):
            list(ledger.make_months(timezone.localdate() + timedelta(days=31 * month)))


def main(rows: int) -> None:
    databases.make_template()
    try:
        with databases.copy(f"portal_bench_{databases.RUN}"):
            with as_batch():
                here = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(timezone.localdate())
                child = here.values_list("pk", flat=True)[0]
            timed(f"{rows:,} rows written", lambda: fill(rows, child))

            def check() -> None:
                with as_batch():
                    found = proof.check()
                assert found.is_whole, found.faults

            timed("verify_ledger", check)
            with as_batch():
                timed("unusual patterns", lambda: print(list(raising.raise_patterns(timezone.localdate()))))
                timed("the same again", lambda: print(list(raising.raise_patterns(timezone.localdate()))))
                timed("head signed for the first time", lambda: list(proof.seal()))
            head, browser = asker("head-beckside"), client("head-beckside")
            manager = asker("officer-information", EDUNET)
            page, really = f"/establishments/{BECKSIDE}/pupils/", ledger._insert

            def without_the_row(run: Callable[[], object]) -> Callable[[], None]:
                def without() -> None:
                    ledger._insert = lambda row: None
                    try:
                        run()
                    finally:
                        ledger._insert = really

                return without

            def show() -> object:
                return browser.get(page)

            variants = {
                "list page without its row": without_the_row(show),
                "list page": show,
                "door.list_pupils without its row": without_the_row(lambda: door.list_pupils(head, BECKSIDE)),
                "door.list_pupils": lambda: door.list_pupils(head, BECKSIDE),
                "who has seen our data": lambda: door.read_ledger(head, BECKSIDE),
                "the same, refusals alone": lambda: door.read_ledger(head, BECKSIDE, only=LedgerFilter(refused=True)),
                "the same, one person": lambda: door.read_ledger(head, BECKSIDE, only=LedgerFilter(person=100000)),
                "who has opened a child's record": lambda: door.read_ledger_of_child(head, BECKSIDE, child),
                "all establishments": lambda: door.read_all_ledger(manager),
                "all establishments, one person": lambda: door.read_all_ledger(
                    manager, only=LedgerFilter(person=100000)
                ),
            }
            taken = measure(variants, rounds=40)
            for name, milliseconds in taken.items():
                print(f"{name:44} {milliseconds:7.2f} ms")
            for name in ("list page", "door.list_pupils"):
                print(f"{name}: its row adds {(taken[name] / taken[f'{name} without its row'] - 1) * 100:.1f} %")
    finally:
        connection.close()
        databases.forget_template()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
