-- New establishments on EduNet: who can see them, and their first head (R9, R32, R35, A7).
--
-- The web application writes no head's line. These functions do, for somebody who keeps duties, and only where there is
-- no head: never over a head in office, and never for the asker. A first head who has not accepted the invitation gives
-- way to the next one recorded.

-- What officers hold everywhere, or at all establishments of a kind, they also hold at a new one: only those rows are
-- copied. The appointments are locked first, so that nothing is ended meanwhile and goes on there (R44).
CREATE OR REPLACE FUNCTION access_register_follow_new(places bigint[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM access_register_officerappointment
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) ORDER BY id FOR UPDATE;
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, ends_on, source, reason)
    SELECT DISTINCT held.user_id, held.permission_id, place.id, held.through, held.starts_on, held.ends_on,
           held.source, held.reason
    FROM sharing_establishment AS place
    CROSS JOIN sharing_establishmentpermission AS held
    JOIN sharing_establishment AS elsewhere ON elsewhere.id = held.establishment_id
    LEFT JOIN access_register_duty AS duty ON 'duty:' || duty.id = held.source
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND place.id = ANY (places) AND place.kind <> '' AND held.through = 'edunet'
      AND NOT EXISTS (SELECT FROM sharing_establishmentpermission AS known
                      WHERE known.establishment_id = place.id AND known.through = 'edunet')
      AND (held.source LIKE 'appointment:%' OR duty.whole_community
           OR (place.kind = ANY (duty.kinds) AND elsewhere.kind = place.kind))
$$;

-- The establishments without a head, each with the person who is invited, if there is one. Asked about one place, it
-- does not go through the others.
CREATE OR REPLACE FUNCTION access_register_without_head(one bigint DEFAULT NULL::bigint)
RETURNS TABLE(establishment_id bigint, invited_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place.id, (
        SELECT max(line.person_id) FROM access_register_registerline AS line
        WHERE line.establishment_id = place.id AND line.seat = 0 AND line.withdrawn_at IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
    FROM sharing_establishment AS place
    WHERE (one IS NULL OR place.id = one)
      AND EXISTS (SELECT FROM portal_establishments('manage_duties')) AND place.kind <> ''
      AND EXISTS (
          SELECT FROM sharing_participation AS part
          WHERE part.establishment_id = place.id AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE))
      AND NOT EXISTS (
          SELECT FROM access_register_registerline AS line
          WHERE line.establishment_id = place.id AND line.seat = 0 AND line.withdrawn_at IS NULL
            AND line.awaiting_since IS NULL AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
$$;

-- Records the first head. `opens`, `why`: the permission rows, in the words of access_register.grants. `token`: the
-- hash of an invitation, empty for somebody who has an account. Returns an empty text, or a word of
-- access_register.headships.first_heads.REFUSED. The same form sent again within a minute (a double click) is the same
-- head, with no second letter.
CREATE OR REPLACE FUNCTION access_register_place_first_head(
    place bigint, somebody bigint, day date, opens text[], why text, who text, token text,
    expires timestamp with time zone
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before access_register_registerline;
    nobody access_register_registerline;
    number bigint;
    awaits boolean := token <> '';
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM access_register_registerline
               WHERE establishment_id = place AND person_id = somebody AND seat = 0 AND withdrawn_at IS NULL
                 AND starts_on = day AND given_by_name = who AND given_at > clock_timestamp() - interval '1 minute')
    THEN
        RETURN 'twice';
    END IF;
    IF place NOT IN (SELECT free.establishment_id FROM access_register_without_head(place) AS free) THEN
        RETURN 'has_head';
    END IF;
    IF somebody = portal_asker() THEN RETURN 'own'; END IF;
    IF day < CURRENT_DATE OR day > CURRENT_DATE + 366 THEN RETURN 'days'; END IF;
    FOR before IN
        SELECT * FROM access_register_registerline
        WHERE establishment_id = place AND seat = 0 AND withdrawn_at IS NULL AND awaiting_since IS NOT NULL FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET
            withdrawn_at = clock_timestamp(), withdrawn_by_name = who,
            withdrawn_because = 'Recorded anew before it was accepted.', version = version + 1
        WHERE id = before.id;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        PERFORM access_register_tell(before, before.id, 'withdrawn', 'recorded the first head anew', who);
    END LOOP;
    IF EXISTS (SELECT FROM access_register_registerline
               WHERE establishment_id = place AND person_id = somebody AND withdrawn_at IS NULL
                 AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)) THEN
        RETURN 'known';
    END IF;
    INSERT INTO access_register_registerline (
        establishment_id, person_id, level, seat, role, basis, basis_words, starts_on, given_by_name, given_at,
        level_since, awaiting_since, suspended_by_name, suspended_because,
        year_groups, withheld, reviews_missed, version, withdrawn_by_name, withdrawn_because)
    VALUES (
        place, somebody, 1, 0, 'head', '', '', day, who, clock_timestamp(),
        day, CASE WHEN awaits THEN clock_timestamp() END, '', '',
        '{}', '{}', 0, 1, '', '')
    RETURNING id INTO number;
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, source, reason)
    SELECT somebody, permission.id, place, 'schools_online', CASE WHEN awaits THEN DATE '9999-12-31' ELSE day END,
           'line:' || number, why
    FROM auth_permission AS permission JOIN django_content_type AS kind ON kind.id = permission.content_type_id
    WHERE kind.app_label = 'sharing' AND kind.model = 'establishment' AND permission.codename = ANY (opens);
    IF awaits THEN
        INSERT INTO access_register_invitation (
            line_id, establishment_id, token_hash, sent_at, times_sent, expires_at)
        VALUES (number, place, token, clock_timestamp(), 1, expires);
    END IF;
    PERFORM access_register_tell(nobody, number, 'first_head', 'recorded this person as the first head', who);
    RETURN '';
