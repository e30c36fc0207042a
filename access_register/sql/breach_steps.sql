-- The steps of a breach (P17, R41): the web application writes none of its tables.
--
-- Each is for the person whose step it is, locks the breach while it checks, and returns NULL or false where there was
-- nothing to do. Words arrive sealed.

-- Adds one line to the history of a case, with who may read it.
CREATE OR REPLACE FUNCTION access_register_breach_step(wanted bigint, did text, who text, sealed bytea, whose text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO access_register_breachstep (breach_id, at, what, by_name, words, audience)
    VALUES (wanted, clock_timestamp(), did, who, sealed, whose)
$$;

-- Reports a breach. Anybody who has a place at either site today can. A form that is sent twice is one report.
CREATE OR REPLACE FUNCTION access_register_report_breach(
    kind text, place bigint, kinds text[], how_many text, told bytea, named bytea, day date,
    aware timestamp with time zone, withheld boolean, key uuid, who text
)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('view_establishment'))
       OR told IS NULL OR aware > clock_timestamp()
       OR place IS NOT NULL AND place NOT IN (SELECT portal_readable()) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('access_register_report_breach'), portal_asker()::int);
    SELECT breach_id INTO made FROM access_register_breachreport WHERE person_id = portal_asker() AND form_key = key;
    IF made IS NOT NULL THEN RETURN made; END IF;
    INSERT INTO access_register_breach (
        whose, about_id, categories, children, happened, whom, happened_on, aware_at, reported_at, state)
    VALUES (kind, place, kinds, how_many, told, named, day, aware, now(), 'reported')
    RETURNING id INTO made;
    INSERT INTO access_register_breachreport (breach_id, person_id, person_name, name_withheld, form_key)
    VALUES (made, portal_asker(), who, withheld, key);
    IF kind = 'own' THEN
        INSERT INTO access_register_breachparty (breach_id, person_id, name) VALUES (made, portal_asker(), who);
    END IF;
    PERFORM access_register_breach_step(made, 'reported', '', NULL, 'all');
    RETURN made;
END
$$;

