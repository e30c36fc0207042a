-- How a sanction is enacted, and lifted by an appeal (P17, R41, R44).
--
-- The vote that decides and what follows from it are one statement: there is no moment between them. Each sanction is
-- in force on its days, which both locks compare with today, so no job begins or ends it. Only the vote
-- (breach_steps.sql) calls the functions that enact it.

-- The sanctions that are in force today. Only a part of other functions (sharing/sql/today.sql).
CREATE OR REPLACE FUNCTION access_register_sanctions_today()
RETURNS SETOF access_register_sanction LANGUAGE sql STABLE AS $$
    SELECT * FROM access_register_sanction
    WHERE lifted_at IS NULL AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE
$$;

-- What shuts the asker out today, in person or with an establishment. The number of the case is included only for
-- somebody who may read it.
CREATE OR REPLACE FUNCTION portal_suspensions()
RETURNS TABLE(measure character varying, urn integer, name character varying, decided_on date, ends_on date,
    breach_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sanction.measure, place.urn, place.name, sanction.starts_on, sanction.ends_on,
           CASE WHEN portal_breach_is(sanction.breach_id, 'respondent') THEN sanction.breach_id END
    FROM access_register_sanctions_today() AS sanction
    LEFT JOIN sharing_establishment AS place ON place.id = sanction.establishment_id
    WHERE sanction.measure = 'suspend_person' AND sanction.person_id = portal_accepted()
       OR sanction.measure = 'suspend_establishment'
          AND sanction.establishment_id IN (SELECT portal_establishments('view_establishment'))
    ORDER BY sanction.ends_on DESC, sanction.id
$$;

-- Shuts a person out until the last day of the sanctions in force against them. Locks the person first, so that what
-- another panel decides at the same instant is seen, or waits.
CREATE OR REPLACE FUNCTION access_register_shut_out()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_register_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    UPDATE access_register_person SET suspended_until = (
        SELECT max(ends_on) FROM access_register_sanctions_today()
        WHERE person_id = NEW.person_id AND measure = 'suspend_person')
    WHERE id = NEW.person_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER shut_out AFTER INSERT OR UPDATE ON access_register_sanction
    FOR EACH ROW WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION access_register_shut_out();

-- Suspends an establishment, which takes part again on the day after the last one. The stretch of its participation is
-- cut in two, and both locks know by themselves on which days it takes part. If the sanction is lifted earlier, the
-- second part begins today. Locks the establishment first, as when a head leaves the protocol.
CREATE OR REPLACE FUNCTION access_register_pause(place bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
    going_on sharing_participation;
    afterwards bigint;
BEGIN
    PERFORM 1 FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    SELECT max(ends_on) INTO last_day FROM access_register_sanctions_today()
    WHERE establishment_id = place AND measure = 'suspend_establishment';
    SELECT * INTO going_on FROM sharing_participation
    WHERE establishment_id = place AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
    FOR UPDATE;
    IF going_on.id IS NULL THEN
        SELECT max(stretch.id) INTO afterwards
        FROM access_register_sanction AS held JOIN sharing_participation AS stretch ON stretch.id = held.participation_id
        WHERE held.establishment_id = place;
        DELETE FROM sharing_participation WHERE id = afterwards AND starts_on > CURRENT_DATE AND ends_on <= last_day;
        UPDATE sharing_participation SET starts_on = coalesce(last_day + 1, CURRENT_DATE)
        WHERE id = afterwards AND starts_on > CURRENT_DATE;
    ELSIF last_day IS NOT NULL THEN
        IF going_on.starts_on < CURRENT_DATE THEN
            UPDATE sharing_participation SET ends_on = CURRENT_DATE - 1, ended_because = 'Suspended for a time'
            WHERE id = going_on.id;
        ELSE
            DELETE FROM sharing_participation WHERE id = going_on.id;
        END IF;
        IF going_on.ends_on IS NULL OR going_on.ends_on > last_day THEN
            INSERT INTO sharing_participation (establishment_id, starts_on, ends_on, ended_because)
            VALUES (place, last_day + 1, going_on.ends_on, going_on.ended_because)
            RETURNING id INTO afterwards;
        END IF;
    END IF;
    UPDATE access_register_sanction SET participation_id = afterwards
    WHERE establishment_id = place AND afterwards IS NOT NULL AND lifted_at IS NULL
      AND starts_on <= CURRENT_DATE AND ends_on >= CURRENT_DATE;
END
$$;

-- Whoever writes a participation: it must not cover a day of a suspension.
CREATE OR REPLACE FUNCTION access_register_takes_no_part()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM access_register_sanctions_today()
               WHERE establishment_id = NEW.establishment_id AND measure = 'suspend_establishment'
                 AND daterange(NEW.starts_on, NEW.ends_on, '[]') && daterange(CURRENT_DATE, ends_on, '[]')) THEN
        RAISE EXCEPTION 'an establishment takes no part while it is suspended' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'suspended_takes_no_part';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER takes_no_part BEFORE INSERT OR UPDATE ON sharing_participation
    FOR EACH ROW EXECUTE FUNCTION access_register_takes_no_part();

-- Until which day a third party is barred at an establishment, however its name is spelled.
CREATE OR REPLACE FUNCTION access_register_barred_until(party bigint, place bigint)
RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT max(sanction.ends_on)
    FROM access_register_sanctions_today() AS sanction
    JOIN access_register_contract AS ended ON ended.id = sanction.contract_id
    JOIN access_register_organisation AS gone ON gone.id = ended.organisation_id
    JOIN access_register_organisation AS named ON named.id = party
    WHERE sanction.measure = 'end_third_party' AND ended.establishment_id = place
      AND access_register_plain_name(gone.name) = access_register_plain_name(named.name)
$$;

-- Whoever records a contract: it must not be with a third party that is barred there.
CREATE OR REPLACE FUNCTION access_register_is_barred()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF access_register_barred_until(NEW.organisation_id, NEW.establishment_id) IS NOT NULL THEN
        RAISE EXCEPTION 'this third party is barred here' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'third_party_is_barred';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER is_barred BEFORE INSERT OR UPDATE OF organisation_id, establishment_id, ended_at
    ON access_register_contract
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION access_register_is_barred();

-- Ends a third party's contracts at that establishment with everything under them, however its name is spelled. Until
-- the last day no new one can be recorded in their place. A contract recorded at the moment of the decision is seen,
-- and ended with the others.
CREATE OR REPLACE FUNCTION access_register_end_by_sanction(wanted bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    line access_register_registerline;
    theirs bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtext('third parties'), (SELECT establishment_id::int FROM access_register_contract WHERE id = wanted));
    theirs := ARRAY(
        SELECT contract.id
        FROM access_register_contract AS said
        JOIN access_register_organisation AS party ON party.id = said.organisation_id
        JOIN access_register_contract AS contract ON contract.establishment_id = said.establishment_id
        JOIN access_register_organisation AS named ON named.id = contract.organisation_id
        WHERE said.id = wanted AND access_register_plain_name(named.name) = access_register_plain_name(party.name));
    UPDATE access_register_contract SET ended_at = now() WHERE id = ANY (theirs) AND ended_at IS NULL;
    FOR line IN
        SELECT * FROM access_register_registerline
        WHERE contract_id = ANY (theirs) AND withdrawn_at IS NULL ORDER BY id FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET
            withdrawn_at = now(), withdrawn_by_name = 'the Locality Achievement Partnership',
            withdrawn_because = 'The contract was ended for a breach of the protocol.', version = version + 1
        WHERE id = line.id;
        PERFORM access_register_tell(
            line, line.id, 'withdrawn', 'ended this line with its contract',
            'the Locality Achievement Partnership');
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
        UPDATE access_register_invitation SET revoked_at = now() WHERE line_id = line.id AND accepted_at IS NULL;
    END LOOP;
END
$$;

-- What is about to end with a contract, as it is now. It is kept with the sanction, together with what an earlier
-- sanction that is still in force ended.
CREATE OR REPLACE FUNCTION access_register_about_to_end(wanted bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        WITH theirs AS (
            SELECT contract.id, contract.ended_at
            FROM access_register_contract AS said
            JOIN access_register_organisation AS party ON party.id = said.organisation_id
            JOIN access_register_contract AS contract ON contract.establishment_id = said.establishment_id
            JOIN access_register_organisation AS named ON named.id = contract.organisation_id
            WHERE said.id = wanted
              AND access_register_plain_name(named.name) = access_register_plain_name(party.name)),
        earlier AS (
            SELECT ended FROM access_register_sanction
            WHERE contract_id IN (SELECT id FROM theirs) AND lifted_at IS NULL AND ended IS NOT NULL),
        contracts AS (
            SELECT id FROM theirs WHERE ended_at IS NULL
            UNION
            SELECT jsonb_array_elements_text(ended -> 'contracts')::bigint FROM earlier),
        lines AS (
            SELECT line.id
            FROM access_register_registerline AS line
            JOIN theirs ON theirs.id = line.contract_id AND theirs.ended_at IS NULL
            WHERE line.withdrawn_at IS NULL
            UNION
            SELECT jsonb_array_elements_text(ended -> 'lines')::bigint FROM earlier),
        permissions AS (
            SELECT to_jsonb(held) AS held FROM sharing_establishmentpermission AS held
            WHERE held.source IN (SELECT 'line:' || id FROM lines)
            UNION
            SELECT jsonb_array_elements(ended -> 'permissions') FROM earlier)
        SELECT jsonb_build_object(
            'contracts', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM contracts),
            'lines', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM lines),
            'permissions', (SELECT coalesce(jsonb_agg(held), '[]') FROM permissions)));
