"""What the two locks cost a list of pupils: `uv run python -m benchmarks.pupil_list [pupils]`.

Each variant counts one establishment's pupils and fetches fifty of them by name. `bare` is the query with
`WHERE establishment_id = X` and no authorisation at all; every other line is given as a multiple of it.
"""

import os
import sys
import time
from collections.abc import Callable
from statistics import median

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection, transaction

from sharing import door
from sharing.authorise import Asker, Permission, visit
from sharing.models import Establishment, Pupil
from sharing.models.pupils import PupilQuerySet
from tests import databases
from tests.people import EDUNET, as_batch, as_owner, asker, client

BECKSIDE, ROUNDS = 999002, 300
ESTABLISHMENTS = 227

FILL = """
INSERT INTO sharing_establishment (urn, la_code, name, kind, type_name, phase_name, status_name, gender_name, street,
    address3, locality_line, town, postcode, telephone, website, head_title, head_job_title, lsoa_code, ward_code,
    ukprn, trust_name, religious_character, source, as_of)
SELECT 800000 + n, 380, 'School ' || n, 'primary', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
    '', 'Benchmark', CURRENT_DATE FROM generate_series(1, %(establishments)s) AS n;
INSERT INTO sharing_child (id, upn_index) SELECT gen_random_uuid(), 'bench' || n FROM generate_series(1, %(pupils)s) n;
INSERT INTO sharing_pupil (id, establishment_id, child_id, upn_index, surname, forename, middle_names,
    preferred_surname, born_on, sex, ethnicity, language, year_group, free_school_meals, service_child,
    part_time, boarder, source, as_of)
SELECT gen_random_uuid(), e.id, c.id, c.upn_index, 'Surname' || c.n %% 9973, 'Forename' || c.n %% 97, '', '',
    '2016-01-01', 'F', '', '', '4', false, 'N', false, 'N', 'Benchmark', CURRENT_DATE
FROM (SELECT *, row_number() OVER () AS n FROM sharing_child WHERE upn_index LIKE 'bench%%') AS c
JOIN (SELECT id, row_number() OVER () - 1 AS k FROM sharing_establishment) AS e
  ON e.k = c.n %% (SELECT count(*) FROM sharing_establishment);
INSERT INTO sharing_pupilneeds (pupil_id, establishment_id, sen_provision)
SELECT id, establishment_id, 'N' FROM sharing_pupil WHERE upn_index LIKE 'bench%%';
INSERT INTO sharing_attendance (pupil_id, establishment_id, academic_year, term, sessions_possible, sessions_absent)
SELECT id, establishment_id, 2025, 1, 120, 4 FROM sharing_pupil WHERE upn_index LIKE 'bench%%';
INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on)
SELECT id, establishment_id, 'C', '2020-09-01' FROM sharing_pupil WHERE upn_index LIKE 'bench%%';
"""


def fill(pupils: int) -> None:
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(FILL, {"pupils": pupils, "establishments": ESTABLISHMENTS})
    with as_batch():
        from django.utils import timezone

        from access_register import grants

        grants.rebuild(timezone.localdate())
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fifty(pupils: PupilQuerySet) -> None:
    pupils.count()
    list(pupils.by_name().defer("upn", "former_upn", "visible")[:50])


def measure(variants: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median of interleaved rounds, in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(taken) for name, taken in times.items()}


def main(pupils: int) -> None:
    databases.make_template()
    try:
        with databases.copy(f"portal_bench_{databases.RUN}"):
            fill(pupils)
            head, officer = asker("head-beckside"), asker("officer-admissions", EDUNET)
            establishment = Establishment.objects.get(urn=BECKSIDE)

            def bare() -> None:
                fifty(Pupil.objects.filter(establishment_id=establishment.pk))

            def in_a_transaction() -> None:
                with transaction.atomic():
                    bare()

            def visited(who: Asker, filtered: bool = True) -> Callable[[], None]:
                def run() -> None:
                    with visit(who, Permission.VIEW_PUPILS, BECKSIDE, action="benchmark") as here:
                        everyone = Pupil.objects.all()
                        fifty(everyone.of(establishment.pk).visible_on(here.today) if filtered else everyone)
                        here.showed()

                return run

            with as_owner():
                without = measure({"bare": bare, "bare in a transaction": in_a_transaction})
            browser, plain_page = client("head-beckside"), "/guidance/access-levels/"
            visits = measure(
                {
                    "both locks, head": visited(head),
                    "both locks, officer of all": visited(officer),
                    "forgotten filter, head": visited(head, filtered=False),
                    "door.list_pupils, head": lambda: door.list_pupils(head, BECKSIDE),
                }
            )
            pages = measure(
                {
                    "whole page: pupils": lambda: browser.get(f"/establishments/{BECKSIDE}/pupils/"),
                    "whole page: guidance": lambda: browser.get(plain_page),
                },
                rounds=60,
            )
            with visit(head, Permission.VIEW_PUPILS, BECKSIDE, action="benchmark") as here:
                total = Pupil.objects.of(establishment.pk).count()
                here.showed()
            print(f"{pupils:,} pupils at {ESTABLISHMENTS} more establishments; Beckside has {total}.")
            for name, taken in (without | visits | pages).items():
                print(f"{name:32} {taken:7.2f} ms {taken / without['bare']:6.2f} x bare")
    finally:
        connection.close()
        databases.forget_template()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 104_412)
