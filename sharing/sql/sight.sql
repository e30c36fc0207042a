-- What somebody may see, asked once in a visit (R6, R45).
--
-- The policies of pupils, and of the tables that depend on them, compare the same few arrays in each statement.
-- `portal_sight` returns what the visit has asked before, and otherwise asks the function of that name. What it
-- remembers is bound to the transaction and to the visit. It is forgotten when the visit itself changes something that
-- it follows from (`portal_look_again`).
--
-- For somebody who does not see all pupils whole, that fact is remembered, but none of the arrays about pupils except
-- the closed ones. One of these arrays takes away what another gives, so all must be asked in the same statement.
--
-- A visit to one establishment sees only the pupils of that one, whatever else the person may see (docs/adr/0040).

-- The years that are opened where pupils are narrowed, and the single records that are opened: both as text.
CREATE OR REPLACE FUNCTION portal_admitted()
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT portal_years() UNION ALL SELECT portal_opened()::text
$$;

-- The records that are opened although no line shows the child, so that no line says what is withheld.
CREATE OR REPLACE FUNCTION portal_opened_beyond()
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM sharing_pupil
    WHERE id = ANY (ARRAY(SELECT portal_opened())) AND establishment_id = ANY (ARRAY(SELECT portal_narrowed()))
      AND establishment_id || ':' || year_group <> ALL (ARRAY(SELECT portal_years()))
$$;

-- Where the asker sees all pupils, with everything about them. NULL for anybody who is narrowed anywhere, has a record
-- opened to them, has sponsors, or has a child closed to them there. For them the other functions answer one by one.
CREATE OR REPLACE FUNCTION portal_sees_whole()
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    known text := current_setting('portal.sees_whole', true);
    who bigint;
    places bigint[];
    is_whole boolean;
    some_are_closed boolean;
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN nullif(substr(known, length(visit) + 2), '')::bigint[]; END IF;
    who := portal_asker();
    SELECT coalesce(array_agg(establishment_id), '{}'),
           coalesce(bool_and(year_groups = '{}' AND withheld = '{}'), true)
           AND NOT EXISTS (SELECT FROM sharing_opening WHERE person_id = who AND ended_at IS NULL AND ends_at > now())
           AND NOT EXISTS (SELECT FROM sharing_namedchild
                           WHERE person_id = who AND ended_at IS NULL AND ends_on >= CURRENT_DATE)
           AND NOT EXISTS (SELECT FROM access_register_registerline
                           WHERE person_id = who AND role = 'third_party' AND withdrawn_at IS NULL),
           EXISTS (SELECT FROM sharing_closing WHERE ended_at IS NULL AND ends_at > now())
    INTO places, is_whole, some_are_closed
    FROM sharing_establishmentpermission
    WHERE user_id = who AND through = portal_context(2) AND starts_on <= CURRENT_DATE
      AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = 'view_pupils');
    IF is_whole AND some_are_closed THEN
        is_whole := NOT EXISTS (SELECT FROM sharing_pupil WHERE establishment_id = ANY (places)
                                AND id = ANY (portal_sight(NULL::uuid[], 'closed')));
    END IF;
    IF visit <> '' THEN
        PERFORM set_config(
            'portal.sees_whole', visit || '=' || CASE WHEN is_whole THEN places::text ELSE '' END, true);
    END IF;
    RETURN CASE WHEN is_whole THEN places END;
END
$$;

-- Answers a question of the policies: with what the visit has asked before, or by the function of that name.
--
-- `portal.here`: the establishment that is visited, by its id. 0 if there is none with that URN. Empty where the visit
-- is not to one establishment.
CREATE OR REPLACE FUNCTION portal_sight(kind anyarray, question text, about text DEFAULT ''::text)
RETURNS anyarray LANGUAGE plpgsql STABLE AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
    setting text := 'portal.sees_' || question || '_' || about;
    known text := current_setting(setting, true);
    here text := current_setting('portal.here', true);
    whole bigint[];
    found kind%TYPE := '{}';
BEGIN
    IF starts_with(known, visit || '=') THEN RETURN substr(known, length(visit) + 2); END IF;
    IF question = 'establishments' THEN
        found := ARRAY(SELECT portal_establishments(about));
    ELSIF question = 'closed' THEN
        found := ARRAY(SELECT portal_closed());
    ELSE
        whole := portal_sees_whole();
        IF whole IS NULL THEN
            EXECUTE format('SELECT ARRAY(SELECT %I(%s))', 'portal_' || question,
                           CASE about WHEN '' THEN '' ELSE quote_literal(about) END) INTO found;
        ELSIF question IN ('pupils_at', 'showing') THEN
            found := whole;
        END IF;
        IF question = 'pupils_at' AND here <> '' THEN
            found := ARRAY(SELECT place FROM unnest(found) AS place WHERE place = here::bigint);
        END IF;
        IF whole IS NULL THEN RETURN found; END IF;
    END IF;
    IF visit <> '' THEN PERFORM set_config(setting, visit || '=' || found::text, true); END IF;
    RETURN found;
END
$$;

-- Makes the visit forget its answers, by triggers on everything they follow from. So a change inside a visit takes
-- effect at once there, too.
CREATE OR REPLACE FUNCTION portal_look_again()
RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit text := current_setting('portal.ctx', true);
BEGIN
    IF visit <> '' THEN
        PERFORM set_config(
            'portal.ctx',
            split_part(visit, '@', 1) || '@' || split_part(visit, '@', 2) || '@' || split_part(visit, '@', 3)
            || '@' || clock_timestamp()::text, true);
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER look_again AFTER UPDATE OF protocol_accepted_until, suspended_until
    ON access_register_person
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER UPDATE OF same_as_id ON sharing_child
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER INSERT OR DELETE OR UPDATE ON sharing_closing
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER INSERT OR DELETE OR UPDATE ON sharing_establishmentpermission
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER INSERT OR DELETE OR UPDATE ON sharing_namedchild
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER INSERT OR DELETE OR UPDATE ON sharing_opening
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();
CREATE OR REPLACE TRIGGER look_again AFTER INSERT OR UPDATE OF child_id, establishment_id, year_group, visible
    ON sharing_pupil
    FOR EACH STATEMENT EXECUTE FUNCTION portal_look_again();

GRANT EXECUTE ON FUNCTION portal_admitted, portal_opened_beyond, portal_sees_whole, portal_sight
    TO portal_app, portal_batch;
