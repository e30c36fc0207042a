-- An establishment leaves the protocol and comes back (P6, R16).
--
-- The web application writes no participation. These two functions do, but only for the head of the day. From the
-- commit on, both locks use the days that the functions leave. The establishment is locked, so that two steps at once
-- happen one after the other. Both return an empty text, or one of the words of
-- access_register.participation.participation.REFUSED.

-- Leaves the protocol. The stretch ends the day before, so that it is over at once. A stretch that began today has no
-- day before. If an earlier stretch shows that the establishment once took part, it is removed. If there is none, it is
-- moved to yesterday, because an import brings in establishments that have never taken part. A suspended establishment
-- can leave too, and then does not come back by itself. Who answered for the protocol stays on file.
CREATE OR REPLACE FUNCTION access_register_leave_protocol(place bigint, why text, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE stretch sharing_participation;
BEGIN
    IF NOT EXISTS (SELECT FROM portal_heads() AS mine WHERE mine = place) THEN RETURN 'not_yours'; END IF;
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT * INTO stretch FROM sharing_taking_part_today() WHERE establishment_id = place;
    IF stretch.id IS NULL AND EXISTS (
        SELECT FROM access_register_sanctions_today()
        WHERE establishment_id = place AND measure = 'suspend_establishment') THEN
        SELECT * INTO stretch FROM sharing_participation
        WHERE establishment_id = place AND starts_on > CURRENT_DATE
        ORDER BY starts_on LIMIT 1;
    END IF;
    IF stretch.id IS NULL THEN RETURN 'not_taking_part'; END IF;
    IF stretch.starts_on < CURRENT_DATE THEN
        UPDATE sharing_participation
        SET ends_on = CURRENT_DATE - 1, ended_because = 'The head has left the protocol.'
        WHERE id = stretch.id;
    ELSIF EXISTS (SELECT FROM sharing_participation WHERE establishment_id = place AND id <> stretch.id) THEN
        DELETE FROM sharing_participation WHERE id = stretch.id;
    ELSE
        UPDATE sharing_participation
        SET starts_on = CURRENT_DATE - 1, ends_on = CURRENT_DATE - 1,
            ended_because = 'The head has left the protocol.'
        WHERE id = stretch.id;
    END IF;
    DELETE FROM sharing_participation WHERE establishment_id = place AND starts_on > CURRENT_DATE;
    INSERT INTO access_register_participationstep (establishment_id, what, at, by_id, by_name, because)
    VALUES (place, 'left', clock_timestamp(), portal_asker(), who, why);
    RETURN '';
END
$$;

-- Joins again, until the type of the establishment comes off the list if that day is known. The head accepts the text in
-- force in the same step. All other acceptances there end: people must accept again before they can see anything (R16),
-- and the portal asks them at their next request.
CREATE OR REPLACE FUNCTION access_register_join_protocol(place bigint, wanted bigint, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE stretch sharing_participation;
BEGIN
    IF NOT EXISTS (SELECT FROM portal_heads() AS mine WHERE mine = place) THEN RETURN 'not_yours'; END IF;
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT * INTO stretch FROM sharing_taking_part_today() WHERE establishment_id = place;
    IF stretch.id IS NOT NULL THEN RETURN 'taking_part'; END IF;
    IF NOT EXISTS (SELECT FROM sharing_establishment WHERE id = place AND kind <> '') THEN RETURN 'outside'; END IF;
    IF EXISTS (
        SELECT FROM access_register_sanctions_today()
        WHERE establishment_id = place AND measure = 'suspend_establishment') THEN
        RETURN 'suspended';
    END IF;
    LOCK TABLE access_register_protocolversion IN SHARE MODE;  -- before the people, as whoever publishes a text does
    -- The head too, by their number: of two who are on each other's register, one waits for the other. Rows that point to
    -- these people may still be written.
    PERFORM 1 FROM access_register_person
    WHERE id IN (
        SELECT line.person_id FROM access_register_registerline AS line
        WHERE line.establishment_id = place AND line.withdrawn_at IS NULL
          AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE))
    ORDER BY id FOR NO KEY UPDATE;
    IF portal_accept(wanted) IS NULL THEN RETURN 'other_text'; END IF;
    DELETE FROM sharing_participation WHERE establishment_id = place AND starts_on > CURRENT_DATE;
    INSERT INTO sharing_participation (establishment_id, starts_on, ends_on, ended_because)
    SELECT known.id, CURRENT_DATE, type.ends_on,
           CASE WHEN type.ends_on IS NULL THEN '' ELSE 'Its type does not count any more' END
    FROM sharing_establishment AS known
    LEFT JOIN sharing_listedtype AS type ON type.type_code = known.type_code AND type.ends_on >= CURRENT_DATE
    WHERE known.id = place;
    UPDATE access_register_person SET protocol_accepted_until = CURRENT_DATE - 1
    WHERE protocol_accepted_until >= CURRENT_DATE AND id <> portal_person()
      AND id IN (
          SELECT line.person_id FROM access_register_registerline AS line
          WHERE line.establishment_id = place AND line.withdrawn_at IS NULL
            AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE));
    INSERT INTO access_register_participationstep (establishment_id, what, at, by_id, by_name, because, version_id)
    VALUES (place, 'joined', clock_timestamp(), portal_asker(), who, '', wanted);
    RETURN '';
END
$$;

GRANT EXECUTE ON FUNCTION access_register_leave_protocol, access_register_join_protocol TO portal_app;
