"""Which children nobody has on roll, in SQL for migrations 0010, 0128, 0158, 0196 and 0198 (R9)."""

from sharing.sql.overrides import within

AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"

# Compulsory school age: from the first 1 January, 1 April or 1 September after the fifth birthday to the last Friday in
# June of the school year in which the child is sixteen. The last establishment is that of all records of the child.
MISSING = f"""
CREATE FUNCTION sharing_of_school_age(born date, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT day >= (SELECT min(term) FROM unnest(ARRAY[
               make_date(fifth.year, 4, 1), make_date(fifth.year, 9, 1), make_date(fifth.year + 1, 1, 1)]) AS term
               WHERE term > fifth.birthday)
       AND day <= (SELECT june - ((extract(isodow FROM june)::int + 2) % 7) FROM (
               SELECT make_date(extract(year FROM born + interval '16 years')::int
                   + (extract(month FROM born) >= 9)::int, 6, 30)) AS last (june))
    FROM (SELECT (born + interval '5 years')::date, extract(year FROM born + interval '5 years')::int)
        AS fifth (birthday, year)
$$;
CREATE FUNCTION sharing_missing_children() RETURNS TABLE (id uuid,
    forename varchar, surname varchar, born_on date, sex varchar, year_group varchar, establishment_id bigint,
    last_day date, leaving_reason varchar, destination varchar)
LANGUAGE plpgsql STABLE {AS_OWNER} AS $$
#variable_conflict use_column
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' THEN RETURN; END IF;
    RETURN QUERY WITH stay AS MATERIALIZED (
        SELECT enrolment.pupil_id AS id, coalesce(merged.same_as_id, pupil.child_id) AS child,
               coalesce(enrolment.ends_on, 'infinity') AS ends_on, enrolment.id AS enrolment
        FROM sharing_enrolment AS enrolment
        JOIN sharing_pupil AS pupil ON pupil.id = enrolment.pupil_id
        LEFT JOIN sharing_child AS merged ON merged.id = pupil.child_id AND merged.same_as_id IS NOT NULL
        WHERE enrolment.cancelled_at IS NULL AND enrolment.starts_on <= CURRENT_DATE + 10),
    gone AS (SELECT child, max(ends_on) AS ends_on FROM stay GROUP BY child HAVING max(ends_on) < CURRENT_DATE),
    last AS (SELECT DISTINCT ON (child) stay.* FROM gone JOIN stay USING (child, ends_on) ORDER BY child, id),
    awaited AS (
        SELECT coalesce(child.same_as_id, child.id) AS child FROM sharing_child AS child
        JOIN (SELECT pupil.child_id FROM sharing_transfer AS transfer
                JOIN sharing_pupil AS pupil ON pupil.id = coalesce(transfer.leaving_id, transfer.pupil_id)
                WHERE sharing_is_on_the_way(transfer)
              UNION SELECT known.id FROM sharing_transfer AS transfer
                JOIN sharing_child AS known ON known.upn_index = transfer.upn_index
                WHERE sharing_is_on_the_way(transfer)) AS going ON going.child_id = child.id)
    SELECT pupil.id, pupil.forename, pupil.surname, pupil.born_on, pupil.sex, pupil.year_group, pupil.establishment_id,
           enrolment.ends_on, enrolment.leaving_reason, enrolment.destination
    FROM last JOIN sharing_pupil AS pupil ON pupil.id = last.id
    JOIN sharing_enrolment AS enrolment ON enrolment.id = last.enrolment
    WHERE pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))
      AND sharing_of_school_age(pupil.born_on, CURRENT_DATE)
      AND NOT EXISTS (SELECT FROM awaited WHERE awaited.child = last.child)
    ORDER BY enrolment.ends_on DESC, pupil.surname, pupil.forename, pupil.id;
END $$;
"""