-- For the desk: finds people, establishments or third parties that a breach can be held against, by words of their
-- names.
CREATE OR REPLACE FUNCTION access_register_breach_find(wanted bigint, sort text, words text)
RETURNS TABLE(id bigint, label text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT found.id, found.label FROM (
        SELECT person.id,
               person.name || coalesce(': ' || string_agg(DISTINCT coalesce(place.name, officer.team), ', '), '')
                   AS label
        FROM access_register_person AS person
        LEFT JOIN access_register_registerline AS line ON line.person_id = person.id AND line.withdrawn_at IS NULL
        LEFT JOIN sharing_establishment AS place ON place.id = line.establishment_id
        LEFT JOIN access_register_officerappointment AS officer ON officer.person_id = person.id
        WHERE sort = 'person' AND (strpos(sharing_plain(person.name), sharing_plain(words)) > 0
                                   OR lower(person.email) = lower(words))
        GROUP BY person.id
        UNION ALL
        SELECT place.id,
               place.name || CASE WHEN count(*) OVER (PARTITION BY place.name) > 1
                                  THEN coalesce(', ' || nullif(place.town, ''), '') || ' (URN ' || place.urn || ')'
                                  ELSE '' END
        FROM sharing_establishment AS place
        WHERE sort = 'establishment' AND place.kind <> ''
          AND strpos(sharing_plain(place.name), sharing_plain(words)) > 0
        UNION ALL
        SELECT contract.id, organisation.name || ', ' || contract.reference || ', at ' || place.name
        FROM access_register_contract AS contract
        JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
        JOIN sharing_establishment AS place ON place.id = contract.establishment_id
        WHERE sort = 'third_party' AND strpos(sharing_plain(organisation.name), sharing_plain(words)) > 0) AS found
    WHERE portal_breach_is(wanted, 'desk') AND length(sharing_plain(words)) > 1
    ORDER BY sharing_plain(found.label), found.id LIMIT 20
$$;

-- By the desk: names somebody the breach is held against.
CREATE OR REPLACE FUNCTION access_register_breach_concern(wanted bigint, sort text, target bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') THEN RETURN false; END IF;
    INSERT INTO access_register_breachparty (breach_id, person_id, establishment_id, contract_id, name)
    SELECT wanted, CASE WHEN sort = 'person' THEN target END, CASE WHEN sort = 'establishment' THEN target END,
           CASE WHEN sort = 'third_party' THEN target END, left(name, 200)
    FROM (SELECT name FROM access_register_person WHERE sort = 'person' AND id = target
          UNION ALL
          SELECT name FROM sharing_establishment WHERE sort = 'establishment' AND id = target
          UNION ALL
          SELECT organisation.name || ', ' || contract.reference
          FROM access_register_contract AS contract
          JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
          WHERE sort = 'third_party' AND contract.id = target) AS found
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'concerned', who, NULL, 'desk');
    RETURN true;
END
$$;

-- By the desk: takes out, with a reason, somebody it was held against by mistake.
CREATE OR REPLACE FUNCTION access_register_breach_take_out(wanted bigint, party bigint, sealed bytea, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR sealed IS NULL THEN RETURN false; END IF;
    DELETE FROM access_register_breachparty WHERE id = party AND breach_id = wanted;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'taken_out', who, sealed, 'desk');
    RETURN true;
END
$$;

-- By the desk: refers a report to a panel of the Localities that judge it, or closes it (A16). Closing takes two people
-- of the desk, where there are two, and it waits until the second has agreed.
CREATE OR REPLACE FUNCTION access_register_refer_breach(
    wanted bigint, personal boolean, how_bad text, refers boolean, sealed bytea, who text
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    breach access_register_breach;
    places bigint[];
    is_second boolean;
BEGIN
    SELECT * INTO breach FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR personal IS NULL OR sealed IS NULL THEN
        RETURN 'nothing';
    END IF;
    IF refers THEN
        IF NOT EXISTS (SELECT FROM access_register_breachparty WHERE breach_id = wanted) THEN
            RETURN 'nobody';
        END IF;
        places := ARRAY(SELECT access_register_breach_judged_for(wanted));
        IF places = '{}' THEN
            places := ARRAY(SELECT establishment_id FROM sharing_localitymembership);
        END IF;
        UPDATE access_register_breach SET localities = ARRAY(
            SELECT DISTINCT locality_id FROM sharing_localitymembership
            WHERE establishment_id = ANY (places) AND starts_on <= CURRENT_DATE
              AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
            ORDER BY locality_id)
        WHERE id = wanted
        RETURNING * INTO breach;
        IF breach.localities = '{}' THEN RETURN 'nowhere'; END IF;
    ELSE
        IF portal_asker() = ANY (breach.closed_by) AND EXISTS (
            SELECT FROM access_register_breach_desk(wanted) AS other WHERE other <> portal_asker()) THEN
            RETURN 'again';
        END IF;
        is_second := EXISTS (
            SELECT FROM unnest(breach.closed_by) AS closer
            WHERE closer NOT IN (
                SELECT person_id FROM access_register_breachparty
                WHERE breach_id = wanted AND person_id IS NOT NULL));
        UPDATE access_register_breach SET closed_by = closed_by || portal_asker() WHERE id = wanted;
        IF NOT is_second AND EXISTS (
            SELECT FROM access_register_breach_desk(wanted) AS other WHERE other <> portal_asker()) THEN
            PERFORM access_register_breach_step(wanted, 'to_close', who, sealed, 'desk');
            RETURN 'asked';
        END IF;
    END IF;
    UPDATE access_register_breach SET
        state = CASE WHEN refers THEN 'referred' ELSE 'dismissed' END, is_personal = personal,
        severity = CASE WHEN personal THEN how_bad ELSE '' END, triaged_by_id = portal_asker(), triaged_at = now()
    WHERE id = wanted;
    PERFORM access_register_breach_step(
        wanted, CASE WHEN refers THEN 'referred' ELSE 'dismissed' END, who, sealed,
        CASE WHEN refers THEN 'parties' ELSE 'all' END);
    RETURN 'done';
END
$$;

-- Records that somebody was told of a breach. By the desk, once it has said what the breach is. By the panel where
-- nobody is at the desk, as the desk may then have said nothing (R41).
CREATE OR REPLACE FUNCTION access_register_breach_told(wanted bigint, who_was text, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach
    WHERE id = wanted AND (is_personal OR tell_ico OR is_personal IS NULL AND state <> 'reported') FOR UPDATE;
    IF NOT FOUND
       OR NOT (portal_breach_is(wanted, 'desk')
               OR portal_breach_is(wanted, 'panel')
                  AND NOT EXISTS (SELECT FROM access_register_breach_desk(wanted))) THEN
        RETURN false;
    END IF;
    INSERT INTO access_register_breachtold (breach_id, whom, told_at, by_name) VALUES (wanted, who_was, now(), who)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'told', who, NULL, 'desk');
    RETURN true;
END
$$;

-- By the desk: attaches evidence, while a panel has the case.
CREATE OR REPLACE FUNCTION access_register_attach_evidence(
    wanted bigint, words text, how_many integer, sealed bytea, who text
)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR sealed IS NULL THEN RETURN false; END IF;
    INSERT INTO access_register_breachevidence (breach_id, asked, number, content, attached_at, attached_by_name)
    VALUES (wanted, words, how_many, sealed, now(), who);
    PERFORM access_register_breach_step(wanted, 'evidence', who, NULL, 'parties');
    RETURN true;
END
$$;

-- The teams of an officer today, and those that they have left since the breach happened (or since it was reported, if
-- nobody knows when it happened). So an officer who moves to another team cannot sit at once. The organisation that
-- somebody works for as a third party is a team too, at whichever establishment, and however its name is spelled.
CREATE OR REPLACE FUNCTION access_register_breach_teams(wanted bigint, who bigint)
RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH case_of AS (
        SELECT least(happened_on, reported_at::date) AS since FROM access_register_breach WHERE id = wanted)
    SELECT officer.team
    FROM access_register_officerappointment AS officer CROSS JOIN case_of
    WHERE officer.person_id = who AND officer.starts_on <= CURRENT_DATE
      AND (officer.ends_on IS NULL OR officer.ends_on >= since)
    UNION
    SELECT change.before ->> 'team'
    FROM access_register_appointmentchange AS change
    JOIN access_register_officerappointment AS officer ON officer.id = change.appointment_id
    CROSS JOIN case_of
    WHERE officer.person_id = who AND change.at::date >= since
    UNION
    SELECT access_register_plain_name(organisation.name)
    FROM access_register_registerline AS line
    JOIN access_register_contract AS contract ON contract.id = line.contract_id
    JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
    CROSS JOIN case_of
    WHERE line.person_id = who AND line.starts_on <= CURRENT_DATE
      AND least(line.withdrawn_at::date, line.ends_on, 'infinity') >= since
$$;

-- The teams of those the breach is held against. Where it is held against a third party, that organisation.
CREATE OR REPLACE FUNCTION access_register_breach_their_teams(wanted bigint)
RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT access_register_breach_teams(wanted, party.person_id)
    FROM access_register_breachparty AS party WHERE party.breach_id = wanted
    UNION
    SELECT access_register_plain_name(organisation.name)
    FROM access_register_breachparty AS party
    JOIN access_register_contract AS contract ON contract.id = party.contract_id
    JOIN access_register_organisation AS organisation ON organisation.id = contract.organisation_id
    WHERE party.breach_id = wanted
$$;

-- The establishments on whose registers somebody is, and those that they have left since a year before the breach
-- happened (or a year before it was reported, if nobody knows when it happened). So somebody who has left one cannot
-- sit at once.
CREATE OR REPLACE FUNCTION access_register_breach_places(wanted bigint, who bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT line.establishment_id
    FROM access_register_registerline AS line
    JOIN access_register_breach AS breach ON breach.id = wanted
    WHERE line.person_id = who
      AND least(line.withdrawn_at::date, line.ends_on, 'infinity') > least(happened_on, reported_at::date) - 365
$$;

-- For the desk: heads of the Localities concerned and officers, with what may keep each from the panel. The desk
-- compares the rest of what access_register_may_sit asks with access_register_breach_facts.
CREATE OR REPLACE FUNCTION access_register_breach_candidates(wanted bigint)
RETURNS TABLE(person_id bigint, name character varying, place text, is_officer boolean, establishments bigint[],
    teams text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, person.name, coalesce(min(home.name), min(officer.team)), min(home.name) IS NULL,
           ARRAY(SELECT access_register_breach_places(wanted, person.id)),
           ARRAY(SELECT access_register_breach_teams(wanted, person.id))
    FROM access_register_breach AS breach
    CROSS JOIN access_register_person AS person
    LEFT JOIN access_register_lines_today() AS line ON line.person_id = person.id AND line.seat = 0
    LEFT JOIN sharing_memberships_today() AS member
      ON member.establishment_id = line.establishment_id AND member.locality_id = ANY (breach.localities)
     AND EXISTS (
         SELECT FROM sharing_taking_part_today() AS part WHERE part.establishment_id = line.establishment_id)
    LEFT JOIN sharing_establishment AS home ON home.id = member.establishment_id
    LEFT JOIN access_register_officerappointment AS officer
      ON officer.person_id = person.id AND NOT officer.awaits_second AND officer.starts_on <= CURRENT_DATE
     AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE)
    WHERE breach.id = wanted AND portal_breach_is(wanted, 'desk') AND person.is_active
      AND (person.suspended_until IS NULL OR person.suspended_until < CURRENT_DATE)
      AND person.id NOT IN (
          SELECT seat.person_id FROM access_register_breachseat AS seat WHERE seat.breach_id = wanted)
      AND person.id NOT IN (SELECT manager.id FROM access_register_managers() AS manager)
    GROUP BY person.id
    HAVING min(home.name) IS NOT NULL OR min(officer.team) IS NOT NULL
    ORDER BY sharing_plain(person.name), person.id
$$;

-- For the desk: what candidates are compared with. People with a part in the case, and the establishments and teams of
-- those it is held against.
CREATE OR REPLACE FUNCTION access_register_breach_facts(wanted bigint)
RETURNS TABLE(people bigint[], establishments bigint[], teams text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(
               SELECT person_id FROM access_register_breachparty WHERE breach_id = wanted AND person_id IS NOT NULL
               UNION
               SELECT person_id FROM access_register_breachreport WHERE breach_id = wanted
               UNION
               SELECT triaged_by_id FROM access_register_breach WHERE id = wanted AND triaged_by_id IS NOT NULL
               UNION
               SELECT passed_on_by_id FROM access_register_breach WHERE id = wanted AND passed_on_by_id IS NOT NULL),
           ARRAY(SELECT access_register_breach_homes(wanted)),
           ARRAY(SELECT access_register_breach_their_teams(wanted))
    WHERE portal_breach_is(wanted, 'desk')
$$;

-- The seats of the present sitting whose votes count: those of people who may still sit. For the desk and the panel:
-- the person it is held against could tell from it whose vote is whose.
CREATE OR REPLACE FUNCTION access_register_seats_that_count(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT seat.id
    FROM access_register_breachseat AS seat
    JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
    WHERE breach.id = wanted AND access_register_may_sit(wanted, seat.person_id)
      AND (portal_breach_is(wanted, 'desk') OR portal_breach_is(wanted, 'panel'))
$$;

-- Whether the present sitting has three, five or seven people who may sit, so that a vote is running. Only for the
-- desk.
CREATE OR REPLACE FUNCTION access_register_panel_is_full(wanted bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT portal_breach_is(wanted, 'desk') AND count(*) IN (3, 5, 7) FROM access_register_seats_that_count(wanted)
$$;

-- By the desk: names a panel, but nobody in addition to a full one. The first sitting has one officer at most. An
-- officer who is head in another Locality, and not in those concerned, counts as an officer. An appeal goes to other
-- people, of either side.
CREATE OR REPLACE FUNCTION access_register_seat_panel(wanted bigint, people bigint[], sealed bytea, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    breach access_register_breach;
    sitting_now bigint[];
BEGIN
    SELECT * INTO breach FROM access_register_breach
    WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR access_register_panel_is_full(wanted) THEN
        RETURN false;
    END IF;
    INSERT INTO access_register_breachseat (breach_id, person_id, name, sitting)
    SELECT wanted, person.id, person.name, breach.sitting
    FROM access_register_person AS person WHERE person.id = ANY (people);
    sitting_now := ARRAY(
        SELECT seat.person_id FROM access_register_breachseat AS seat
        WHERE seat.breach_id = wanted AND seat.sitting = breach.sitting
          AND access_register_may_sit(wanted, seat.person_id));
    IF cardinality(sitting_now) NOT IN (3, 5, 7) THEN
        RAISE EXCEPTION 'a panel is of three, five or seven' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'panel_of_three_five_or_seven';
    END IF;
    IF breach.sitting = 1 AND (
        SELECT count(*) FROM unnest(sitting_now) AS member WHERE NOT access_register_sits_as_head(wanted, member)) > 1
    THEN
        RAISE EXCEPTION 'one officer at most' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'panel_of_one_officer_at_most';
    END IF;
    PERFORM access_register_breach_step(wanted, 'seated', who, sealed, 'parties');
    RETURN true;
END
$$;

-- Records a panel member's vote. The vote that makes more than half of the panel agree on one measure and length
-- decides, once three have voted. What is decided is enacted in the same statement.
CREATE OR REPLACE FUNCTION access_register_breach_vote(
    wanted bigint, chosen text, length integer, ico boolean, sealed bytea
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    breach access_register_breach;
    members bigint;
    votes bigint;
    icos bigint;
    decided text;
    decided_length integer;
BEGIN
    PERFORM access_register_hold_parties(wanted);
    SELECT * INTO breach FROM access_register_breach
    WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL
       OR chosen IN ('suspend_person', 'suspend_establishment', 'end_third_party')
          AND NOT EXISTS (
              SELECT FROM access_register_breachparty AS party
              WHERE party.breach_id = wanted
                AND (chosen = 'suspend_person' AND party.person_id IS NOT NULL
                     OR chosen = 'suspend_establishment' AND party.establishment_id IS NOT NULL
                     OR chosen = 'end_third_party' AND party.contract_id IS NOT NULL)) THEN
        RETURN NULL;
    END IF;
    UPDATE access_register_breachseat
    SET measure = chosen, weeks = length, tell_ico = ico, reason = sealed, voted_at = now()
    WHERE breach_id = wanted AND sitting = breach.sitting AND person_id = portal_asker()
      AND access_register_may_sit(wanted, person_id);
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT count(*), count(voted_at), count(*) FILTER (WHERE tell_ico) INTO members, votes, icos
    FROM access_register_breachseat AS seat
    WHERE breach_id = wanted AND sitting = breach.sitting AND access_register_may_sit(wanted, seat.person_id);
    SELECT measure, weeks INTO decided, decided_length FROM access_register_breachseat AS seat
    WHERE breach_id = wanted AND sitting = breach.sitting AND voted_at IS NOT NULL
      AND access_register_may_sit(wanted, seat.person_id)
    GROUP BY measure, weeks
    HAVING count(*) * 2 > members;
    IF votes < 3 OR decided IS NULL THEN RETURN 'voted'; END IF;
    IF breach.sitting = 1 THEN
        UPDATE access_register_breach SET
            state = 'decided', outcome = decided, weeks = decided_length, tell_ico = icos * 2 > members,
            decided_at = now()
        WHERE id = wanted;
        PERFORM access_register_enact(wanted, decided, decided_length, CURRENT_DATE);
        PERFORM access_register_breach_step(wanted, 'decided', '', NULL, 'all');
        RETURN 'decided';
    END IF;
    UPDATE access_register_breach SET
        state = 'settled', outcome = decided, weeks = decided_length, tell_ico = tell_ico OR icos * 2 > members,
        settled_at = now()
    WHERE id = wanted;
    IF (decided, decided_length) = (breach.outcome::text, breach.weeks::integer) THEN
        PERFORM access_register_breach_step(wanted, 'upheld', '', NULL, 'all');
    ELSE
        PERFORM access_register_enact(
            wanted, decided, decided_length, (breach.decided_at AT TIME ZONE 'Europe/London')::date);
        PERFORM access_register_breach_step(
            wanted, CASE decided WHEN 'none' THEN 'lifted' ELSE 'changed' END, '', NULL, 'all');
    END IF;
    RETURN 'decided';
END
$$;

-- By somebody it is held against: an answer, while a panel has the case.
CREATE OR REPLACE FUNCTION access_register_answer_breach(wanted bigint, sealed bytea, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state IN ('referred', 'appealed') FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'respondent') THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'answered', who, sealed, 'parties');
    RETURN true;
END
$$;

-- By somebody it is held against, within 28 days: other people decide once more.
CREATE OR REPLACE FUNCTION access_register_appeal_breach(wanted bigint, sealed bytea, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_breach
    WHERE id = wanted AND state = 'decided' AND outcome <> 'none' AND decided_at > now() - interval '28 days'
    FOR UPDATE;
    IF NOT FOUND OR sealed IS NULL OR NOT portal_breach_is(wanted, 'respondent') THEN RETURN false; END IF;
    UPDATE access_register_breach SET state = 'appealed', sitting = 2 WHERE id = wanted;
    PERFORM access_register_breach_step(wanted, 'appealed', who, sealed, 'parties');
    RETURN true;
END
$$;

-- Who gets a letter. `desk`: the information managers. Otherwise those who have that role in this breach, but only for
-- somebody who judges it: nobody else can find out this way who reported it, who it is held against or who sits.
CREATE OR REPLACE FUNCTION access_register_breach_people(wanted bigint, what text)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id FROM access_register_person AS person
    WHERE person.is_active
      AND EXISTS (
          SELECT FROM portal_breach_roles() AS held
          WHERE held.breach_id = wanted AND (what = 'desk' OR held.role IN ('desk', 'panel')))
      AND (
          what = 'desk' AND person.id IN (SELECT access_register_breach_desk(wanted))
          OR what = 'reporter' AND person.id IN (
              SELECT report.person_id FROM access_register_breachreport AS report WHERE report.breach_id = wanted)
          OR what = 'panel' AND person.id IN (
              SELECT seat.person_id
              FROM access_register_breachseat AS seat
              JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
              WHERE breach.id = wanted)
          OR what = 'respondent' AND (
              person.id IN (
                  SELECT party.person_id FROM access_register_breachparty AS party
                  WHERE party.breach_id = wanted AND party.person_id IS NOT NULL)
              OR person.id IN (
                  SELECT line.person_id
                  FROM access_register_breachparty AS party
                  JOIN access_register_breach AS breach ON breach.id = party.breach_id
                  JOIN access_register_registerline AS line
                    ON line.awaiting_since IS NULL
                   AND (line.contract_id = party.contract_id
                        AND (line.withdrawn_at IS NULL OR line.withdrawn_at >= breach.reported_at)
                        AND (line.ends_on IS NULL OR line.ends_on >= breach.reported_at::date)
                        OR line.establishment_id = party.establishment_id AND line.seat = 0
                           AND line.withdrawn_at IS NULL AND line.starts_on <= CURRENT_DATE
                           AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
                  WHERE party.breach_id = wanted)))
$$;

-- Those who answer in a breach, each with the establishments where they have a place and for which they do not answer.
-- Only for the desk, which leaves out what they did there.
CREATE OR REPLACE FUNCTION access_register_breach_elsewhere(wanted bigint)
RETURNS TABLE(person_id bigint, urns integer[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person, ARRAY(
        SELECT place.urn FROM sharing_establishment AS place
        WHERE place.id IN (SELECT access_register_breach_places(wanted, person))
          AND place.id NOT IN (SELECT access_register_breach_against(wanted)))
    FROM access_register_breach_people(wanted, 'respondent') AS person
    WHERE portal_breach_is(wanted, 'desk')
$$;

GRANT EXECUTE ON FUNCTION access_register_report_breach, access_register_breach_find, access_register_breach_concern,
    access_register_breach_take_out, access_register_refer_breach, access_register_breach_told,
    access_register_attach_evidence, access_register_breach_candidates, access_register_breach_facts,
    access_register_seats_that_count, access_register_panel_is_full, access_register_seat_panel,
    access_register_breach_vote, access_register_answer_breach, access_register_appeal_breach,
    access_register_breach_people, access_register_breach_elsewhere TO portal_app;
