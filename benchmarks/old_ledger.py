"""A ledger of many years, made by PostgreSQL itself: chained as `portal_write_ledger` chains it, a part for each month.

Working days only, none in August. Of a hundred rows, about fifteen are lists of fifty children, twenty a child's page,
one a file and one a refusal; four are an officer's. One in fifty is about the place that a benchmark looks at.
"""

from datetime import date, timedelta

from django.db import connection

from sharing.ledger import ledger
from tests.people import as_batch, as_owner

AT_ONCE = 100_000
# The first part, for everything older than the months, is empty and ends where the months begin.
_BEFORE = """
ALTER TABLE sharing_ledgerentry DISABLE TRIGGER USER;
ALTER TABLE sharing_ledgerentry DETACH PARTITION sharing_ledgerentry_before;
ALTER TABLE sharing_ledgerentry_before DISABLE TRIGGER USER;
ALTER TABLE sharing_signedhead DISABLE TRIGGER USER;
TRUNCATE sharing_ledgerentry_before, sharing_signedhead;
ALTER TABLE sharing_ledgerentry_before ENABLE TRIGGER USER;
ALTER TABLE sharing_signedhead ENABLE TRIGGER USER;
ALTER TABLE sharing_ledgerentry_before DROP CONSTRAINT ledger_before_the_months;
ALTER TABLE sharing_ledgerentry ATTACH PARTITION sharing_ledgerentry_before FOR VALUES FROM (MINVALUE) TO ('{first}');
"""
_INDEXES = """
SELECT indexrelid::regclass::text, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index
WHERE indrelid = 'sharing_ledgerentry'::regclass AND NOT indisprimary ORDER BY indexrelid
"""
_WHO = """
CREATE FUNCTION age_link(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT sha256($1 || $2)';
CREATE AGGREGATE age_chain (bytea) (SFUNC = age_link, STYPE = bytea, INITCOND = '');
CREATE TABLE age_place AS
SELECT row_number() OVER (ORDER BY place.urn = {urn} DESC, place.urn) - 1 AS n, place.urn,
       array_agg(pupil.id) AS pupils,
       jsonb_build_object('pupils', to_jsonb((array_agg(pupil.id))[1:50]), 'of', count(*)) AS fifty,
       jsonb_build_object('pupils', to_jsonb((array_agg(pupil.id))[1:3])) AS three,
       ARRAY(SELECT line.person_id FROM access_register_registerline AS line
              WHERE line.establishment_id = place.id) AS people
FROM sharing_establishment AS place JOIN sharing_pupil AS pupil ON pupil.establishment_id = place.id GROUP BY place.id;
CREATE TABLE age_day AS
SELECT row_number() OVER (ORDER BY day) - 1 AS n, (day + time '07:30') AT TIME ZONE 'Europe/London' AS opens
FROM generate_series('{first}'::timestamp, CURRENT_DATE - 1, interval '1 day') AS day
WHERE extract(isodow FROM day) < 6 AND extract(month FROM day) <> 8;
ALTER TABLE age_place ADD PRIMARY KEY (n);
ALTER TABLE age_day ADD PRIMARY KEY (n);
ANALYZE age_place, age_day;
SELECT setseed(0.5);
"""
_GONE = "DROP AGGREGATE age_chain (bytea); DROP FUNCTION age_link; DROP TABLE age_place, age_day"
# (action, permission, outcome, what it is about). A row takes the first whose limit is above the row's number.
_KINDS = (
    (0.15, "list_pupils", "view_pupils", "shown", "fifty"),
    (0.35, "show_pupil", "view_pupils", "shown", "jsonb_build_object('pupils', jsonb_build_array(child))"),
    (0.55, "show_establishment", "view_establishment", "shown", "'{}'"),
    (0.80, "show_dashboard", "view_establishment", "shown", "'{}'"),
    (0.90, "my_places", "", "shown", "'{}'"),
    (0.92, "find_children", "", "shown", "three"),
    (0.95, "list_staff", "view_staff", "shown", "'{\"rows\": 50}'"),
    (0.96, "change_access", "manage_register", "changed", "jsonb_build_object('line', id)"),
    (0.97, "begin_transfer", "keep_records", "changed", "three"),
    (0.975, "print_records", "view_pupils", "shown", "three"),
    (0.98, "make_transfer_file", "keep_records", "shown", "three"),
    (0.99, "show_pupil", "view_pupils", "refused", '\'{"why": "NotAtYourLevel"}\''),
    (1.00, "apply_import", "", "changed", "'{\"rows\": 3}'"),
)


