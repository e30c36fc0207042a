"""All the pairs, and how long they take: `python -m tests.replicas [PAIRS]` (10,000)."""

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connections  # noqa: E402 - needs the settings

from tests import databases  # noqa: E402
from tests.replicas.clusters import machines  # noqa: E402
from tests.replicas.pairs import Notes, many_pairs, portal_on, rows_a_second  # noqa: E402

NOTES, HOURS = 4, 3600.0


def main(pairs: int) -> int:
    databases.make_template()
    connections.close_all()
    begun = time.monotonic()
    with machines(safe=True) as all_of_them:
        print(f"There after {time.monotonic() - begun:.0f} s. Commits wait for {all_of_them.waited_for()}.")
        with portal_on(all_of_them, databases.TEMPLATE):
            found = many_pairs(Notes(NOTES), pairs=pairs, seconds=HOURS)
            for waiting_for in ("local", "remote_apply"):
                print(f"Rows of the ledger with {waiting_for}: {rows_a_second(waiting_for):.0f}/s.")
    databases.forget_template()
    rate = found.reads / found.seconds
    print(
        f"{found.pairs} pairs, {found.reads} reads ({found.on_replicas} on replicas) in {found.seconds:.0f} s:", end=" "
    )
    print(f"{rate:.0f} reads/s. Stale: {found.stale[:5] or 'none'}. Failed: {found.failed[:5] or 'none'}.")
    return 1 if found.stale or found.failed else 0


sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
