-- Who has which role in a breach (P17, R41, R44).
--
-- A suspended person is nobody to every policy, like somebody who has not accepted the protocol: `portal_asker()` is
-- NULL. `portal_accepted()` is still that person, for what concerns the sanction itself: reading the case, appealing.

-- The establishments that a breach is held against, and those that sponsor a third party it is held against: under every
-- URN, as a conversion makes nobody a stranger there.
CREATE OR REPLACE FUNCTION access_register_breach_against(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT sharing_under_any_urn(ARRAY(
        SELECT coalesce(party.establishment_id, contract.establishment_id)
        FROM access_register_breachparty AS party
        LEFT JOIN access_register_contract AS contract ON contract.id = party.contract_id
        WHERE party.breach_id = wanted AND party.person_id IS NULL))
$$;

-- The establishments of those the breach is held against, under every URN. Includes those that a person left within a
-- year before it was reported, so that a line withdrawn in haste lets nobody sit.
CREATE OR REPLACE FUNCTION access_register_breach_homes(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT access_register_breach_against(wanted)
    UNION
    SELECT sharing_under_any_urn(ARRAY(
        SELECT line.establishment_id
        FROM access_register_breachparty AS party
        JOIN access_register_breach AS breach ON breach.id = party.breach_id
        JOIN access_register_registerline AS line ON line.person_id = party.person_id
        WHERE party.breach_id = wanted
          AND (line.withdrawn_at IS NULL OR line.withdrawn_at > breach.reported_at - interval '1 year')
          AND (line.ends_on IS NULL OR line.ends_on > breach.reported_at::date - 365)))
$$;

-- The establishments whose Localities judge a breach (A16). If it is held against an officer, the one it is about is
-- among them, also where the officer is on a register too.
CREATE OR REPLACE FUNCTION access_register_breach_judged_for(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT access_register_breach_homes(wanted)
    UNION
    SELECT about_id FROM access_register_breach AS breach
    WHERE id = wanted AND about_id IS NOT NULL
      AND (NOT EXISTS (SELECT FROM access_register_breach_homes(wanted))
           OR EXISTS (
               SELECT FROM access_register_breachparty AS party
               JOIN access_register_officerappointment AS officer ON officer.person_id = party.person_id
               WHERE party.breach_id = wanted AND NOT officer.awaits_second
                 AND officer.starts_on <= breach.reported_at::date
                 AND (officer.ends_on IS NULL
                      OR officer.ends_on >= least(breach.happened_on, breach.reported_at::date))))
$$;

-- The people who keep officers' duties today, and so look at reports.
CREATE OR REPLACE FUNCTION access_register_managers()
RETURNS TABLE(id bigint, name character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, person.name FROM access_register_person AS person
    WHERE person.is_active AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
      AND person.id IN (
          SELECT held.user_id FROM sharing_held_today('manage_duties') AS held WHERE held.through = 'edunet')
$$;

-- Whether somebody has no part at the desk of a case: those it is held against, those on a register where it is held
-- against somebody, and those who closed it, while others look at it again.
CREATE OR REPLACE FUNCTION access_register_left_the_desk(wanted bigint, who bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted AND person_id = who)
        OR EXISTS (SELECT FROM access_register_registerline AS line
                   WHERE line.person_id = who AND line.withdrawn_at IS NULL
                     AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
                     AND line.establishment_id IN (SELECT access_register_breach_homes(wanted)))
        OR EXISTS (SELECT FROM access_register_breach AS breach
                   WHERE breach.id = wanted AND breach.asked_again_at IS NOT NULL AND who = ANY (breach.closed_before)
                     AND breach.state NOT IN ('decided', 'settled'));
END
$$;

-- The desk of a case: the information managers, except those who have no part in it.
CREATE OR REPLACE FUNCTION access_register_breach_desk(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT manager.id FROM access_register_managers() AS manager
    WHERE NOT access_register_left_the_desk(wanted, manager.id)
$$;

-- Whether somebody is head, today, of an establishment in the Localities concerned that takes part. Only a part of the
-- next function, and of naming a panel.
CREATE OR REPLACE FUNCTION access_register_sits_as_head(wanted bigint, who bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM access_register_breach AS breach
        JOIN sharing_memberships_today() AS member ON member.locality_id = ANY (breach.localities)
        JOIN sharing_taking_part_today() AS part USING (establishment_id)
        JOIN access_register_lines_today() AS line USING (establishment_id)
        WHERE breach.id = wanted AND line.person_id = who AND line.seat = 0)
$$;

-- Whether somebody may sit on the panel. Heads in the Localities concerned may, of an establishment that takes part
-- today: somebody who has left the protocol can read nothing of other establishments, and a case is about one. So may
-- officers with an appointment that opens something, but not while it waits for a second manager.
--
-- Never those it is held against, nor anybody from their establishments, team or organisation, nor anybody who reported
-- it, referred it or passed it on. Nor anybody who looks at reports: they name the panel.
--
-- Its cost makes PostgreSQL look for the asker's own seats first, and ask this only of those.
CREATE OR REPLACE FUNCTION access_register_may_sit(wanted bigint, who bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER COST 10000 SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM access_register_breach AS breach JOIN access_register_person AS person ON person.id = who
        WHERE breach.id = wanted AND person.is_active AND breach.triaged_by_id IS DISTINCT FROM who
          AND breach.passed_on_by_id IS DISTINCT FROM who
          AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
          AND (EXISTS (
                   SELECT FROM access_register_officerappointment AS officer
                   WHERE officer.person_id = who AND NOT officer.awaits_second AND officer.starts_on <= CURRENT_DATE
                     AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE))
               OR access_register_sits_as_head(wanted, who)))
    AND who NOT IN (SELECT manager.id FROM access_register_managers() AS manager)
    AND NOT EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted AND person_id = who)
    AND NOT EXISTS (SELECT FROM access_register_breachreport WHERE breach_id = wanted AND person_id = who)
    AND NOT EXISTS (SELECT access_register_breach_places(wanted, who)
                    INTERSECT SELECT access_register_breach_homes(wanted))
    AND NOT EXISTS (
        SELECT access_register_breach_teams(wanted, who)
        INTERSECT SELECT access_register_breach_their_teams(wanted))
$$;

-- Nobody who may not sit gets a seat, whoever names the panel.
CREATE OR REPLACE FUNCTION access_register_seat_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT access_register_may_sit(NEW.breach_id, NEW.person_id) THEN
        RAISE EXCEPTION 'nobody sits who is concerned' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'nobody_concerned_sits';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER seat_rules BEFORE INSERT OR UPDATE OF breach_id, person_id ON access_register_breachseat
    FOR EACH ROW EXECUTE FUNCTION access_register_seat_rules();

-- Which role the asker has in which breach. A panel member who may not sit any more can see nothing of it any more. A
-- line under a contract that was over before the breach was reported has no part in it.
CREATE OR REPLACE FUNCTION portal_breach_roles()
RETURNS TABLE(breach_id bigint, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT report.breach_id, 'reporter' FROM access_register_breachreport AS report
    WHERE report.person_id = portal_accepted()
    UNION ALL
    SELECT party.breach_id, 'respondent'
    FROM access_register_breachparty AS party
    JOIN access_register_breach AS breach ON breach.id = party.breach_id
    WHERE breach.state NOT IN ('reported', 'dismissed')
      AND (party.person_id = portal_accepted()
           OR party.establishment_id IN (
               SELECT line.establishment_id FROM access_register_lines_today() AS line
               WHERE line.person_id = portal_asker() AND line.seat = 0)
           OR party.contract_id IN (
               SELECT line.contract_id FROM access_register_registerline AS line
               WHERE line.person_id = portal_accepted() AND line.awaiting_since IS NULL
                 AND (line.withdrawn_at IS NULL OR line.withdrawn_at >= breach.reported_at)
                 AND (line.ends_on IS NULL OR line.ends_on >= breach.reported_at::date)))
    UNION ALL
    SELECT seat.breach_id, 'panel' FROM access_register_breachseat AS seat
    WHERE seat.person_id = portal_asker() AND access_register_may_sit(seat.breach_id, seat.person_id)
    UNION ALL
    SELECT breach.id, 'desk' FROM access_register_breach AS breach
    WHERE sharing_manages_duties()
      AND NOT access_register_left_the_desk(breach.id, portal_person())
$$;

-- Whether somebody has reported the asker, or the establishment of which the asker is head, whose name is kept from them.
-- The ledger then does not tell the asker what others did about cases, as it would tell who that was.
CREATE OR REPLACE FUNCTION portal_reporter_is_withheld()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM access_register_breachparty AS party
        JOIN access_register_breachreport AS report ON report.breach_id = party.breach_id
        WHERE report.name_withheld AND report.person_id <> portal_asker()
          AND (party.person_id = portal_asker()
               OR party.establishment_id IN (
                   SELECT line.establishment_id FROM access_register_lines_today() AS line
                   WHERE line.person_id = portal_asker() AND line.seat = 0)))
$$;

-- Whether the asker has this role in this breach.
CREATE OR REPLACE FUNCTION portal_breach_is(wanted bigint, what text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM portal_breach_roles() AS held WHERE held.breach_id = wanted AND held.role = what)
$$;

GRANT EXECUTE ON FUNCTION access_register_breach_desk, access_register_may_sit TO portal_batch;
GRANT EXECUTE ON FUNCTION portal_breach_roles, portal_breach_is, portal_reporter_is_withheld TO portal_app, portal_batch;