def _by_kind(column: int) -> str:
    cases = (f"WHEN what < {one[0]} THEN {one[4] if column == 4 else repr(one[column])}" for one in _KINDS)
    return f"CASE {' '.join(cases)} END"


_FILL = f"""
WITH one AS MATERIALIZED (
    SELECT n AS id, random() AS what, random() AS who, random() AS which,
           CASE WHEN random() < 0.02 THEN 0 ELSE floor(random() * (SELECT count(*) FROM age_place))::bigint
           END AS at_place,
           n * (SELECT count(*) FROM age_day) AS days
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), place AS MATERIALIZED (  -- in memory, not fetched from beside the table for each row
    SELECT n, urn, pupils || '{{}}'::uuid[] AS pupils, fifty || '{{}}' AS fifty, three, people FROM age_place
), told AS (
    SELECT one.*, place.urn AS place, fifty, three, pupils[1 + floor(which * cardinality(pupils))] AS child,
           day.opens + days %% %(rows)s * interval '10 hours' / %(rows)s AS at,
           CASE WHEN what >= 0.99 THEN NULL
                WHEN who < 0.04 THEN officers[1 + floor(which * cardinality(officers))]
                WHEN who < 0.3 THEN people[1 + floor(which * cardinality(people))]
                ELSE 1000000 + place.urn * 10 + floor(which * 10)::bigint END AS person_id
    FROM (SELECT array_agg(person_id) AS officers FROM access_register_officerappointment) AS known, one
    JOIN place ON place.n = one.at_place JOIN age_day AS day ON day.n = days / (%(rows)s + 1)
), entry AS (
    SELECT id, at, person_id, {_by_kind(1)} AS action, {_by_kind(2)} AS permission, {_by_kind(3)} AS outcome,
           ({_by_kind(4)})::jsonb AS about,
           CASE WHEN what >= 0.99 THEN '' WHEN who < 0.04 THEN 'edunet' ELSE 'schools_online' END AS through,
           CASE WHEN what NOT BETWEEN 0.80 AND 0.92 THEN place END AS urn,
           'Your access here: Level 2 here since 1 September 2025.' AS purpose
    FROM told
), named AS (
    SELECT *, coalesce('Person ' || person_id, 'the service') AS person_name FROM entry
), chained AS (
    SELECT *, age_chain(CASE WHEN id = %(first)s THEN %(before)s ELSE '' END || convert_to(jsonb_build_array(
               id, extract(epoch FROM at), person_id, person_name, through, action, permission, urn, outcome, about,
               purpose)::text, 'UTF8')) OVER (ROWS UNBOUNDED PRECEDING) AS hash
    FROM named
)
INSERT INTO sharing_ledgerentry (id, at, person_id, person_name, through, action, permission, urn, outcome, about,
    purpose, previous_hash, hash)
SELECT id, at, person_id, person_name, through, action, permission, urn, outcome, about, purpose,
       lag(hash, 1, %(before)s) OVER (), hash FROM chained
"""


def fill(rows: int, first: date, today: date, urn: int) -> None:
    """Replace what the ledger holds by rows from the first day until yesterday. `urn`: the place that is looked at."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(_BEFORE.format(first=first))
    month = first
    while month <= today:
        with as_batch():
            list(ledger.make_months(month))
        month = (month + timedelta(days=31)).replace(day=1)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(_WHO.format(first=first, urn=urn))
        before = b""
        for start in range(1, rows + 1, AT_ONCE):
            last = min(start + AT_ONCE - 1, rows)
            cursor.execute(_FILL, {"first": start, "last": last, "rows": rows, "before": before})
            cursor.execute("SELECT hash FROM sharing_ledgerentry WHERE id = %s", [last])
            before = bytes(cursor.fetchone()[0])
        cursor.execute(_GONE)
        for _, made in indexes:
            cursor.execute(made)
        cursor.execute("ALTER TABLE sharing_ledgerentry ENABLE TRIGGER USER")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE sharing_ledgerentry")
