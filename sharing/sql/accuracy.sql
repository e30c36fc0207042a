-- Challenges to what is recorded, and the quality of data (P9).
--
-- Each function runs as the owner, whom no policy narrows, so each asks by itself whether the asker may.

-- Each step of a challenge is told as it is taken, by whoever takes it.
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

-- Whether the asker sees today what a challenge is about: the child and that kind of data, the member of staff, or what
-- everybody sees.
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

-- Who keeps the records of the establishment, and sees the record in question today, settles a challenge: the school
-- what is assigned to it, the data team all. Answers whether there was something to settle.
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

-- Who raised a challenge takes it back while it waits, and sees the record in question today.
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

-- How many challenges wait whose child has left: nobody there reads them any more (R5), but that they wait is known.
CREATE OR REPLACE FUNCTION sharing_challenges_of_leavers(place bigint)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM sharing_challenge AS challenge JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
    WHERE challenge.establishment_id = place AND place IN (SELECT portal_establishments('keep_records'))
      AND state NOT IN ('answered', 'withdrawn') AND NOT visible @> CURRENT_DATE
$$;

-- Which of the asker's own pupils may be on roll elsewhere too, each as the only registration. It tells nothing of
-- the other school.
--
-- A child is found by its own identity, and by one that was joined to it, each by its index. By name and day of birth
-- a school could ask, with a record that it made up, whether there is such a child anywhere (R5). The data team finds
-- those pairs (sharing.children).
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

-- Whether there are records as of each of the days that are asked about, at the establishments whose records the
-- asker keeps: what came in a file of the whole authority is known by them.
--
-- One row is looked up for each day and establishment, by an index: of all the pupils of an authority nearly every
-- one is as of the same day. A record that came with one child (an accepted transfer, Admissions, a transfer file) is
-- of a day that somebody else's return may have had. It tells nothing of the school's own.
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
