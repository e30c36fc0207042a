"""What finding a child costs under both locks: `uv run python -m benchmarks.search [pupils]`.

Each search is made by a head of one establishment and by an officer of all, and beside it the same question without any
authorisation, asked by the owner: a count and fifty rows by name. The gate is twice the unguarded time, and five
milliseconds for a question that takes next to none: what a person holds is found out first.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from io import StringIO
from statistics import median

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection, transaction

from benchmarks.pupil_list import BECKSIDE, ESTABLISHMENTS, fill
from sharing.authorise.holdings import Holdings
from sharing.demo.names import somebody
from sharing.door import find
from sharing.door.find import Search, find_children
from sharing.models import Establishment
from tests import databases
from tests.people import EDUNET, as_owner, asker

ROUNDS = 25
GATE, AT_LEAST = 2.0, 5.0
NAME = "sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
# What is typed, and the same as an unguarded condition.
SEARCHES = {
    "a whole surname": (("hussain", None, None), f"{NAME} LIKE '%hussain%'"),
    "part of a name": (("wor", None, None), f"{NAME} LIKE '%wor%'"),
    "two parts": (("zak khan", None, None), f"{NAME} LIKE '%khan%' AND {NAME} LIKE '%zak%'"),
    "two letters": (("wa", None, None), f"{NAME} LIKE '% wa%'"),
    "nobody": (("xyzzy", None, None), f"{NAME} LIKE '%xyzzy%'"),
    "UPN": (("", "bench77", None), "upn_index = 'bench77'"),
    "date of birth": (("", None, date(2015, 3, 7)), "born_on = '2015-03-07'"),
}
COUNT = "SELECT count(*) FROM sharing_pupil WHERE {}"
FIFTY = """
SELECT id, surname, forename, born_on, sex, year_group, establishment_id FROM sharing_pupil WHERE {}
ORDER BY surname, forename, id LIMIT 50
"""


def main(pupils: int) -> bool:
    databases.make_template()
    try:
        with databases.copy(f"portal_bench_{databases.RUN}"):
            fill(pupils)
            rename(pupils)
            return compare(pupils)
    finally:
        connection.close()
        databases.forget_template()


def rename(pupils: int) -> None:
    """Names and birthdays of a city's children, by COPY."""
    chance = random.Random(7)
    people = [somebody(chance) for _ in range(pupils)]
    lines = "".join(
        f"bench{n}\t{child.surname}\t{child.forename}\t{child.middle_names}\t"
        f"{2007 + n % 17}-{n % 12 + 1}-{n % 28 + 1}\n"
        for n, child in enumerate(people, 1)
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE named (key text, surname text, forename text, middle text, born date)")
        cursor.copy_expert("COPY named FROM STDIN", StringIO(lines))
        cursor.execute(
            "UPDATE sharing_pupil SET surname = named.surname, forename = named.forename, "
            "middle_names = middle, born_on = named.born "
            "FROM named WHERE upn_index = key; DROP TABLE named"
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def compare(pupils: int) -> bool:
    """Print each search beside its unguarded twin; whether all of them keep the gate."""
    head, officer = asker("head-beckside"), asker("officer-admissions", EDUNET)
    beckside = Establishment.objects.get(urn=BECKSIDE).pk
    print(f"{pupils:,} pupils at {ESTABLISHMENTS} more establishments. Milliseconds, median of {ROUNDS}.")
    print(f"{'search':20}{'who':10}{'found':>7}{'unguarded':>11}{'guarded':>9}{'':>8}{'whole door':>12}")
    kept = True
    for title, (typed, condition) in SEARCHES.items():
        for name, who, where in (
            ("officer", officer, condition),
            ("head", head, f"{condition} AND establishment_id = {beckside}"),
        ):
            search = Search(*typed)
            with as_owner():
                bare = median_of(lambda where=where: unguarded(where))
            with transaction.atomic():
                Holdings.announced(who)
                guarded = median_of(lambda search=search: ask(search))
            whole = median_of(lambda who=who, search=search: find_children(who, search=search))
            found = find_children(who, search=search).page.total
            kept = kept and guarded <= max(bare * GATE, AT_LEAST)
            print(
                f"{title:20}{name:10}{found:7}{bare:11.2f}{guarded:9.2f}{guarded / bare:7.2f}x{whole:12.2f}", flush=True
            )
    return kept


def ask(search: Search) -> None:
    """The database's part of the guarded search: the numbers, and the rows under their policies."""
    numbers, _ = find._numbers(search, 1)
    with connection.cursor() as cursor:
        cursor.execute(FIFTY.format("id IN (SELECT unnest(%s::uuid[]))"), [numbers])
        cursor.fetchall()


def unguarded(condition: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(condition))
        cursor.execute(FIFTY.format(condition))
        cursor.fetchall()


def median_of(run: Callable[[], object]) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 104_412))
