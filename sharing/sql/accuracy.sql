-- Challenges to what is recorded, and the quality of data (P9).
--
-- Each function runs as the owner, whom no policy narrows, so each checks for itself whether the asker may.

-- Writes a step to the challenge's history whenever one is taken, whoever takes it.
CREATE OR REPLACE FUNCTION sharing_tell_challenge()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sharing_challengeevent (challenge_id, establishment_id, what, at, by_name)
    VALUES (NEW.id, NEW.establishment_id, NEW.state, clock_timestamp(),
            CASE WHEN NEW.state IN ('open', 'withdrawn') THEN NEW.raised_by_name ELSE NEW.answered_by_name END);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_raised AFTER INSERT ON sharing_challenge
    FOR EACH ROW EXECUTE FUNCTION sharing_tell_challenge();
CREATE OR REPLACE TRIGGER tell_step AFTER UPDATE OF state ON sharing_challenge
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION sharing_tell_challenge();

-- Whether the asker can see today what a challenge is about: the child and that kind of data, the member of staff, or
-- something that everybody sees.
CREATE OR REPLACE FUNCTION sharing_sees_what_is_challenged(challenge sharing_challenge)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE challenge.about
        WHEN 'pupil' THEN challenge.establishment_id IN (SELECT portal_establishments('view_pupils'))
            AND (challenge.withheld_as = ''
                 OR challenge.establishment_id IN (SELECT portal_showing(challenge.withheld_as)))
            AND EXISTS (
                SELECT FROM sharing_pupil AS pupil
                WHERE pupil.id = challenge.pupil_id AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
                  AND pupil.visible @> CURRENT_DATE
                  AND (pupil.establishment_id NOT IN (SELECT portal_narrowed())
                       OR pupil.establishment_id || ':' || pupil.year_group IN (SELECT portal_years())))
        WHEN 'staff' THEN challenge.establishment_id IN (SELECT portal_establishments('view_staff'))
        ELSE true END
$$;

-- Settles a challenge, for somebody who keeps the establishment's records and can see the record in question today. The
-- school settles what is assigned to it, the data team settles all. Returns whether there was something to settle.
CREATE OR REPLACE FUNCTION sharing_settle_challenge(wanted bigint, step text, result text, sealed bytea, name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = step, outcome = result, answer = sealed, answered_by_name = name,
        answered_at = CASE WHEN step = 'answered' THEN clock_timestamp() END,
        assigned_to = CASE WHEN step = 'passed_on' THEN 'data_team' ELSE assigned_to END
    WHERE id = wanted AND state NOT IN ('answered', 'withdrawn')
      AND (step = 'answered' OR (step = 'passed_on' AND assigned_to = 'school' AND result = '' AND sealed IS NULL))
      AND (assigned_to = 'school' OR portal_context(2) = 'edunet')
      AND establishment_id IN (SELECT portal_establishments('keep_records'))
      AND sharing_sees_what_is_challenged(challenge);
    RETURN FOUND;
END
$$;

-- Withdraws a challenge, for the person who raised it, while it is waiting and they can see the record in question
-- today.
CREATE OR REPLACE FUNCTION sharing_take_back_challenge(wanted bigint, sealed bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = 'withdrawn', withdrawn_because = sealed, answered_at = clock_timestamp()
    WHERE id = wanted AND state IN ('open', 'passed_on') AND raised_by_id = portal_asker()
      AND establishment_id IN (SELECT portal_establishments('view_establishment'))
      AND sharing_sees_what_is_challenged(challenge);
    RETURN FOUND;
END
$$;

-- How many challenges are waiting about children who have left. Nobody there can read them any more (R5), but it is
-- known that they are waiting.
CREATE OR REPLACE FUNCTION sharing_challenges_of_leavers(place bigint)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM sharing_challenge AS challenge JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
    WHERE challenge.establishment_id = place AND place IN (SELECT portal_establishments('keep_records'))
      AND state NOT IN ('answered', 'withdrawn') AND NOT visible @> CURRENT_DATE
$$;

-- Which of the asker's own pupils may also be on roll elsewhere, with each school calling itself the only one. It says
-- nothing about the other school.
--
-- A child is found by its own identity, and by one that was joined to it, each through its index. If the search were by
-- name and date of birth, a school could make up a record and so find out whether there is such a child anywhere (R5).
-- The data team finds those pairs (sharing.children).
CREATE OR REPLACE FUNCTION sharing_registered_elsewhere(place bigint)
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH own AS (
        SELECT pupil.id, coalesce(child.same_as_id, child.id) AS child, surname, forename, born_on, sex
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE pupil.establishment_id = place AND place IN (SELECT portal_establishments('view_pupils'))
          AND visible @> CURRENT_DATE
          AND EXISTS (
              SELECT FROM sharing_enrolment AS enrolment
              WHERE enrolment.pupil_id = pupil.id AND kind = 'C' AND cancelled_at IS NULL
                AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))),
    other AS (
        SELECT own.id, pupil.id AS pupil_id
        FROM own
        JOIN sharing_pupil AS pupil
          ON pupil.child_id = own.child AND pupil.establishment_id <> place
         AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
        UNION
        SELECT own.id, pupil.id
        FROM own
        JOIN sharing_child AS child ON child.same_as_id = own.child
        JOIN sharing_pupil AS pupil
          ON pupil.child_id = child.id AND pupil.establishment_id <> place
         AND pupil.id <> ALL (ARRAY(SELECT portal_closed())))
    SELECT DISTINCT other.id
    FROM other JOIN sharing_enrolment AS enrolment ON enrolment.pupil_id = other.pupil_id
    WHERE kind = 'C' AND cancelled_at IS NULL AND starts_on <= CURRENT_DATE
      AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;

-- Whether there are records as of each of the days asked about, at the establishments whose records the asker keeps. By
-- these days what came in a file of the whole authority is recognised.
--
-- For each day and establishment one row is looked up, by an index on both: nearly all the pupils of an authority are
-- as of the same day. A record that came with one child (an accepted transfer, Admissions, a transfer file) is left
-- out. Its day may be that of somebody else's return, so it says nothing about the school's own.
CREATE OR REPLACE FUNCTION sharing_record_days(place bigint, census date[], workforce date[])
RETURNS TABLE(establishment_id bigint, kind text, as_of date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (SELECT held FROM portal_establishments('keep_records') AS held WHERE place IS NULL OR held = place)
    SELECT held, 'census', day FROM kept CROSS JOIN unnest(census) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_pupil AS pupil
        WHERE sharing_record_day(pupil.establishment_id, pupil.as_of) = sharing_record_day(held, day)
          AND NOT pupil.source ^@ ANY (ARRAY['Record of ', 'Admissions', 'CTF from ']) LIMIT 1) AS record
    UNION ALL
    SELECT held, 'workforce', day FROM kept CROSS JOIN unnest(workforce) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_staffmember AS member
        WHERE member.establishment_id = held AND member.as_of = day LIMIT 1) AS record
$$;

GRANT EXECUTE ON FUNCTION sharing_settle_challenge, sharing_take_back_challenge, sharing_challenges_of_leavers,
    sharing_registered_elsewhere, sharing_record_days TO portal_app;
