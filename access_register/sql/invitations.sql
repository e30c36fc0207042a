-- An invitation, for the person invited (A9, R32, R44).
--
-- The person invited cannot sign in yet, so there is nobody to make a visit as: these two functions answer for exactly
-- one token each.

-- What the page of an invitation says: who it is from, to which place, and whether it is still valid.
CREATE OR REPLACE FUNCTION portal_invitation(wanted text)
RETURNS TABLE(line_id bigint, person_id bigint, person_name character varying, person_email character varying,
    has_account boolean, urn integer, place character varying, giver character varying, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.id, person.id, person.name, person.email,
           left(person.password, 1) <> '!' OR person.last_login IS NOT NULL,
           place.urn, place.name, line.given_by_name,
           CASE WHEN invitation.accepted_at IS NOT NULL THEN 'accepted'
                WHEN invitation.revoked_at IS NOT NULL OR line.withdrawn_at IS NOT NULL OR line.awaiting_since IS NULL
                     OR line.ends_on < CURRENT_DATE OR NOT person.is_active THEN 'revoked'
                WHEN invitation.expires_at <= now() THEN 'expired'
                ELSE 'open' END
    FROM access_register_invitation AS invitation
    JOIN access_register_registerline AS line ON line.id = invitation.line_id
    JOIN access_register_person AS person ON person.id = line.person_id
    JOIN sharing_establishment AS place ON place.id = line.establishment_id
    WHERE invitation.token_hash = wanted
$$;

-- Accepts an invitation. Somebody without an account chooses a password. Somebody who has one must be signed in.
CREATE OR REPLACE FUNCTION portal_accept_invitation(wanted text, new_password text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waiting access_register_registerline;
    somebody access_register_person;
BEGIN
    -- Lock first and check afterwards: of two clicks, or of a click and a withdrawal, the second sees the first.
    SELECT line.* INTO waiting
    FROM access_register_registerline AS line JOIN access_register_invitation AS invitation ON line_id = line.id
    WHERE token_hash = wanted FOR UPDATE;
    SELECT * INTO somebody FROM access_register_person WHERE id = waiting.person_id FOR UPDATE;
    IF NOT EXISTS (SELECT FROM portal_invitation(wanted) WHERE state = 'open') THEN
        RETURN false;
    END IF;
    IF left(somebody.password, 1) = '!' AND somebody.last_login IS NULL THEN
        IF coalesce(new_password, '!') ~ '^!' OR new_password = '' THEN
            RETURN false;
        END IF;
        UPDATE access_register_person SET password = new_password WHERE id = somebody.id;
    ELSIF portal_person() IS DISTINCT FROM somebody.id THEN
        RETURN false;
    END IF;
    UPDATE access_register_invitation SET accepted_at = now() WHERE token_hash = wanted;
    UPDATE access_register_registerline SET awaiting_since = NULL, version = version + 1 WHERE id = waiting.id;
    UPDATE sharing_establishmentpermission
    SET starts_on = greatest(
        waiting.starts_on, (SELECT starts_on FROM access_register_contract WHERE id = waiting.contract_id))
    WHERE source = 'line:' || waiting.id AND user_id = waiting.person_id
      AND establishment_id = waiting.establishment_id AND starts_on = DATE '9999-12-31';
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    SELECT waiting.id, waiting.establishment_id, now(), 'accepted',
           format('On %s %s accepted the invitation', to_char(CURRENT_DATE, 'FMDD FMMonth YYYY'), somebody.name),
           somebody.name, after, after || jsonb_build_object('pending', false, 'version', waiting.version + 1)
    FROM access_register_lineevent WHERE line_id = waiting.id
    ORDER BY at DESC, id DESC LIMIT 1;
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION portal_invitation, portal_accept_invitation TO portal_app;
