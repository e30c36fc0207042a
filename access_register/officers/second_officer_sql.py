"""One person, one officer, in SQL for migration 0068: a second one of the same name waits for another manager (R38).

Names are compared without accents, small and capital letters, hyphens, and the order of the words.
"""

PLAIN_NAME = """
CREATE FUNCTION access_register_plain_name(name text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT string_agg(word, ' ' ORDER BY word) FROM regexp_split_to_table(sharing_plain(name), '[^[:alnum:]]+') AS word
    WHERE word <> ''
$$;
GRANT EXECUTE ON FUNCTION access_register_plain_name TO portal_app, portal_batch;
"""
# One at a time, so that of two of one name at the same instant the second waits.
CHOOSES = """
-- What a page writes, it does not choose: who has recorded it, and whether it waits. The service is asked nothing.
CREATE OR REPLACE FUNCTION access_register_second_officer() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF portal_asker() IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.awaits_second AND NOT NEW.awaits_second AND OLD.recorded_by_id IS NOT DISTINCT FROM portal_asker() THEN
            RAISE EXCEPTION 'another information manager confirms this officer' USING ERRCODE = '42501';
        END IF;
        NEW.recorded_by_id := OLD.recorded_by_id;
        NEW.awaits_second := OLD.awaits_second AND NEW.awaits_second;
        NEW.person_id := OLD.person_id;
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('access_register_second_officer'));
    NEW.recorded_by_id := portal_asker();
    NEW.awaits_second := EXISTS (
        SELECT FROM access_register_officerappointment AS other
        JOIN access_register_person AS officer ON officer.id = other.person_id
        JOIN access_register_person AS named ON named.id = NEW.person_id
        WHERE other.person_id <> NEW.person_id AND (other.ends_on IS NULL OR other.ends_on >= CURRENT_DATE)
          AND access_register_plain_name(officer.name) = access_register_plain_name(named.name));
    RETURN NEW;
END $$;
"""
CREATE = f"""{PLAIN_NAME}{CHOOSES}
CREATE TRIGGER access_register_second_officer BEFORE INSERT OR UPDATE ON access_register_officerappointment
    FOR EACH ROW EXECUTE FUNCTION access_register_second_officer();
"""
DROP = """
DROP TRIGGER access_register_second_officer ON access_register_officerappointment;
DROP FUNCTION access_register_second_officer, access_register_plain_name;
"""