END
$$;

-- Brings back, with its days, what ended with a sanction, when the last one is lifted. Not where a new line is in the
-- way, nor where the establishment has closed and its register has ended, and no invitations. It comes back under the
-- URN that the line has by now. A certificate of destruction recorded meanwhile does not count for the end still to
-- come (R25).
CREATE OR REPLACE FUNCTION access_register_bring_back(ended jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    number bigint;
    line access_register_registerline;
BEGIN
    UPDATE access_register_contract AS contract
    SET ended_at = NULL, destruction_asked_at = NULL, destruction_certified_on = NULL
    WHERE id IN (SELECT jsonb_array_elements_text(ended -> 'contracts')::bigint)
      AND access_register_barred_until(organisation_id, establishment_id) IS NULL
      AND NOT EXISTS (
          SELECT FROM sharing_establishment AS place
          WHERE place.id = contract.establishment_id AND status_code = 2 AND close_date < CURRENT_DATE
            AND NOT EXISTS (
                SELECT FROM access_register_registerline AS live
                WHERE live.establishment_id = place.id AND live.withdrawn_at IS NULL
                  AND (live.ends_on IS NULL OR live.ends_on >= CURRENT_DATE)))
      AND NOT EXISTS (
          SELECT FROM access_register_sanction AS other
          WHERE other.lifted_at IS NULL AND other.ended -> 'contracts' @> to_jsonb(contract.id));
    FOR number IN SELECT jsonb_array_elements_text(ended -> 'lines')::bigint LOOP
        SELECT found.* INTO line
        FROM access_register_registerline AS found
        JOIN access_register_contract AS contract ON contract.id = found.contract_id AND contract.ended_at IS NULL
        WHERE found.id = number AND found.withdrawn_by_name = 'the Locality Achievement Partnership'
        FOR UPDATE OF found;
        CONTINUE WHEN NOT FOUND;
        BEGIN
            UPDATE access_register_registerline
            SET withdrawn_at = NULL, withdrawn_by_name = '', withdrawn_because = '', version = version + 1
            WHERE id = number;
        EXCEPTION WHEN exclusion_violation THEN CONTINUE;
        END;
        PERFORM access_register_tell(
            line, number, 'resumed', 'lifted the suspension of this line, after an appeal',
            'the Locality Achievement Partnership');
        INSERT INTO sharing_establishmentpermission
        SELECT held.*
        FROM jsonb_array_elements(ended -> 'permissions') AS kept
        CROSS JOIN jsonb_populate_record(
            NULL::sharing_establishmentpermission,
            kept || jsonb_build_object('establishment_id', line.establishment_id)) AS held
        WHERE held.source = 'line:' || number
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

-- Locks what a decision may change, in the one order (DEVELOPERS.md), before the case itself: establishments, third
-- parties' contracts there and the lines under them, people. A school that converts at that moment holds its
-- establishment, and comes to its cases later. Of two panels that decide about the same party, the later one sees what
-- the other did.
CREATE OR REPLACE FUNCTION access_register_hold_parties(wanted bigint)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    contracts bigint[];
BEGIN
    PERFORM 1 FROM sharing_establishment
    WHERE id IN (
        SELECT coalesce(party.establishment_id, contract.establishment_id)
        FROM access_register_breachparty AS party
        LEFT JOIN access_register_contract AS contract ON contract.id = party.contract_id
        WHERE party.breach_id = wanted)
    ORDER BY id FOR NO KEY UPDATE;
    contracts := ARRAY(
        SELECT contract.id
        FROM access_register_breachparty AS party
        JOIN access_register_contract AS said ON said.id = party.contract_id
        JOIN access_register_contract AS contract ON contract.establishment_id = said.establishment_id
        WHERE party.breach_id = wanted);
    PERFORM 1 FROM access_register_contract WHERE id = ANY (contracts) ORDER BY id FOR UPDATE;
    PERFORM 1 FROM access_register_registerline WHERE contract_id = ANY (contracts) ORDER BY id FOR UPDATE;
    PERFORM 1 FROM access_register_person
    WHERE id IN (SELECT person_id FROM access_register_breachparty WHERE breach_id = wanted)
    ORDER BY id FOR NO KEY UPDATE;
END
$$;

-- Enacts what was decided. `since`: the day of the first decision, even if an appeal changes it. Sanctions in force are
-- lifted first, but a contract that is ended again keeps what ended with it the first time.
CREATE OR REPLACE FUNCTION access_register_enact(wanted bigint, decided text, length integer, since date)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    party access_register_breachparty;
    place bigint;
    last_day date := CASE WHEN length > 0 THEN since + 7 * length - 1 END;
    lifted bigint[];
    held jsonb;
BEGIN
    WITH gone AS (
        UPDATE access_register_sanction SET lifted_at = now() WHERE breach_id = wanted AND lifted_at IS NULL
        RETURNING id)
    SELECT array_agg(id) INTO lifted FROM gone;
    IF decided <> 'end_third_party' THEN
        PERFORM access_register_bring_back(said.ended) FROM access_register_sanction AS said
        WHERE said.id = ANY (lifted) AND said.ended IS NOT NULL;
    END IF;
    FOR party IN SELECT * FROM access_register_breachparty WHERE breach_id = wanted ORDER BY id LOOP
        CONTINUE WHEN decided = 'none'
            OR decided = 'suspend_person' AND party.person_id IS NULL
            OR decided = 'suspend_establishment' AND party.establishment_id IS NULL
            OR decided = 'end_third_party' AND party.contract_id IS NULL;
        held := NULL;
        IF decided = 'end_third_party' THEN
            SELECT said.ended INTO held FROM access_register_sanction AS said
            WHERE said.id = ANY (lifted) AND said.contract_id = party.contract_id;
            held := coalesce(held, access_register_about_to_end(party.contract_id));
            PERFORM access_register_end_by_sanction(party.contract_id);
        END IF;
        INSERT INTO access_register_sanction (
            breach_id, measure, person_id, establishment_id, contract_id, starts_on, ends_on, ended)
        VALUES (wanted, decided, party.person_id, party.establishment_id, party.contract_id, since, last_day, held);
    END LOOP;
    FOR place IN
        SELECT DISTINCT establishment_id FROM access_register_sanction
        WHERE breach_id = wanted AND measure = 'suspend_establishment'
    LOOP
        PERFORM access_register_pause(place);
    END LOOP;
END
$$;

-- The contracts that the vote has just brought back, for the letter to the head of the establishment that sponsors
-- each: one who can read what the letter leads to. Whoever voted last may have no place there.
CREATE OR REPLACE FUNCTION access_register_contracts_back(wanted bigint)
RETURNS TABLE(id bigint, urn integer, name character varying, organisation character varying, head bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT contract.id, place.urn, place.name, party.name, line.person_id
    FROM access_register_sanction AS lifted
    JOIN access_register_contract AS contract
      ON lifted.ended -> 'contracts' @> to_jsonb(contract.id)
     AND contract.ended_at IS NULL AND contract.ends_on >= CURRENT_DATE
    JOIN sharing_establishment AS place ON place.id = contract.establishment_id
    JOIN access_register_organisation AS party ON party.id = contract.organisation_id
    JOIN access_register_lines_today() AS line ON line.establishment_id = place.id AND line.seat = 0
    JOIN access_register_person AS who ON who.id = line.person_id
     AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
    WHERE lifted.breach_id = wanted AND lifted.lifted_at = now() AND portal_breach_is(wanted, 'panel')
$$;

-- Who has access again by that vote, for the letters to them: they may have been asked to destroy what they had.
CREATE OR REPLACE FUNCTION access_register_people_back(wanted bigint)
RETURNS TABLE(person bigint, reference character varying, place character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT line.person_id, contract.reference, place.name
    FROM access_register_sanction AS lifted
    JOIN access_register_lines_today() AS line ON lifted.ended -> 'lines' @> to_jsonb(line.id)
    JOIN access_register_contract AS contract
      ON contract.id = line.contract_id AND contract.ended_at IS NULL AND contract.ends_on >= CURRENT_DATE
    JOIN sharing_establishment AS place ON place.id = contract.establishment_id
    JOIN access_register_person AS who ON who.id = line.person_id
     AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
    WHERE lifted.breach_id = wanted AND lifted.lifted_at = now() AND portal_breach_is(wanted, 'panel')
$$;

GRANT EXECUTE ON FUNCTION portal_suspensions, access_register_barred_until TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION access_register_contracts_back, access_register_people_back TO portal_app;
GRANT EXECUTE ON FUNCTION access_register_pause TO portal_batch;
