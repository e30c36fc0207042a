-- Accepting the protocol, who has signed it, and leaving a register (R16, R19, R42).

-- Whoever asks, accepted or not: for what comes before acceptance, such as accepting. To row-level security, somebody
-- who has not accepted the text in force is nobody (portal_asker).
CREATE OR REPLACE FUNCTION portal_person()
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT portal_context(1)::bigint
$$;

-- Whoever asks, if they have accepted, suspended or not: for what concerns the sanction itself, such as reading the
-- case.
CREATE OR REPLACE FUNCTION portal_accepted()
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT id FROM access_register_person WHERE id = portal_person() AND protocol_accepted_until >= CURRENT_DATE
$$;

-- Accepts the protocol, only for whoever asks. The web application has no other way to write an acceptance. It is valid
-- for a year, or until the day before a newer text comes into force. The lock keeps any text from being published
-- meanwhile.
CREATE OR REPLACE FUNCTION portal_accept(wanted bigint)
RETURNS date LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asker bigint := portal_person();
    version access_register_protocolversion;
    last_day date;
BEGIN
    LOCK TABLE access_register_protocolversion IN SHARE MODE;
    SELECT * INTO version FROM access_register_protocolversion
    WHERE in_force_from <= CURRENT_DATE ORDER BY in_force_from DESC, id DESC LIMIT 1;
    PERFORM 1 FROM access_register_person WHERE id = asker FOR UPDATE;
    IF NOT FOUND OR version.id IS DISTINCT FROM wanted THEN
        RETURN NULL;
    END IF;
    SELECT least((CURRENT_DATE + interval '1 year')::date, min(in_force_from)) - 1 INTO last_day
    FROM access_register_protocolversion WHERE in_force_from > CURRENT_DATE;
    INSERT INTO access_register_acceptance (person_id, version_id, accepted_at, until, purpose)
    VALUES (asker, version.id, now(), last_day, version.purpose) ON CONFLICT DO NOTHING;
    UPDATE access_register_person SET protocol_accepted_until = last_day WHERE id = asker;
    RETURN last_day;
END
$$;

-- A text that somebody can have accepted keeps its words.
CREATE OR REPLACE FUNCTION access_register_keep_text()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a published text of the protocol stays as it was accepted'; END
$$;
CREATE OR REPLACE TRIGGER keep_text BEFORE DELETE OR UPDATE ON access_register_protocolversion
    FOR EACH ROW EXECUTE FUNCTION access_register_keep_text();

-- Who has signed: on the registers that the asker keeps. For officers, who can see no register line otherwise, in the
-- community and the Education Department (establishment_id NULL). Names and dates only, and nothing that a line opens.
CREATE OR REPLACE FUNCTION portal_signatories(wanted bigint)
RETURNS TABLE(establishment_id bigint, person_id bigint, name character varying, accepted_until date,
    version character varying, accepted_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT portal_establishments(
            CASE portal_context(2) WHEN 'edunet' THEN 'view_establishment' ELSE 'manage_register' END) AS id),
    people AS (
        SELECT DISTINCT line.establishment_id, line.person_id
        FROM access_register_registerline AS line
        WHERE line.establishment_id IN (SELECT id FROM mine) AND (wanted IS NULL OR line.establishment_id = wanted)
          AND line.withdrawn_at IS NULL AND line.awaiting_since IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
        UNION
        SELECT NULL, officer.person_id
        FROM access_register_officerappointment AS officer
        WHERE wanted IS NULL AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM mine)
          AND officer.starts_on <= CURRENT_DATE AND (officer.ends_on IS NULL OR officer.ends_on >= CURRENT_DATE))
    SELECT people.establishment_id, person.id, person.name, person.protocol_accepted_until, version.number,
           (acceptance.accepted_at AT TIME ZONE 'Europe/London')::date
    FROM people
    JOIN access_register_person AS person ON person.id = people.person_id
    LEFT JOIN access_register_acceptance AS acceptance ON acceptance.person_id = person.id
    LEFT JOIN access_register_protocolversion AS version ON version.id = acceptance.version_id
    ORDER BY sharing_plain(person.name), person.id, acceptance.accepted_at DESC
$$;

-- The facts that the history of a line records, the same as access_register.register.history writes.
CREATE OR REPLACE FUNCTION access_register_facts(line access_register_registerline)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(key, value) || jsonb_build_object(
        'head', line.seat IS NOT DISTINCT FROM 0, 'pending', line.awaiting_since IS NOT NULL,
        'suspended', line.suspended_at IS NOT NULL, 'withdrawn', line.withdrawn_at IS NOT NULL)
    FROM jsonb_each(to_jsonb(line))
    WHERE key IN (
        'level', 'role', 'basis', 'basis_words', 'given_by_name', 'year_groups', 'withheld', 'reviews_missed',
        'suspended_because', 'withdrawn_because', 'version', 'starts_on', 'ends_on', 'level_since', 'review_due_on',
        'confirmed_on')
$$;

-- Ends the asker's own line now (never the head's), with its permission rows, and adds to its history. Nothing else can
-- be written through it.
CREATE OR REPLACE FUNCTION portal_leave(wanted bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before access_register_registerline;
    after access_register_registerline;
    own_name varchar;
BEGIN
    SELECT * INTO before FROM access_register_registerline
    WHERE id = wanted AND person_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND seat IS DISTINCT FROM 0 AND withdrawn_at IS NULL AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT name INTO own_name FROM access_register_person WHERE id = before.person_id;
    UPDATE access_register_registerline SET withdrawn_at = now(), withdrawn_by_name = own_name,
        withdrawn_because = 'Left by themselves', version = before.version + 1
    WHERE id = wanted
    RETURNING * INTO after;
    DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || wanted;
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    VALUES (
        wanted, before.establishment_id, now(), 'left',
        'On ' || to_char(CURRENT_DATE, 'FMDD FMMonth YYYY') || ' ' || own_name || ' left this register',
        own_name, access_register_facts(before), access_register_facts(after));
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION portal_person, portal_accepted TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION portal_accept, portal_signatories, portal_leave TO portal_app;
