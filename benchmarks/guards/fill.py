"""Pupils, people and permissions of an England of any size, made by PostgreSQL itself: one statement for each table.

Every establishment has 375 pupils, so that one list is the same length at every size. Its head and its office hold five
permissions, its twenty teachers two. Every twelve schools in a row have a trust's leader; every 160 are an authority,
whose ten officers hold two permissions under a duty. For django-guardian the same people are in groups, of an
establishment and of an authority, that hold `view_pupil` on each pupil, as its manual says.

Triggers, foreign keys and indexes are off meanwhile; the indexes are built at the end. Names are drawn as in the
demonstration. Encrypted columns hold bytes of the right length that nobody can decrypt, so a list can be opened but a
pupil's page cannot.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

from benchmarks.guards import cluster
from sharing.demo.names import somebody

PUPILS_EACH = 375
TRUST, AUTHORITY, OFFICERS, TEACHERS = 12, 160, 10, 20
NAMES = 50_000
FIRST_ESTABLISHMENT, FIRST_URN = 100_000, 200_000
LEADERS, OFFICIALS, STAFF = 10_000_000, 20_000_000, 30_000_000  # where the numbers of people begin
STAFF_GROUPS, OFFICER_GROUPS, EVERYBODY = 1_000_000, 2_000_000, 3_000_000

LARGE = (
    "sharing_child",
    "sharing_pupil",
    "sharing_enrolment",
    "sharing_establishmentpermission",
    "guardian_groupobjectpermission",
    "access_register_person",
    "access_register_person_groups",
    "access_register_registerline",
)
_PERMISSION = "(SELECT id FROM auth_permission WHERE codename = '{}')"
_PERSON = """
INSERT INTO access_register_person (id, password, is_superuser, email, name, is_active, joined_at,
    protocol_accepted_until)
SELECT id, '!', false, id || '@england.example', 'Person ' || id, true, now(), CURRENT_DATE + 364 FROM ({}) AS them (id)
"""
_GRANT = """
INSERT INTO sharing_establishmentpermission (user_id, permission_id, establishment_id, through, starts_on, source,
    reason)
SELECT who, permission.id, place, '{site}', '2024-09-01', '{kind}:' || who, '{reason}'
FROM ({rows}) AS held (who, place), auth_permission AS permission WHERE permission.codename = ANY (ARRAY{codenames})
"""
_LEVEL_1 = ["view_establishment", "view_pupils", "view_staff", "manage_register", "keep_records"]
_LEVEL_2 = ["view_establishment", "view_pupils"]
_PLACES = "generate_series(1, {places}) AS n"
_ROWS = {
    "heads": f"SELECT {STAFF} + n * 100 + k, {FIRST_ESTABLISHMENT} + n FROM {_PLACES}, generate_series(1, 2) AS k",
    "teachers": f"SELECT {STAFF} + n * 100 + k, {FIRST_ESTABLISHMENT} + n "
    f"FROM {_PLACES}, generate_series(3, {TEACHERS} + 2) AS k",
    "leaders": f"SELECT {LEADERS} + (n - 1) / {TRUST}, {FIRST_ESTABLISHMENT} + n FROM {_PLACES}",
    "officers": f"SELECT {OFFICIALS} + (n - 1) / {AUTHORITY} * 100 + k, {FIRST_ESTABLISHMENT} + n "
    f"FROM {_PLACES}, generate_series(1, {OFFICERS}) AS k",
}


def _people(kind: str) -> str:
    return f"SELECT DISTINCT who FROM ({_ROWS[kind]}) AS held (who, place)"


def _grant(kind: str, site: str, source: str, reason: str, codenames: list[str]) -> str:
    return _GRANT.format(site=site, kind=source, reason=reason, rows=_ROWS[kind], codenames=codenames)


_PUPIL_OF_GROUP = """
INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id, permission_id)
SELECT md5('pupil' || n)::uuid::text, permission.content_type_id, {group}, permission.id
FROM generate_series(1, {pupils}) AS n, auth_permission AS permission WHERE codename = 'view_pupil' ORDER BY n
"""
STEPS = {
    "establishments": f"""
