"""What finding a child costs under both locks: `uv run python -m benchmarks.search [pupils]`.

Each search is made by a head of one establishment and by an officer of all, and beside it the same query with no
authorisation at all. Both sides do the work of the page, in one transaction each:

    unguarded   BEGIN, how many match (or if none, sound alike), COMMIT; if any do, fifty of them by name with their
                establishment and whether they are on roll, through the same QuerySet into the same records, asked by
                the owner of the tables
    guarded     door.find_children: BEGIN, who asks and what they hold, the numbers of those who match among what the
                person may see, those records under their policies, the row in the ledger, COMMIT

So a multiple contains both locks and the ledger, whose COMMIT is the only one that waits for the disk. The gate: the
guarded search takes at most twice as long as the unguarded one, for every search and for both people. `in SQL` is the
part spent in statements, on both sides. The rounds of both sides take turns.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from io import StringIO

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.pupil_list import BECKSIDE, ESTABLISHMENTS, fill
from benchmarks.timing import asking_and_committing, quickest
from sharing.authorise import Asker
from sharing.demo.names import somebody
from sharing.door import find
from sharing.door.find import Search, find_children
from sharing.models import Establishment, Pupil
from sharing.models.transfers import who_have_left
from sharing.records import PAGE_SIZE, Page
from sharing.roles import APP, OWNER
from tests import databases
from tests.people import EDUNET, as_owner, asker

ROUNDS = 60
GATE = 2.0
NAME = "sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
SOUNDS = "sharing_sounds(surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
LIKE_ZAK_KHAN, LIKE_ZAKARIA_KAHN = (f"{SOUNDS} && '{{{sound}}}' AND {SOUNDS} && '{{KN}}'" for sound in ("SK", "SKR"))
# Both sides also look for a UPN among former ones and those of merged identities.
UPN = """(upn_index = 'bench77' OR (former_upn_index <> '' AND former_upn_index = 'bench77') OR child_id = ANY (
    ARRAY(SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = 'bench77')))"""
# What is typed, and the same as unguarded conditions: a second one is asked where the first matches nobody.
SEARCHES: dict[str, tuple[Search, tuple[str, ...]]] = {
    "a whole surname": (Search("hussain"), (f"{NAME} LIKE '%hussain%'",)),
    "part of a name": (Search("wor"), (f"{NAME} LIKE '%wor%'",)),
    "two parts": (Search("zak khan"), (f"{NAME} LIKE '%khan%' AND {NAME} LIKE '%zak%'", LIKE_ZAK_KHAN)),
    "two by sound": (Search("zakaria kahn"), (f"{NAME} LIKE '%kahn%' AND {NAME} LIKE '%zakaria%'", LIKE_ZAKARIA_KAHN)),
    "two letters": (Search("wa"), (f"{NAME} LIKE '% wa%'",)),
    "nobody": (Search("bvbvbv"), (f"{NAME} LIKE '%bvbvbv%'", f"{SOUNDS} && '{{PFPFPF}}'")),
    "UPN": (Search(upn_key="bench77"), (UPN,)),
    "UPN of nobody": (Search(upn_key="bench0"), (UPN.replace("bench77", "bench0"),)),
    "date of birth": (Search(born_on=date(2015, 3, 7)), ("born_on = '2015-03-07'",)),
}


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
    """Give the pupils the names and birthdays of a city's children, by COPY."""
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
    # The state of production a minute later: the replaced rows are gone, and the index of names is in order.
    become(OWNER)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")


def compare(pupils: int) -> bool:
    """Print each search beside its unguarded twin. Returns whether all of them meet the gate."""
    head, officer = asker("head-beckside"), asker("officer-admissions", EDUNET)
    beckside = Establishment.objects.get(urn=BECKSIDE).pk
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{pupils:,} pupils at {ESTABLISHMENTS} more establishments. Load of the machine: {load}.")
    print(f"Milliseconds, quickest tenth of {ROUNDS} rounds.")
    print(f"{'search':18}{'who':9}{'found':>6}{'unguarded':>11}{'guarded':>9}{'':>8}{'in SQL:':>9}{'':>7}{'':>8}")
    kept = True
    for title, (search, conditions) in SEARCHES.items():
        for name, who, only in (("officer", officer, ""), ("head", head, f" AND establishment_id = {beckside}")):
            where = tuple(condition + only for condition in conditions)
            bare, guarded = Timed(), Timed()
            for _ in range(ROUNDS):
                become(OWNER)
                bare.run(partial(unguarded, *where))
                become(APP)
                found = guarded.run(partial(guarded_search, who, search))
            kept = kept and guarded.whole <= bare.whole * GATE
            print(
                f"{title:18}{name:9}{found:6}{bare.whole:11.2f}{guarded.whole:9.2f}{guarded.whole / bare.whole:7.2f}x"
                f"{bare.in_sql:9.2f}{guarded.in_sql:7.2f}{guarded.in_sql / bare.in_sql:7.2f}x",
                flush=True,
            )
    return kept


class Timed:
    """Milliseconds of one side's rounds: the whole, and the part spent in its statements and its COMMIT."""

    def __init__(self) -> None:
        self._whole: list[float] = []
        self._in_sql: list[float] = []

    def run(self, ask: Callable[[], int]) -> int:
        began = time.perf_counter()
        with asking_and_committing() as spent:
            found = ask()
        self._whole.append((time.perf_counter() - began) * 1000)
        self._in_sql.append(sum(spent) * 1000)
        return found

    @property
    def whole(self) -> float:
        return quickest(self._whole)

    @property
    def in_sql(self) -> float:
        return quickest(self._in_sql)


def become(role: str) -> None:
    """Change the role outside any transaction, so that neither side has one more."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


def guarded_search(who: Asker, search: Search) -> int:
    return find_children(who, search=search).page.total


def unguarded(*conditions: str) -> int:
    """The work of find_children without anything that checks who asks."""
    today, total = timezone.localdate(), 0
    with transaction.atomic():
        for condition in conditions:
            found = Pupil.objects.extra(where=[condition.replace("%", "%%")])
            total = found.count()
            if total:
                rows = found.for_a_list(today).select_related("establishment").by_name()[:PAGE_SIZE]
                left = who_have_left(rows, today)
                Page(tuple(find._found(pupil, left) for pupil in rows), 1, total)
                break
        return total


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 104_412))
