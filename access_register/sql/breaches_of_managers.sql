-- Reports that others must look at (P17, R41): nobody closes what is said of themselves.
--
-- The person who reported a breach may name people who look at reports, and may ask once that others look at what was
-- closed. If nobody is left at the desk, heads of the Localities are drawn by lot, so that nobody has chosen them.

-- For the form: the people who look at reports. For anybody who has a place at either site. It searches nobody else.
CREATE OR REPLACE FUNCTION portal_breach_managers()
RETURNS TABLE(id bigint, name character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT manager.id, manager.name FROM access_register_managers() AS manager
    WHERE manager.id <> portal_asker() AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$$;

-- By the person who reported it, or has just passed it on: names information managers the breach is held against.
CREATE OR REPLACE FUNCTION access_register_breach_by_managers(wanted bigint, people bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND
       OR NOT portal_breach_is(wanted, 'reporter')
          AND NOT EXISTS (
              SELECT FROM access_register_breach
              WHERE id = wanted AND passed_on_by_id = portal_asker() AND reported_at = now()) THEN
        RETURN;
    END IF;
    INSERT INTO access_register_breachparty (breach_id, person_id, name)
    SELECT wanted, manager.id, manager.name
    FROM access_register_managers() AS manager WHERE manager.id = ANY (people)
    ON CONFLICT DO NOTHING;
END
$$;

-- By the person who reported it, once and within 28 days: asks that others look at what was closed.
CREATE OR REPLACE FUNCTION access_register_breach_ask_again(wanted bigint, sealed bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach
    WHERE id = wanted AND state = 'dismissed' AND asked_again_at IS NULL
      AND triaged_at > now() - interval '28 days'
    FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'reporter') THEN RETURN false; END IF;
    UPDATE access_register_breach SET
        state = 'reported', asked_again_at = now(), is_personal = NULL, severity = '',
        closed_before = closed_by, closed_by = '{}'
    WHERE id = wanted;
    PERFORM access_register_breach_step(wanted, 'asked', '', sealed, 'all');
    RETURN true;
END
$$;

-- Draws a panel, and returns who is to be told, and of what. Does nothing while somebody is at the desk, while there
-- are no information managers, or while three people can sit. The Localities are as in a referral. Where those have too
-- few heads without a part in the case, all Localities are used, and the history of the case says so. Where even those
-- have too few, nothing is changed.
CREATE OR REPLACE FUNCTION access_register_draw_panel(wanted bigint)
RETURNS TABLE(whom bigint, what text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    breach access_register_breach;
    missing bigint;
    drawn bigint[] := '{}';
    did text := 'drawn';
    places bigint[] := ARRAY(SELECT access_register_breach_judged_for(wanted));
BEGIN
    SELECT * INTO breach FROM access_register_breach
    WHERE id = wanted AND state IN ('reported', 'referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM access_register_managers())
       OR EXISTS (SELECT FROM access_register_breach_desk(wanted)) THEN
        RETURN;
    END IF;
    SELECT 3 - count(*) INTO missing FROM access_register_breachseat AS seat
    WHERE seat.breach_id = wanted AND seat.sitting = breach.sitting
      AND access_register_may_sit(wanted, seat.person_id);
    IF missing <= 0 THEN RETURN; END IF;
    IF breach.localities = '{}' THEN
        UPDATE access_register_breach SET localities = ARRAY(
            SELECT DISTINCT member.locality_id FROM sharing_localitymembership AS member
            WHERE member.establishment_id = ANY (places) AND member.starts_on <= CURRENT_DATE
              AND (member.ends_on IS NULL OR member.ends_on >= CURRENT_DATE)
            ORDER BY 1)
        WHERE id = wanted;
    END IF;
    FOR attempt IN 1..2 LOOP
        drawn := ARRAY(
            SELECT head.person_id FROM (
                SELECT DISTINCT line.person_id FROM access_register_registerline AS line
                WHERE line.seat = 0 AND line.withdrawn_at IS NULL) AS head
            WHERE access_register_may_sit(wanted, head.person_id)
              AND NOT EXISTS (
                  SELECT FROM access_register_breachseat AS seat
                  WHERE seat.breach_id = wanted AND seat.person_id = head.person_id)
              AND NOT EXISTS (
                  SELECT FROM access_register_officerappointment AS officer
                  WHERE officer.person_id = head.person_id)
            ORDER BY random() LIMIT missing);
        EXIT WHEN cardinality(drawn) = missing;
        did := 'drawn_far';
        UPDATE access_register_breach SET localities = ARRAY(SELECT id FROM sharing_locality ORDER BY id)
        WHERE id = wanted;
    END LOOP;
    IF cardinality(drawn) < missing THEN
        UPDATE access_register_breach SET localities = breach.localities WHERE id = wanted;
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM access_register_breachstep AS step
               WHERE step.breach_id = wanted AND step.what = 'drawn_far') THEN
        did := 'drawn_far';
    END IF;
    INSERT INTO access_register_breachseat (breach_id, person_id, name, sitting)
    SELECT wanted, person.id, person.name, breach.sitting
    FROM access_register_person AS person WHERE person.id = ANY (drawn);
    IF breach.state = 'reported' THEN
        UPDATE access_register_breach SET state = 'referred' WHERE id = wanted;
        PERFORM access_register_breach_step(wanted, 'referred', '', NULL, 'parties');
        RETURN QUERY
        SELECT party.person_id, 'referred' FROM access_register_breachparty AS party
        WHERE party.breach_id = wanted AND party.person_id IS NOT NULL;
    END IF;
    PERFORM access_register_breach_step(wanted, did, '', NULL, 'parties');
    RETURN QUERY SELECT member, did FROM unnest(drawn) AS member;
END
$$;

GRANT EXECUTE ON FUNCTION portal_breach_managers, access_register_breach_by_managers, access_register_breach_ask_again
    TO portal_app;
GRANT EXECUTE ON FUNCTION access_register_draw_panel TO portal_app, portal_batch;
