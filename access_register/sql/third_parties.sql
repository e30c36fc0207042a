-- Rules that third parties are held to (R24, R25).

-- Whoever writes the line, in whatever way: a contract counts only at its own establishment, and Level 2 needs the
-- safeguarding check on record.
CREATE OR REPLACE FUNCTION access_register_third_party_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.contract_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM access_register_contract
        WHERE id = NEW.contract_id AND establishment_id = NEW.establishment_id) THEN
        RAISE EXCEPTION 'a contract counts at its own establishment' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'contract_of_the_same_establishment';
    END IF;
    IF NEW.role = 'third_party' AND NEW.level = 2 AND NOT EXISTS (
        SELECT FROM access_register_contract WHERE id = NEW.contract_id AND dbs_confirmed_on IS NOT NULL) THEN
        RAISE EXCEPTION 'Level 2 needs a DBS check' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'third_party_at_level_2_has_dbs';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER third_party_rules BEFORE INSERT OR UPDATE OF role, level, contract_id, establishment_id
    ON access_register_registerline
    FOR EACH ROW EXECUTE FUNCTION access_register_third_party_rules();

-- With several sponsors, those for whom the person is not acting at the moment. A single sponsor is always in scope.
CREATE OR REPLACE FUNCTION portal_out_of_scope()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH sponsor AS (
        SELECT line.establishment_id, place.urn
        FROM access_register_lines_today() AS line
        JOIN sharing_establishment AS place ON place.id = line.establishment_id
        JOIN access_register_contract AS contract ON contract.id = line.contract_id
        WHERE line.person_id = portal_asker() AND portal_context(2) = 'schools_online' AND line.role = 'third_party'
          AND contract.ended_at IS NULL AND CURRENT_DATE BETWEEN contract.starts_on AND contract.ends_on)
    SELECT establishment_id FROM sponsor
    WHERE (SELECT count(*) FROM sponsor) > 1
      AND urn::text IS DISTINCT FROM nullif(current_setting('portal.acting_for', true), '')
$$;

GRANT EXECUTE ON FUNCTION portal_out_of_scope TO portal_app, portal_batch;