# For migration 0128. Of school age by two comparisons of the date of birth, which PostgreSQL writes into the question:
# from the term after the fifth birthday, so born five years before the latest term began; until the last Friday of June
# of the school year of the sixteenth, so born since the September that begins the oldest year which has not ended.
OF_SCHOOL_AGE = """
CREATE OR REPLACE FUNCTION sharing_of_school_age(born date, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT born < make_date(extract(year FROM day)::int - 5,
                            CASE WHEN day >= make_date(extract(year FROM day)::int, 9, 1) THEN 9
                                 WHEN day >= make_date(extract(year FROM day)::int, 4, 1) THEN 4 ELSE 1 END, 1)
       AND born >= make_date(extract(year FROM day)::int - 17 + (
               day > make_date(extract(year FROM day)::int, 6, 30)
                     - (extract(isodow FROM make_date(extract(year FROM day)::int, 6, 30))::int + 2) % 7)::int, 9, 1)
$$;
"""
# And all of an authority's stays are joined in memory, whatever the planner expects of a function's conditions.
MISSING_SOONER = (
    OF_SCHOOL_AGE
    + "ALTER FUNCTION sharing_missing_children SET work_mem = '48MB';"
    + "ALTER FUNCTION sharing_missing_children SET enable_nestloop = off;"
)
OF_SCHOOL_AGE_BEFORE = (
    MISSING[MISSING.index("CREATE FUNCTION sharing_of_school_age") : MISSING.index("CREATE FUNCTION sharing_missing")]
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
MISSING_AS_BEFORE = (
    OF_SCHOOL_AGE_BEFORE
    + "ALTER FUNCTION sharing_missing_children RESET work_mem;"
    + "ALTER FUNCTION sharing_missing_children RESET enable_nestloop;"
)
# For migration 0158: in the order of the lists (sharing.models.plain).
_BY_LETTERS = (
    "DESC, pupil.surname, pupil.forename,",
    "DESC, sharing_plain(pupil.surname), sharing_plain(pupil.forename),",
)
MISSING_IN_ORDER_OF_NAMES = within("sharing_missing_children", _BY_LETTERS)
MISSING_IN_ORDER_AS_BEFORE = within("sharing_missing_children", _BY_LETTERS[::-1])

# For migration 0196. All that is told of a child is carried along, so neither pupils nor stays are read a second time.
_STAYS = (
    """SELECT enrolment.pupil_id AS id, coalesce(merged.same_as_id, pupil.child_id) AS child,
               coalesce(enrolment.ends_on, 'infinity') AS ends_on, enrolment.id AS enrolment
        FROM""",
    """SELECT coalesce(merged.same_as_id, pupil.child_id) AS child, pupil.id, pupil.forename, pupil.surname,
               pupil.born_on, pupil.sex, pupil.year_group, pupil.establishment_id,
               coalesce(enrolment.ends_on, 'infinity') AS ends_on, enrolment.leaving_reason, enrolment.destination
        FROM""",
)
_LAST_STAYS = (
    """gone AS (SELECT child, max(ends_on) AS ends_on FROM stay GROUP BY child HAVING max(ends_on) < CURRENT_DATE),
    last AS (SELECT DISTINCT ON (child) stay.* FROM gone JOIN stay USING (child, ends_on) ORDER BY child, id),""",
    """last AS (
        SELECT DISTINCT ON (child) * FROM stay AS ended WHERE ends_on < CURRENT_DATE
          AND NOT EXISTS (SELECT FROM stay WHERE stay.child = ended.child AND stay.ends_on >= CURRENT_DATE)
        ORDER BY child, ends_on DESC, id),""",
)
_TOLD_OF_THEM = (
    """enrolment.ends_on, enrolment.leaving_reason, enrolment.destination
    FROM last JOIN sharing_pupil AS pupil ON pupil.id = last.id
    JOIN sharing_enrolment AS enrolment ON enrolment.id = last.enrolment
""",
    """pupil.ends_on, pupil.leaving_reason, pupil.destination
    FROM last AS pupil
""",
)
_AWAITED = ("awaited.child = last.child)", "awaited.child = pupil.child)")
_LATEST = ("ORDER BY enrolment.ends_on DESC", "ORDER BY pupil.ends_on DESC")
_ONE_PASS = (_STAYS, _LAST_STAYS, _TOLD_OF_THEM, _AWAITED, _LATEST)
MISSING_IN_ONE_PASS = within("sharing_missing_children", *_ONE_PASS)
MISSING_IN_THREE = within("sharing_missing_children", *[change[::-1] for change in _ONE_PASS])

# For migration 0198. The list leads to the form by which a school is told of the child, without the UPN, which the page
# does not know. Such a child has an identity apart until the number comes; who was told of is known by the name.
_GOING = "going ON going.child_id = child.id)"
_TOLD_OF = f"""{_GOING},
    told AS (
        SELECT transfer.born_on, sharing_plain(transfer.surname) AS surname,
               sharing_plain(transfer.forename) AS forename
        FROM sharing_transfer AS transfer LEFT JOIN sharing_pupil AS mine ON mine.id = transfer.pupil_id
        WHERE transfer.from_establishment_id IS NULL AND transfer.upn_index = '' AND transfer.cancelled_at IS NULL
          AND (sharing_is_on_the_way(transfer) OR mine.visible @> CURRENT_DATE))"""
_NOT_AWAITED = "AND NOT EXISTS (SELECT FROM awaited WHERE awaited.child = pupil.child)"
_NOR_TOLD_OF = f"""{_NOT_AWAITED}
      AND NOT EXISTS (SELECT FROM told WHERE told.born_on = pupil.born_on
        AND told.surname = sharing_plain(pupil.surname) AND told.forename = sharing_plain(pupil.forename))"""
_BY_NAME = ((_GOING, _TOLD_OF), (_NOT_AWAITED, _NOR_TOLD_OF))
NOT_WHO_IS_TOLD_OF = within("sharing_missing_children", *_BY_NAME)
WHO_IS_TOLD_OF_TOO = within("sharing_missing_children", *[change[::-1] for change in _BY_NAME])

# For migration 0227. Those on the way are few: they are looked up, where joins without nested loops read all children
# twice, a fifth of the whole.
_JOINED = f"""        SELECT coalesce(child.same_as_id, child.id) AS child FROM sharing_child AS child
        JOIN (SELECT pupil.child_id FROM sharing_transfer AS transfer
                JOIN sharing_pupil AS pupil ON pupil.id = coalesce(transfer.leaving_id, transfer.pupil_id)
                WHERE sharing_is_on_the_way(transfer)
              UNION SELECT known.id FROM sharing_transfer AS transfer
                JOIN sharing_child AS known ON known.upn_index = transfer.upn_index
                WHERE sharing_is_on_the_way(transfer)) AS {_GOING}"""
_LOOKED_UP = """        SELECT coalesce(child.same_as_id, child.id) AS child FROM sharing_child AS child
        WHERE child.id = ANY (ARRAY(
            SELECT pupil.child_id FROM sharing_pupil AS pupil WHERE pupil.id = ANY (ARRAY(
                SELECT coalesce(transfer.leaving_id, transfer.pupil_id) FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer)))
            UNION SELECT known.id FROM sharing_child AS known WHERE known.upn_index = ANY (ARRAY(
                SELECT transfer.upn_index FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer))))))"""
AWAITED_LOOKED_UP = within("sharing_missing_children", (_JOINED, _LOOKED_UP))
AWAITED_JOINED = within("sharing_missing_children", (_LOOKED_UP, _JOINED))