INSERT INTO sharing_establishment (id, urn, la_code, name, kind, type_name, phase_code, phase_name, status_name,
    gender_name, number_of_pupils, street, address3, locality_line, town, postcode, telephone, website, head_title,
    head_job_title, lsoa_code, ward_code, ukprn, trust_name, religious_character, source, as_of)
SELECT {FIRST_ESTABLISHMENT} + n, {FIRST_URN} + n, 380, md5('school' || n) || ' Primary School', 'primary',
    'Community school', 2, 'Primary', 'Open', 'Mixed', {PUPILS_EACH}, n || ' High Street', '', '', 'Bradford',
    'BD1 1AA', '', '', '', '', '', '', '', '', '', 'Benchmark', CURRENT_DATE FROM {_PLACES};
INSERT INTO sharing_participation (establishment_id, starts_on, ended_because)
SELECT {FIRST_ESTABLISHMENT} + n, '2022-09-01', '' FROM {_PLACES}
""",
    "people": ";".join(_PERSON.format(_people(kind)) for kind in _ROWS),
    "appointments and duties": f"""
INSERT INTO access_register_officerappointment (person_id, team, starts_on, recorded_by_name)
SELECT who, 'Benchmark', '2023-09-01', 'Benchmark' FROM ({_people("officers")}) AS officers;
INSERT INTO access_register_duty (appointment_id, data, whole_community, reason, starts_on, ends_on, recorded_by_name,
    recorded_at)
SELECT id, 'view_pupils', false, 'Benchmark', CURRENT_DATE - 1, CURRENT_DATE + 300, 'Benchmark', now()
FROM access_register_officerappointment WHERE team = 'Benchmark';
INSERT INTO access_register_duty_establishments (duty_id, establishment_id)
SELECT duty.id, held.place FROM ({_ROWS["officers"]}) AS held (who, place)
JOIN access_register_officerappointment AS appointment ON appointment.person_id = held.who
JOIN access_register_duty AS duty ON duty.appointment_id = appointment.id
""",
    "permissions": ";".join(
        [
            _grant("heads", "schools_online", "line", "Level 1 here since 1 September 2024", _LEVEL_1),
            _grant("leaders", "schools_online", "line", "Level 1 here since 1 September 2024", _LEVEL_1),
            _grant("teachers", "schools_online", "line", "Level 2 here since 1 September 2024", _LEVEL_2),
            _grant("officers", "edunet", "duty", "Recorded duty: support visits to the schools there", _LEVEL_2),
        ]
    ),
    "children": """
INSERT INTO sharing_child (id, upn_index)
SELECT md5('child' || n)::uuid, encode(sha256(('upn' || n)::bytea), 'hex') FROM generate_series(1, {pupils}) AS n
""",
    "pupils": f"""
INSERT INTO sharing_pupil (id, establishment_id, child_id, upn, upn_index, surname, forename, middle_names,
    preferred_surname, born_on, sex, ethnicity, language, year_group, class_name, free_school_meals, service_child,
    part_time, boarder, visible, source, as_of)
SELECT md5('pupil' || n)::uuid, {FIRST_ESTABLISHMENT} + 1 + (n - 1) / {PUPILS_EACH}, md5('child' || n)::uuid,
    substr(sha256(('upn' || n)::bytea) || sha256(('key' || n)::bytea), 1, 58),
    encode(sha256(('upn' || n)::bytea), 'hex'), surname, forename, middle, '', DATE '2015-09-01' + (n % 2555)::int,
    sex, ethnicity, language, (1 + n % 6)::text, 1 + n % 6 || 'A', n % 5 = 0, 'N', false, 'N',
    datemultirange(daterange('2021-09-01', NULL)), 'School Census of autumn 2026', CURRENT_DATE
FROM generate_series(1, {{pupils}}) AS n
JOIN england_names ON number = abs(hashtext(n::text)::bigint) % {NAMES} ORDER BY n
""",
    "enrolments": f"""
INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on)
SELECT md5('pupil' || n)::uuid, {FIRST_ESTABLISHMENT} + 1 + (n - 1) / {PUPILS_EACH}, 'C', '2021-09-01'
FROM generate_series(1, {{pupils}}) AS n
""",
    "groups": f"""
