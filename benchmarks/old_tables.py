"""What else an old store holds, made by PostgreSQL itself: people who have left, and matters long settled.

It makes `years` of it, as much as an authority of two hundred establishments leaves. Triggers and foreign keys are off
meanwhile. Encrypted columns stay empty where they may, so lists can be opened, but not every record.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from django.db import connection
from django.utils import timezone

from access_register import grants
from tests.people import as_batch

_PLACE = """
(SELECT row_number() OVER (ORDER BY urn = {urn} DESC, urn) - 1 AS n, id, urn, count(*) OVER () AS places
   FROM sharing_establishment WHERE kind <> '') AS place
"""
# One row in twenty is about the place that is looked at; the others go round all the places in turn.
_AT_PLACE = "ON place.n = CASE WHEN one.n % 20 = 0 THEN 0 ELSE one.n % place.places END"
_DAY = "(CURRENT_DATE - 1 - (one.n * 365.0 * {years} / {rows})::int)"
_FIRST = 5_000_000  # where the numbers of the people and releases added here begin


def _rows(of_a_year: int) -> str:
    """This many a year, each with its place and a day of the years until yesterday."""
    rows = f"({of_a_year} * {{years}})"
    day = _DAY.replace("{rows}", rows)
    return f"""
FROM (SELECT one.n, {day} AS day, place.id AS place, place.urn
        FROM generate_series(1, {rows}) AS one (n) JOIN {_PLACE} {_AT_PLACE}) AS row"""


STEPS = {
    "people who have left": f"""
INSERT INTO access_register_person (id, password, is_superuser, email, name, is_active, joined_at, last_login)
SELECT {_FIRST} + n, '!', false, n || '@left.example', 'Person ' || n, true, day - 700, day {_rows(800)}""",
    "lines that ended": f"""
INSERT INTO access_register_registerline (id, level, role, basis, basis_words, starts_on, ends_on, given_by_name,
    given_at, level_since, withdrawn_by_name, withdrawn_because, establishment_id, person_id, reviews_missed,
    suspended_because, suspended_by_name, version, withheld, year_groups)
SELECT {_FIRST} + n, 2, 'teacher', 'teaches', '', day - 700, day, 'The head', day - 700, day - 700, '', '', place,
       {_FIRST} + n, 0, '', '', 3, '{{{{}}}}', '{{{{}}}}' {_rows(800)}""",
    "their history": f"""
INSERT INTO access_register_lineevent (at, what, words, by_name, before, after, establishment_id, line_id)
SELECT line.ends_on - what.n * 100, what.name, 'The head confirmed this line.', 'The head', '{{{{}}}}',
       jsonb_build_object('ends_on', line.ends_on, 'level', 2), line.establishment_id, line.id
FROM access_register_registerline AS line,
     (VALUES (0, 'past'), (1, 'confirmed'), (2, 'confirmed'), (3, 'confirmed'), (4, 'confirmed'), (5, 'confirmed'),
             (6, 'given')) AS what (n, name) WHERE line.id > {_FIRST}""",
    "appointments that ended": f"""
INSERT INTO access_register_officerappointment (id, team, starts_on, ends_on, recorded_by_name, person_id,
    awaits_second)
SELECT {_FIRST} + n, 'Left', day - 700, day, 'The office', {_FIRST} + n, false {_rows(12)}""",
    "duties that ended": f"""
INSERT INTO access_register_duty (data, whole_community, reason, starts_on, ends_on, recorded_by_name, recorded_at,
    appointment_id)
SELECT 'view_pupils', true, 'As it was', day - 360, day, 'The office', day - 360, {_FIRST} + 1 + n % (12 * {{years}})
{_rows(60)}""",
    "emails of reviews": f"""
INSERT INTO access_register_reviewnotice (kind, due_on, days_before, about, written_at, sent_at, establishment_id,
    person_id)
SELECT 'review_reminder', day, 14, '{{{{}}}}', day, day, place, {_FIRST} + 1 + n % (800 * {{years}}) {_rows(4000)}""",
    "downloads": f"""
INSERT INTO sharing_download (kind, form, purpose, by_person_id, by_name, through, asked_at, dispose_by, state, rows,
    made_at, collected_at, disposed_at, disposed_how, establishment_id)
SELECT 'pupils', 'csv', 'analysis', {_FIRST} + 1 + n % (800 * {{years}}), 'Person', 'schools_online', day, day + 90,
       'collected', 30, day, day, day + 1, 'deleted', place {_rows(8000)}""",
    "files brought in": f"""
INSERT INTO sharing_import (kind, file_hash, at, by, as_of, report, establishment_id, by_person_id, file_size,
    finished_at, state)
SELECT 'census', md5(n::text), day, 'Person', day, '{{{{}}}}', CASE WHEN n % 10 > 0 THEN place END, {_FIRST} + 1, 90000,
       day, 'applied' {_rows(2500)}""",
    "transfers": f"""
INSERT INTO sharing_transfer (agreed_on, expected_on, lapses_on, establishment_id, pupil_id, from_name, forename,
    surname, year_group, arrived_on, asserted_at, lapse_noted_on)
SELECT day, day, day + 30, pupil.establishment_id, pupil.id, 'A school outside', 'Child', 'Left', '5', day, day,
       CASE WHEN n % 10 = 0 THEN day + 30 END
{_rows(5000)} JOIN LATERAL (
    SELECT id, establishment_id FROM sharing_pupil WHERE id > md5(row.n::text)::uuid ORDER BY id LIMIT 1
) AS pupil ON true""",
    "challenges": f"""
