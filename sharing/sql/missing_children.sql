-- Children whom nobody has on roll (R9), for officers who can see pupils there, on EduNet.

-- Whether somebody born on this day is of compulsory school age. It begins on the first 1 January, 1 April or 1
-- September after the fifth birthday. It ends on the last Friday in June of the school year in which the child turns
-- 16.
--
-- Worked out with two comparisons of the date of birth, so that PostgreSQL can inline them. It has begun for those born
-- more than five years before the latest term began. It has not ended for those born on or after the 1 September that
-- begins the oldest year group whose last Friday in June has not passed.
CREATE OR REPLACE FUNCTION sharing_of_school_age(born date, day date)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT born < make_date(extract(year FROM day)::int - 5,
                            CASE WHEN day >= make_date(extract(year FROM day)::int, 9, 1) THEN 9
                                 WHEN day >= make_date(extract(year FROM day)::int, 4, 1) THEN 4 ELSE 1 END, 1)
       AND born >= make_date(extract(year FROM day)::int - 17 + (
               day > make_date(extract(year FROM day)::int, 6, 30)
                     - (extract(isodow FROM make_date(extract(year FROM day)::int, 6, 30))::int + 2) % 7)::int, 9, 1)
$$;

-- Children of school age whose last stay is over and whom nobody expects, each with the last of all the child's
-- records. In the order of the lists (sharing.models.plain), the latest leavers first. A child who has died (DD) is not
-- among them, whichever of two registers says so; a child who went to school again afterwards has not died.
--
-- The list leads to the form that tells a school of the child, without the UPN, which the page does not know. Such a
-- child has a separate identity until the number arrives, so children a school has been told of are recognised by name
-- and date of birth.
--
-- All of an authority's stays are joined in memory, whatever the planner expects of a function's conditions. What is
-- returned about a child is carried along, so neither pupils nor stays are read a second time. The children on the way
-- are few, so they are looked up: joins without nested loops would read all children twice, a fifth of the whole time.
CREATE OR REPLACE FUNCTION sharing_missing_children()
RETURNS TABLE(id uuid, forename character varying, surname character varying, born_on date, sex character varying,
    year_group character varying, establishment_id bigint, last_day date, leaving_reason character varying,
    destination character varying)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '48MB' SET enable_nestloop = off AS $$
#variable_conflict use_column
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' THEN RETURN; END IF;
    RETURN QUERY
    WITH stay AS MATERIALIZED (
        SELECT coalesce(merged.same_as_id, pupil.child_id) AS child, pupil.id, pupil.forename, pupil.surname,
               pupil.born_on, pupil.sex, pupil.year_group, pupil.establishment_id, enrolment.starts_on,
               coalesce(enrolment.ends_on, 'infinity') AS ends_on, enrolment.leaving_reason, enrolment.destination
        FROM sharing_enrolment AS enrolment
        JOIN sharing_pupil AS pupil ON pupil.id = enrolment.pupil_id
        LEFT JOIN sharing_child AS merged ON merged.id = pupil.child_id AND merged.same_as_id IS NOT NULL
        WHERE enrolment.cancelled_at IS NULL AND enrolment.starts_on <= CURRENT_DATE + 10),
    last AS (
        SELECT DISTINCT ON (child) * FROM stay AS ended
        WHERE ends_on < CURRENT_DATE
          AND NOT EXISTS (SELECT FROM stay WHERE stay.child = ended.child AND stay.ends_on >= CURRENT_DATE)
        ORDER BY child, ends_on DESC, id),
    awaited AS (
        SELECT coalesce(child.same_as_id, child.id) AS child FROM sharing_child AS child
        WHERE child.id = ANY (ARRAY(
            SELECT pupil.child_id FROM sharing_pupil AS pupil WHERE pupil.id = ANY (ARRAY(
                SELECT coalesce(transfer.leaving_id, transfer.pupil_id) FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer)))
            UNION
            SELECT known.id FROM sharing_child AS known WHERE known.upn_index = ANY (ARRAY(
                SELECT transfer.upn_index FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer)))))),
    told AS (
        SELECT transfer.born_on, sharing_plain(transfer.surname) AS surname,
               sharing_plain(transfer.forename) AS forename
        FROM sharing_transfer AS transfer LEFT JOIN sharing_pupil AS mine ON mine.id = transfer.pupil_id
        WHERE transfer.from_establishment_id IS NULL AND transfer.upn_index = '' AND transfer.cancelled_at IS NULL
          AND (sharing_is_on_the_way(transfer) OR mine.visible @> CURRENT_DATE))
    SELECT pupil.id, pupil.forename, pupil.surname, pupil.born_on, pupil.sex, pupil.year_group,
           pupil.establishment_id, pupil.ends_on, pupil.leaving_reason, pupil.destination
    FROM last AS pupil
    WHERE pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))
      AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND sharing_of_school_age(pupil.born_on, CURRENT_DATE)
      AND NOT EXISTS (SELECT FROM awaited WHERE awaited.child = pupil.child)
      AND NOT EXISTS (
          SELECT FROM stay
          WHERE stay.child = pupil.child AND stay.leaving_reason = 'DD' AND stay.ends_on >= pupil.starts_on)
      AND NOT EXISTS (
          SELECT FROM told
          WHERE told.born_on = pupil.born_on AND told.surname = sharing_plain(pupil.surname)
            AND told.forename = sharing_plain(pupil.forename))
    ORDER BY pupil.ends_on DESC, sharing_plain(pupil.surname), sharing_plain(pupil.forename), pupil.id;
END
$$;

GRANT EXECUTE ON FUNCTION sharing_missing_children TO portal_app;
