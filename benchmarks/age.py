"""A store in its seventh year beside one in its first: `uv run python -m benchmarks.age [--rows 8000000] [--keep]`.

An invented Bradford of 20,000 pupils is made once and copied. The young copy gets a ledger of 300,000 rows and what one
year leaves behind; the old one gets a ledger of `--rows` in seven years of monthly parts, and what those years leave
behind. Every kind of page that four people can open, the ledger with each of its filters, and each nightly command are
measured on both, side by side. Needs about 12 GB for 8 million rows. `--keep` leaves both for the next run with
`--keep`.

Ends with 1 if a page took more than half a second in PostgreSQL, or was not answered, as when one query takes longer
than two seconds.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.setdefault("PORTAL_TEST_RUN", "age")

import django

django.setup()

from django.db import connection
from django.test import Client
from django.utils import timezone

from access_register.demo.bradford import place_people
from benchmarks import old_ledger, old_tables
from benchmarks.pages import FAILED, ONE_OF_MANY, WHO, opened, pages_of
from benchmarks.pupil_list import BECKSIDE
from sharing.demo.bradford import fill
from sharing.ledger.words import KINDS
from sharing.ledger.words import WHO as WHOSE
from sharing.models import Pupil, StaffMember
from tests import databases
from tests.people import as_batch, client

YOUNG, OLD = "portal_age_young", "portal_age_old"
PUPILS, ROWS_OF_THE_YOUNG, YEARS = 20_000, 300_000, 7
TOO_LONG = 0.5  # seconds of PostgreSQL
JOBS = ("verify_ledger", "run_daily", "verify_ledger", "check_permissions", "rotate_keys --check", "dispose")


def make(rows: int) -> None:
    today = timezone.localdate()
    databases.make_template()
    databases.drop(YOUNG, OLD)
    databases.as_admin(f"CREATE DATABASE {YOUNG} TEMPLATE {databases.TEMPLATE}")
    databases.use(YOUNG)
    fill(today, pupils=PUPILS, processes=2, people=lambda filled: place_people(filled, today))
    connection.close()
    databases.as_admin(f"CREATE DATABASE {OLD} TEMPLATE {YOUNG}")
    for name, many, years in ((YOUNG, ROWS_OF_THE_YOUNG, 1), (OLD, rows, YEARS)):
        databases.use(name)
        began = time.perf_counter()
        first = (today - timedelta(days=365 * years)).replace(day=1)
        old_ledger.fill(many, first, today, BECKSIDE)
        old_tables.fill(years, BECKSIDE)
        print(f"{name}: {many:,} rows of the ledger, filled in {time.perf_counter() - began:.0f} s", flush=True)


def is_there() -> bool:
    databases.use("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = ANY (%s)", [[YOUNG, OLD]])
        return bool(cursor.fetchone() == (2,))


def sizes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT pg_database_size(current_database()) / 1e9, sum(pg_total_relation_size(inhrelid)) / 1e9,
                   sum(pg_indexes_size(inhrelid)) / 1e9, sum(pg_total_relation_size(inhrelid)),
                   (SELECT max(id) FROM sharing_ledgerentry), count(*)
            FROM pg_inherits WHERE inhparent = 'sharing_ledgerentry'::regclass""")
        whole, ledger, indexes, bytes_, rows, parts = cursor.fetchone()
    print(
        f"{whole:.1f} GB, of which the ledger {ledger:.1f} GB ({indexes:.1f} of indexes): "
        f"{bytes_ / rows:.0f} bytes a row, {rows:,} rows in {parts} parts",
        flush=True,
    )