INSERT INTO sharing_challenge (id, about, fact, raised_by_id, raised_by_name, raised_at, due_on, assigned_to, state,
    outcome, answered_by_name, answered_at, establishment_id)
SELECT {_FIRST} + n, 'figure', 'absence', {_FIRST} + 1, 'Person', day, day + 20, 'school', 'answered', 'corrected',
       'Person', day + 3, place {_rows(1500)}""",
    "unusual patterns": f"""
INSERT INTO sharing_unusualpattern (kind, person_id, person_name, through, of_head, day, number, at_most, usual,
    raised_at, state, settled_by_id, settled_by_name, settled_at, establishment_id)
SELECT 'many', {_FIRST} + n, 'Person', 'schools_online', false, day, 90, 60, 10, day, 'explained', 1, 'The head',
       day + 2, place {_rows(2000)}""",
    "broken glasses": f"""
INSERT INTO sharing_opening (person_id, person_name, because, head_barred, before, starts_at, ends_at, manager_mark,
    head_mark, establishment_id, pupil_id)
SELECT {_FIRST} + 1 + n % (800 * {{years}}), 'Person', 'harm', false, 0, day, day + interval '1 day', 'explained',
       'explained', place, (SELECT id FROM sharing_pupil LIMIT 1) {_rows(300)}""",
    "notes for visits": f"""
INSERT INTO sharing_visitnote (author_id, author_name, for_head, written_at, establishment_id)
SELECT {_FIRST} + 1, 'Person', false, day, place {_rows(2000)}""",
    "reports of figures": f"""
INSERT INTO sharing_report (kind, fingerprint, shares, releases, state, asked_at, made_at, size, sealed,
    establishment_id)
SELECT 'standard', md5(n::text), false, '{{{{}}}}', 'made', day, day, 20000, decode(repeat(md5(n::text), 600), 'hex'),
       place {_rows(600)}""",
    "sign-ins of a year": """
INSERT INTO axes_accesslog (user_agent, username, http_accept, path_info, attempt_time, session_hash)
SELECT 'A browser', n % 400 || '@school.example', '*/*', '/sign-in/', now() - n * interval '1 year' / 76000, ''
FROM generate_series(1, 76000) AS n""",
    "sessions that ended": """
INSERT INTO django_session (session_key, session_data, expire_date)
SELECT md5(n::text), repeat('x', 500), now() - n * interval '1 day' / 2000 FROM generate_series(1, 2000) AS n;
INSERT INTO access_register_personsession (through, session_key, device, began_at, person_id)
SELECT 'schools_online', md5(n::text), 'Firefox', now() - n * interval '1 day' / 2000, (
    SELECT min(id) FROM access_register_person) FROM generate_series(1, 2000) AS n""",
    "changes to pupils": """
INSERT INTO sharing_pupilchange (at, source, facts, establishment_id, pupil_id)
SELECT CURRENT_DATE - n * 120, 'School Census', ARRAY['year_group', 'postcode'], establishment_id, id
FROM sharing_pupil, generate_series(1, 3 * {years}) AS n""",
    "attendance": """
INSERT INTO sharing_attendance (as_of, academic_year, term, sessions_possible, sessions_absent, sessions_unauthorised,
    by_code, establishment_id, pupil_id)
SELECT as_of, academic_year - 3 * n, term, sessions_possible, sessions_absent, sessions_unauthorised, by_code,
       establishment_id, pupil_id
FROM sharing_attendance, generate_series(1, 1 + {years} / 4) AS n""",
    "releases that others followed": f"""
INSERT INTO sharing_release (id, academic_year, version, status, as_of, state, goes_out_at, because, prepared_at,
    prepared_by, checked_at, checked_by, scheduled_by, dataset_id)
SELECT {_FIRST} + release.id * 100 + n, academic_year - n, version, status, as_of - 365 * n, state,
       goes_out_at - n * interval '1 year', because, prepared_at - n * interval '1 year', prepared_by, checked_at,
       checked_by, scheduled_by, dataset_id
FROM sharing_release AS release, generate_series(3, 2 + {{years}}) AS n WHERE release.id < {_FIRST}
ON CONFLICT DO NOTHING;
INSERT INTO sharing_figure (area, "group", value, symbol, numerator, denominator, is_small, establishment_id,
    measure_id, release_id)
SELECT area, "group", value, symbol, numerator, denominator, is_small, establishment_id, measure_id, release.id
FROM sharing_figure AS figure JOIN sharing_release AS release
  ON release.id > {_FIRST} AND (release.id - {_FIRST}) / 100 = figure.release_id""",
}


def fill(years: int, urn: int) -> None:
    """Fill the tables. `urn`: the place that is looked at."""
    with _as_superuser() as cursor:
        for statements in STEPS.values():
            cursor.execute(statements.format(years=years, urn=urn))
        cursor.execute("ANALYZE")
    with as_batch():
        grants.rebuild(timezone.localdate())  # what the lines and duties opened while they were in force


@contextmanager
def _as_superuser() -> Iterator[Any]:
    """A cursor of the superuser, who alone may switch off triggers and foreign keys. It commits at the end."""
    params = connection.get_connection_params() | {"options": "-c session_replication_role=replica"}
    params.pop("cursor_factory", None)
    with closing(psycopg2.connect(**params)) as made, made, made.cursor() as cursor:
        yield cursor
