"""What the database does for challenges and data quality, in SQL for migration 0010_accuracy (P9).

The functions run as the owner, so each asks by itself whether the asker may: the policies do not bind them.
"""

from sharing.sql.overrides import within

# As in migration 0002: foreign-key checks pass row-level security by.
SAME_ESTABLISHMENT = "".join(
    f"""
ALTER TABLE sharing_challenge ADD CONSTRAINT challenge_at_the_{whose}s_establishment
    FOREIGN KEY ({whose}_id, establishment_id) REFERENCES sharing_{target} (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
    for whose, target in (("pupil", "pupil"), ("member", "staffmember"))
)
NOT_THE_APPLICATIONS = """
REVOKE UPDATE, DELETE ON sharing_challenge, sharing_returnconfirmation FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON sharing_challengeevent FROM portal_app;
REVOKE ALL ON sharing_returnreminder FROM portal_app;
"""

# Each step of a challenge is told as it is taken, by whoever takes it.
HISTORY = """
CREATE FUNCTION sharing_tell_challenge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sharing_challengeevent (challenge_id, establishment_id, what, at, by_name)
    VALUES (NEW.id, NEW.establishment_id, NEW.state, clock_timestamp(),
            CASE WHEN NEW.state = 'open' THEN NEW.raised_by_name ELSE NEW.answered_by_name END);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_raised AFTER INSERT ON sharing_challenge
    FOR EACH ROW EXECUTE FUNCTION sharing_tell_challenge();
CREATE TRIGGER tell_step AFTER UPDATE OF state ON sharing_challenge
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION sharing_tell_challenge();
"""

_ITS_RECORD_IS_SEEN = """CASE about
          WHEN 'pupil' THEN establishment_id IN (SELECT portal_establishments('view_pupils'))
              AND (withheld_as = '' OR establishment_id IN (SELECT portal_showing(withheld_as)))
              AND EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = challenge.pupil_id
                  AND visible @> CURRENT_DATE
                  AND (pupil.establishment_id NOT IN (SELECT portal_narrowed())
                       OR pupil.establishment_id || ':' || year_group IN (SELECT portal_years())))
          WHEN 'staff' THEN establishment_id IN (SELECT portal_establishments('view_staff'))
          ELSE true END"""
# Who keeps the records of the establishment, and sees the record in question today, settles a challenge: the school
# what is assigned to it, the data team all. Answers whether there was something to settle.
SETTLE = f"""
CREATE FUNCTION sharing_settle_challenge(wanted bigint, step text, result text, sealed bytea, name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = step, outcome = result, answer = sealed, answered_by_name = name,
        answered_at = CASE WHEN step = 'answered' THEN clock_timestamp() END,
        assigned_to = CASE WHEN step = 'passed_on' THEN 'data_team' ELSE assigned_to END
    WHERE id = wanted AND state <> 'answered'
      AND (step = 'answered' OR (step = 'passed_on' AND assigned_to = 'school' AND result = '' AND sealed IS NULL))
      AND (assigned_to = 'school' OR portal_context(2) = 'edunet')
      AND establishment_id IN (SELECT portal_establishments('keep_records'))
      AND {_ITS_RECORD_IS_SEEN};
    RETURN FOUND;
END $$;
"""

# How many challenges wait whose child has left: nobody there reads them any more (R5), but that they wait is known.
OF_LEAVERS = """
CREATE FUNCTION sharing_challenges_of_leavers(place bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM sharing_challenge AS challenge JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
    WHERE challenge.establishment_id = place AND place IN (SELECT portal_establishments('keep_records'))
      AND state <> 'answered' AND NOT visible @> CURRENT_DATE
$$;
"""

# Children that may be on roll elsewhere too, each as the only registration: the same child, or one of the same name,
# day of birth and sex. It answers with the asker's own pupils and tells nothing of the other school.
ELSEWHERE = """
CREATE FUNCTION sharing_registered_elsewhere(place bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH own AS (
        SELECT pupil.id, coalesce(child.same_as_id, child.id) AS child, surname, forename, born_on, sex
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE pupil.establishment_id = place AND place IN (SELECT portal_establishments('view_pupils'))
          AND visible @> CURRENT_DATE
          AND EXISTS (SELECT FROM sharing_enrolment AS enrolment WHERE enrolment.pupil_id = pupil.id AND kind = 'C'
              AND cancelled_at IS NULL AND starts_on <= CURRENT_DATE
              AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))),
    other AS (
        SELECT own.id, pupil.id AS pupil_id FROM own
        JOIN sharing_child AS child ON child.id = own.child OR child.same_as_id = own.child
        JOIN sharing_pupil AS pupil ON pupil.child_id = child.id AND pupil.establishment_id <> place
        UNION
        SELECT own.id, pupil.id FROM own JOIN sharing_pupil AS pupil
            USING (surname, forename, born_on, sex) WHERE pupil.establishment_id <> place)
    SELECT DISTINCT other.id FROM other JOIN sharing_enrolment AS enrolment ON enrolment.pupil_id = other.pupil_id
    WHERE kind = 'C' AND cancelled_at IS NULL AND starts_on <= CURRENT_DATE
      AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;
"""

# The days as of which there are records, at the establishments whose records the asker keeps: what came in a file of
# the whole authority is known by them.
RECORD_DAYS = """
CREATE FUNCTION sharing_record_days(place bigint) RETURNS TABLE (establishment_id bigint, kind text, as_of date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (SELECT held FROM portal_establishments('keep_records') AS held WHERE place IS NULL OR held = place)
    SELECT DISTINCT pupil.establishment_id, 'census', pupil.as_of
    FROM kept JOIN sharing_pupil AS pupil ON pupil.establishment_id = held
    UNION ALL
    SELECT DISTINCT member.establishment_id, 'workforce', member.as_of
    FROM kept JOIN sharing_staffmember AS member ON member.establishment_id = held
$$;
"""
FUNCTIONS = (
    "sharing_settle_challenge",
    "sharing_challenges_of_leavers",
    "sharing_registered_elsewhere",
    "sharing_record_days",
)
CREATE = (
    SAME_ESTABLISHMENT
    + NOT_THE_APPLICATIONS
    + HISTORY
    + SETTLE
    + OF_LEAVERS
    + ELSEWHERE
    + RECORD_DAYS
    + f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO portal_app;"
)
DROP = f"DROP FUNCTION sharing_tell_challenge CASCADE; DROP FUNCTION {', '.join(FUNCTIONS)};"

# For migration 0136: whether there are records as of each of the days that are asked about. One row is looked up for
# each day and establishment, by an index: of all the pupils of an authority nearly every one is as of the same day.
RECORD_DAYS_ASKED = """
DROP FUNCTION sharing_record_days;
CREATE FUNCTION sharing_record_days(place bigint, census date[], workforce date[])
RETURNS TABLE (establishment_id bigint, kind text, as_of date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (SELECT held FROM portal_establishments('keep_records') AS held WHERE place IS NULL OR held = place)
    SELECT held, 'census', day FROM kept CROSS JOIN unnest(census) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_pupil AS pupil WHERE pupil.establishment_id = held AND pupil.as_of = day LIMIT 1) AS record
    UNION ALL
    SELECT held, 'workforce', day FROM kept CROSS JOIN unnest(workforce) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_staffmember AS member
        WHERE member.establishment_id = held AND member.as_of = day LIMIT 1) AS record
$$;
GRANT EXECUTE ON FUNCTION sharing_record_days TO portal_app;
"""
ALL_RECORD_DAYS = f"""
DROP FUNCTION sharing_record_days;
{RECORD_DAYS}GRANT EXECUTE ON FUNCTION sharing_record_days TO portal_app;
"""

# For migration 0147: an establishment and a day as one number. PostgreSQL takes an index of the two columns for lists
# by name as well, and sorts a whole school for fifty rows.
RECORD_DAY = """
CREATE FUNCTION sharing_record_day(place bigint, day date) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN place * 100000 + (day - DATE '2000-01-01');
GRANT EXECUTE ON FUNCTION sharing_record_day TO portal_app, portal_batch;
"""
_BY_COLUMNS = "WHERE pupil.establishment_id = held AND pupil.as_of = day LIMIT 1"
_BY_NUMBER = "WHERE sharing_record_day(pupil.establishment_id, pupil.as_of) = sharing_record_day(held, day) LIMIT 1"
RECORD_DAYS_BY_NUMBER = within("sharing_record_days", (_BY_COLUMNS, _BY_NUMBER))
RECORD_DAYS_BY_COLUMNS = within("sharing_record_days", (_BY_NUMBER, _BY_COLUMNS))

# For migration 0205. A record that came with one child (an accepted transfer, Admissions, a transfer file) is of a day
# that somebody else's return may have had: it tells nothing of the school's own.
NOT_BY_A_RETURN = ("Record of ", "Admissions", "CTF from ")
"""How the sources of such records begin."""
_SOME_RECORD = "= sharing_record_day(held, day) LIMIT 1"
_BY_A_RETURN = (
    "= sharing_record_day(held, day)\n          AND NOT pupil.source ^@ ANY (ARRAY["
    + ", ".join(f"'{beginning}'" for beginning in NOT_BY_A_RETURN)
    + "]) LIMIT 1"
)
RECORD_DAYS_OF_RETURNS = within("sharing_record_days", (_SOME_RECORD, _BY_A_RETURN))
RECORD_DAYS_OF_ANY = within("sharing_record_days", (_BY_A_RETURN, _SOME_RECORD))

# For migration 0130: a child is found by its own identity, and by one that was joined to it, each by its index.
_EITHER = """JOIN sharing_child AS child ON child.id = own.child OR child.same_as_id = own.child
        JOIN sharing_pupil AS pupil ON pupil.child_id = child.id AND pupil.establishment_id <> place"""
_ELSE = "pupil.establishment_id <> place AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))"
_ONE_BY_ONE = f"""JOIN sharing_pupil AS pupil ON pupil.child_id = own.child AND {_ELSE}
        UNION
        SELECT own.id, pupil.id FROM own JOIN sharing_child AS child ON child.same_as_id = own.child
        JOIN sharing_pupil AS pupil ON pupil.child_id = child.id AND pupil.establishment_id <> place"""
ELSEWHERE_BY_INDEX = within("sharing_registered_elsewhere", (_EITHER, _ONE_BY_ONE))
ELSEWHERE_AS_BEFORE = within("sharing_registered_elsewhere", (_ONE_BY_ONE, _EITHER))

# For migration 0187: by the child's identity alone. By name and day of birth a school could ask, with a record that it
# made up, whether there is such a child anywhere (R5). The data team finds those pairs (sharing.children).
_BY_NAME = f"""
        UNION
        SELECT own.id, pupil.id FROM own JOIN sharing_pupil AS pupil
            USING (surname, forename, born_on, sex) WHERE {_ELSE})"""
ELSEWHERE_BY_IDENTITY = within("sharing_registered_elsewhere", (_BY_NAME, ")"))
_BY_IDENTITY = ")\n    SELECT DISTINCT other.id"
ELSEWHERE_BY_NAME = within("sharing_registered_elsewhere", (_BY_IDENTITY, _BY_IDENTITY.replace(")", _BY_NAME, 1)))

# For migration 0134: who raised a challenge takes it back while it waits, and sees the record in question today.
_NOT_CLOSED = (
    "pupil.id = challenge.pupil_id",
    "pupil.id = challenge.pupil_id AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))",
)
_WAITS, _WAITS_STILL = "state <> 'answered'", "state NOT IN ('answered', 'withdrawn')"
_RAISED, _BY_WHO_RAISED = "NEW.state = 'open'", "NEW.state IN ('open', 'withdrawn')"
TAKE_BACK = (
    f"""
CREATE FUNCTION sharing_take_back_challenge(wanted bigint, sealed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = 'withdrawn', withdrawn_because = sealed, answered_at = clock_timestamp()
    WHERE id = wanted AND state IN ('open', 'passed_on') AND raised_by_id = portal_asker()
      AND establishment_id IN (SELECT portal_establishments('view_establishment'))
      AND {_ITS_RECORD_IS_SEEN.replace(*_NOT_CLOSED)};
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION sharing_take_back_challenge TO portal_app;
"""
    + within("sharing_settle_challenge", (_WAITS, _WAITS_STILL))
    + within("sharing_challenges_of_leavers", (_WAITS, _WAITS_STILL))
    + within("sharing_tell_challenge", (_RAISED, _BY_WHO_RAISED))
)
TAKE_BACK_NO_MORE = (
    "DROP FUNCTION sharing_take_back_challenge;"
    + within("sharing_settle_challenge", (_WAITS_STILL, _WAITS))
    + within("sharing_challenges_of_leavers", (_WAITS_STILL, _WAITS))
    + within("sharing_tell_challenge", (_BY_WHO_RAISED, _RAISED))
)