INSERT INTO auth_group (id, name) SELECT {STAFF_GROUPS} + n, 'Staff of ' || n FROM {_PLACES};
INSERT INTO auth_group (id, name)
SELECT {OFFICER_GROUPS} + n, 'Officers of ' || n FROM generate_series(0, ({{places}} - 1) / {AUTHORITY}) AS n;
INSERT INTO auth_group (id, name) VALUES ({EVERYBODY}, 'Everybody');
INSERT INTO access_register_person_groups (person_id, group_id)
SELECT who, {STAFF_GROUPS} + place - {FIRST_ESTABLISHMENT} FROM (
    {_ROWS["heads"]} UNION ALL {_ROWS["teachers"]} UNION ALL {_ROWS["leaders"]}) AS held (who, place);
INSERT INTO access_register_person_groups (person_id, group_id)
SELECT DISTINCT who, {OFFICER_GROUPS} + (who - {OFFICIALS}) / 100 FROM ({_ROWS["officers"]}) AS held (who, place);
INSERT INTO access_register_person_groups (person_id, group_id)
SELECT id, {EVERYBODY} FROM access_register_person WHERE id >= {LEADERS}
""",
    "django-guardian: establishments": f"""
INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id, permission_id)
SELECT {FIRST_ESTABLISHMENT} + n, permission.content_type_id, {EVERYBODY}, permission.id
FROM {_PLACES}, auth_permission AS permission WHERE codename = 'view_establishment'
""",
    "django-guardian: pupils for staff": _PUPIL_OF_GROUP.replace(
        "{group}", f"{STAFF_GROUPS} + 1 + (n - 1) / {PUPILS_EACH}"
    ),
    "django-guardian: pupils for officers": _PUPIL_OF_GROUP.replace(
        "{group}", f"{OFFICER_GROUPS} + (n - 1) / {PUPILS_EACH * AUTHORITY}"
    ),
}


def fill(pupils: int) -> None:
    """Make the database of this size from scratch. Prints how long each step took."""
    name = cluster.name_of(pupils)
    places = pupils // PUPILS_EACH
    cluster.make_empty()
    with cluster.login() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {cluster.EMPTY} STRATEGY file_copy")
    with cluster.login(name) as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        _as_nice_as_we_are(cursor)
        _bring_names(cursor)
        with _indexes_at_rest(cursor):
            for step, statement in STEPS.items():
                with _timed(step):
                    cursor.execute(statement.replace("{pupils}", str(places * PUPILS_EACH)).format(places=places))
        cursor.execute("DROP TABLE england_names")
        with _timed("VACUUM ANALYZE"):
            cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"COMMENT ON DATABASE {name} IS 'filled'")
        cursor.execute("CHECKPOINT")


def _as_nice_as_we_are(cursor: Any) -> None:
    """If we run under `nice`, make the server's process do so too, and use no helpers, which would not."""
    if os.nice(0) > 0:
        cursor.execute("SET max_parallel_maintenance_workers = 0; SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, cursor.fetchone()[0], os.nice(0))


def _bring_names(cursor: Any) -> None:
    chance = random.Random(2012)
    children = [somebody(chance) for _ in range(NAMES)]
    rows = "".join(
        f"{n}\t{child.surname}\t{child.forename}\t{child.middle_names}\t{child.sex}\t{child.ethnicity}\t{child.language}\n"
        for n, child in enumerate(children)
    )
    cursor.execute(
        "CREATE UNLOGGED TABLE england_names (number int, surname text, forename text, middle text, sex text, "
        "ethnicity text, language text)"
    )
    cursor.copy_expert("COPY england_names FROM STDIN", StringIO(rows))
    cursor.execute("ANALYZE england_names")


@contextmanager
def _indexes_at_rest(cursor: Any) -> Iterator[None]:
    """Write the large tables without their indexes, and build those afterwards, one after the other."""
    tables = [f"'{table}'::regclass" for table in LARGE]
    cursor.execute(
        f"UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid IN ({', '.join(tables)})"
    )
    yield
    for table in LARGE:
        with _timed(f"indexes of {table}"):
            cursor.execute(f"REINDEX TABLE {table}")


@contextmanager
def _timed(step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"  {step:44} {time.perf_counter() - began:7.1f} s", flush=True)
