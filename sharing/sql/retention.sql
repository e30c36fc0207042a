-- Disposals and legal holds (P5): steps that only an information manager can take, on EduNet.

-- Asks for what is due to be counted. NULL for somebody who may not, and 0 while another disposal is under way.
CREATE OR REPLACE FUNCTION sharing_ask_disposal(who text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_disposal'));
    IF EXISTS (SELECT FROM sharing_disposal WHERE state IN ('asked', 'counted', 'approved')) THEN RETURN 0; END IF;
    INSERT INTO sharing_disposal (number, as_of, state, asked_by_id, asked_by_name)
    VALUES (gen_random_uuid(), CURRENT_DATE, 'asked', portal_asker(), who) RETURNING id INTO made;
    RETURN made;
END
$$;

-- Another information manager approves what was counted. Refusing it is also open to whoever asked.
CREATE OR REPLACE FUNCTION sharing_decide_disposal(wanted bigint, approves boolean, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN false; END IF;
    UPDATE sharing_disposal SET
        state = CASE WHEN approves THEN 'approved' ELSE 'refused' END, decided_at = now(),
        decided_by_id = nullif(portal_asker(), asked_by_id), decided_by_name = who, tries = 0
    WHERE id = wanted AND state = 'counted' AND (asked_by_id <> portal_asker() OR NOT approves);
    RETURN FOUND;
END
$$;

-- Keeps a child, or an establishment, out of every disposal until the hold is lifted or its last day has passed.
CREATE OR REPLACE FUNCTION sharing_place_hold(upn_key text, wanted_urn integer, sealed bytea, last_day date, who text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kid uuid;
    place bigint;
    made bigint;
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_legalhold'));
    IF upn_key <> '' THEN
        SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = upn_key;
    ELSE
        SELECT id INTO place FROM sharing_establishment WHERE urn = wanted_urn;
    END IF;
    IF sealed IS NULL OR (kid IS NULL AND place IS NULL) THEN RETURN NULL; END IF;
    INSERT INTO sharing_legalhold (child_id, establishment_id, reason, until, placed_by_id, placed_by_name)
    VALUES (kid, place, sealed, last_day, portal_asker(), who) RETURNING id INTO made;
    RETURN made;
END
$$;

-- Lifts a hold. Returns whether there was one.
CREATE OR REPLACE FUNCTION sharing_lift_hold(wanted bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN false; END IF;
    UPDATE sharing_legalhold SET lifted_at = now(), lifted_by_name = who WHERE id = wanted AND lifted_at IS NULL;
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION sharing_ask_disposal, sharing_decide_disposal, sharing_place_hold, sharing_lift_hold
    TO portal_app;