def of_the_ledger() -> dict[str, list[str]]:
    """Person -> the addresses of the ledger with each filter, alone and with the refusals."""
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(timezone.localdate())
        child = here.order_by("pk").values_list("pk", flat=True)[0]
        staff = StaffMember.objects.filter(establishment__urn=BECKSIDE).in_post_on(timezone.localdate())
        member = staff.order_by("pk").values_list("pk", flat=True)[0]
    old_day = timezone.localdate() - timedelta(days=200)
    asked = [f"kind={kind}" for kind in KINDS] + [f"who={who}" for who in WHOSE]
    asked += ["", "refused=yes", *[f"{one}&refused=yes" for one in asked], "who=officers&kind=service"]
    asked += [f"first={old_day}&last={old_day}", f"last={old_day}", "person=1", "older_than=100000"]
    here_page = f"/establishments/{BECKSIDE}"
    return {
        "officer-information": [f"{page}?{query}" for page in ("/ledger/", f"{here_page}/ledger/") for query in asked],
        "head-beckside": [
            *[f"{here_page}/ledger/?{query}" for query in asked],
            f"{here_page}/pupils/{child}/",
            f"{here_page}/pupils/{child}/ledger/",
            f"{here_page}/staff/{member}/ledger/",
        ],
    }


def pages() -> dict[str, list[str]]:
    """Person -> the addresses that links lead to, one of each kind, and those of the ledger."""
    databases.use(YOUNG)
    found = of_the_ledger()
    for slug, through in WHO:
        browser = client(slug, through)
        browser.raise_request_exception = False
        found.setdefault(slug, []).extend(path for path, status in pages_of(browser).items() if status == 200)
    return found


def measured(name: str, addresses: dict[str, list[str]]) -> dict[str, float]:
    """ "who address" -> seconds of PostgreSQL, the quicker of two tries; infinity if the page was not answered."""
    databases.use(name)
    found = {}
    for slug, through in WHO:
        browser = client(slug, through)
        browser.raise_request_exception = False
        for path in addresses[slug]:
            found[f"{slug} {path}"] = min(_asked(browser, path) for _ in range(2))
    return found


def _asked(browser: Client, path: str) -> float:
    page = opened(browser, path)
    return float("inf") if page.status >= FAILED else page.asked


def compare(slowest: int) -> int:
    """Print the pages that are slowest in the old store. Returns how many of them are too slow."""
    addresses = pages()
    young, old = measured(YOUNG, addresses), measured(OLD, addresses)
    print(f"\n{len(old)} pages\n{'':84}  young ms   old ms  ratio")
    for page in sorted(old, key=lambda page: old[page], reverse=True)[:slowest]:
        ratio = old[page] / max(young[page], 0.001)
        print(f"{ONE_OF_MANY.sub('N', page)[:84]:84}{young[page] * 1000:10.0f}{old[page] * 1000:9.0f}{ratio:7.1f}")
    return sum(seconds > TOO_LONG for seconds in old.values())


def jobs() -> None:
    """Run each as cron does, as a process of its own. Prints how long it took, and the most memory it used."""
    print(f"\n{'':24}  young s   MB    old s   MB")
    for job in JOBS:
        taken = [part for name in (YOUNG, OLD) for part in _run(name, job.split())]
        print(f"{job:24}{taken[0]:9.1f}{taken[1]:5.0f}{taken[2]:9.1f}{taken[3]:5.0f}", flush=True)


def _run(name: str, job: list[str]) -> Iterator[float]:
    url = os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")
    began = time.perf_counter()
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "manage.py", *job]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    child = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode() if child.stderr else ""
    _, status, used = os.wait4(child.pid, 0)
    if status:
        print(f"{job[0]} on {name}: {said.strip()[-200:]}")
    yield time.perf_counter() - began
    yield used.ru_maxrss / 1024


def main() -> int:
    asked = argparse.ArgumentParser(prog="benchmarks.age", description=__doc__)
    asked.add_argument("--rows", type=int, default=8_000_000, help="of the old ledger")
    asked.add_argument("--slowest", type=int, default=30, help="how many pages to print")
    asked.add_argument("--keep", action="store_true", help="leave both databases, and use those that are there")
    given = asked.parse_args()
    try:
        if not (given.keep and is_there()):
            make(given.rows)
        for name in (YOUNG, OLD):
            databases.use(name)
            sizes()
        slow = compare(given.slowest)
        jobs()
        return min(1, slow)
    finally:
        connection.close()
        if not given.keep:
            databases.drop(YOUNG, OLD)
            databases.forget_template()


if __name__ == "__main__":
    sys.exit(main())