END
$$;

-- The first heads who can be taken back: not accepted yet, or recorded within 14 days, and not handed over. The history
-- recognises a first head by its kind of event, not by its wording. Few lines are a head's, and their events are found
-- by the line.
CREATE OR REPLACE FUNCTION access_register_first_heads()
RETURNS TABLE(line_id bigint, establishment_id bigint, name character varying, awaits boolean, first_day date,
    recorded_by character varying, recorded_at timestamp with time zone)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.id, line.establishment_id, person.name, line.awaiting_since IS NOT NULL, line.starts_on,
           line.given_by_name, line.given_at
    FROM access_register_registerline AS line JOIN access_register_person AS person ON person.id = line.person_id
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) AND line.seat = 0 AND line.withdrawn_at IS NULL
      AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
      AND (line.awaiting_since IS NOT NULL OR line.given_at > now() - interval '14 days')
      AND EXISTS (
          SELECT FROM access_register_lineevent AS event
          WHERE event.line_id = line.id AND event.what = 'first_head')
      AND NOT EXISTS (
          SELECT FROM access_register_handover AS handover
          WHERE handover.establishment_id = line.establishment_id AND handover.cancelled_at IS NULL)
$$;

-- Takes back a first head recorded by mistake. Nobody can do so who is that head. Whoever was given a line, or raised,
-- by that person goes too, and so does whoever was let in by these: nobody who may do so has decided it (R2, R35). So
-- are the consents that they gave withdrawn (R27), and the suspensions that they lifted are back. The history says by
-- whom each change was, and only by name in rows from before migration 0005. A line that was lowered again to its level
-- of before stays.
CREATE OR REPLACE FUNCTION access_register_take_back_first_head(place bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before access_register_registerline;
    began timestamptz;
    wrong bigint[] := '{}';
BEGIN
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    -- Whoever is adding somebody to the register has done so, or waits (hold_register); so does whoever consents.
    PERFORM pg_advisory_xact_lock(hashtext('access_register_registerline'), place::int);
    PERFORM FROM sharing_restricteditem WHERE establishment_id = place ORDER BY id FOR UPDATE;
    PERFORM FROM access_register_registerline
    WHERE establishment_id = place AND withdrawn_at IS NULL ORDER BY id FOR UPDATE;
    FOR before IN
        WITH RECURSIVE gone AS (
            SELECT line.id, line.person_id, person.name, line.given_at AS since, 4 AS level_before
            FROM access_register_registerline AS line
            JOIN access_register_person AS person ON person.id = line.person_id
            WHERE line.id IN (SELECT line_id FROM access_register_first_heads() WHERE establishment_id = place)
              AND line.person_id <> portal_asker()
            UNION
            SELECT line.id, line.person_id, person.name, gone.since, coalesce((event.before->>'level')::int, 4)
            FROM gone
            JOIN access_register_lineevent AS event
              ON event.establishment_id = place AND event.at >= gone.since
             AND (event.by_id = gone.person_id OR event.by_id IS NULL AND event.by_name = gone.name)
             AND (event.after->>'level')::int < coalesce((event.before->>'level')::int, 4)
            JOIN access_register_registerline AS line ON line.id = event.line_id
            JOIN access_register_person AS person ON person.id = line.person_id)
        SELECT * FROM access_register_registerline AS line
        WHERE EXISTS (SELECT FROM gone WHERE gone.id = line.id AND line.level < gone.level_before)
          AND withdrawn_at IS NULL ORDER BY id
    LOOP
        UPDATE access_register_registerline SET
            withdrawn_at = clock_timestamp(), withdrawn_by_name = who, version = version + 1,
            withdrawn_because = CASE before.seat WHEN 0 THEN 'Recorded by mistake.'
                                ELSE 'Let in by somebody who was first head by mistake.' END
        WHERE id = before.id;
        UPDATE access_register_invitation SET revoked_at = clock_timestamp()
        WHERE line_id = before.id AND accepted_at IS NULL;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        UPDATE sharing_consent SET withdrawn_at = clock_timestamp(), withdrawn_by_name = who
        WHERE establishment_id = place AND given_by_id = before.person_id AND given_at >= before.given_at
          AND before.seat = 0 AND withdrawn_at IS NULL;
        PERFORM access_register_tell(
            before, before.id, 'withdrawn',
            CASE before.seat WHEN 0 THEN 'took back the first head'
            ELSE 'ended this line of a person let in by somebody who was first head by mistake' END, who);
        wrong := wrong || before.person_id;
        began := CASE before.seat WHEN 0 THEN before.given_at ELSE began END;
    END LOOP;
    IF began IS NULL THEN
        RETURN false;
    END IF;
    -- As those left it who were not let in by mistake: what these had themselves suspended is not brought back.
    FOR before IN
        SELECT line.* FROM access_register_registerline AS line
        WHERE establishment_id = place AND withdrawn_at IS NULL AND suspended_at IS NULL AND (
            SELECT event.after->>'suspended' = 'true'
            FROM access_register_lineevent AS event
            WHERE event.line_id = line.id AND event.before->>'suspended' <> event.after->>'suspended'
              AND (event.at < began OR event.by_id = ANY (wrong) IS NOT TRUE)
            ORDER BY event.at DESC, event.id DESC LIMIT 1)
        ORDER BY id
    LOOP
        UPDATE access_register_registerline SET
            suspended_at = clock_timestamp(), suspended_by_name = who, version = version + 1,
            suspended_because = 'Lifted by somebody who was first head by mistake.'
        WHERE id = before.id;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        PERFORM access_register_tell(
            before, before.id, 'suspended',
            'suspended this line again: somebody who was first head by mistake had lifted that', who);
    END LOOP;
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION access_register_follow_new, access_register_without_head, access_register_place_first_head,
    access_register_first_heads, access_register_take_back_first_head TO portal_app;
