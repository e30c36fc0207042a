"""What becomes of an officer's appointment on record, in SQL for migration 0127 (R9, R36).

What a page may change of it, who may be somebody's manager, and the history that the database writes by itself.
"""

# Managers are known by name, as it is compared in migration 0068, and need not be officers. Of those who are, one at a
# time, so that two at once make no circle.
MANAGER = """
CREATE FUNCTION access_register_manager(officer bigint, wanted text, OUT wrong text, OUT known_as text)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_register_manager'));
    WITH RECURSIVE of_today AS (
        SELECT person.id, person.name, access_register_plain_name(person.name) AS plain,
            access_register_plain_name(appointment.manager) AS manager
        FROM access_register_officerappointment AS appointment
        JOIN access_register_person AS person ON person.id = appointment.person_id
        WHERE appointment.starts_on <= CURRENT_DATE AND NOT appointment.awaits_second
          AND (appointment.ends_on IS NULL OR appointment.ends_on >= CURRENT_DATE)),
    named AS (SELECT * FROM of_today WHERE plain = access_register_plain_name(wanted) AND id <> officer),
    above AS (
        SELECT id, manager FROM named
        UNION
        SELECT next.id, next.manager FROM above JOIN of_today AS next ON next.plain = above.manager)
    SELECT CASE WHEN EXISTS (SELECT FROM above WHERE id = officer) THEN 'circle'
                WHEN EXISTS (SELECT FROM named) THEN ''
                WHEN EXISTS (SELECT FROM access_register_person WHERE id = officer
                    AND access_register_plain_name(name) = access_register_plain_name(wanted)) THEN 'oneself'
                ELSE '' END, coalesce((SELECT min(name) FROM named), wanted)
    INTO wrong, known_as;
END $$;
GRANT EXECUTE ON FUNCTION access_register_manager TO portal_app, portal_batch;
"""
KEPT = """
-- A page changes team, post, manager and last day of an appointment that holds, and nothing else of it.
CREATE FUNCTION access_register_keep_appointment() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    answer record;
BEGIN
    IF portal_asker() IS NULL THEN RETURN NEW; END IF;
    IF OLD.ends_on < CURRENT_DATE THEN
        RAISE EXCEPTION 'an appointment that has ended stays as it was' USING ERRCODE = '42501';
    END IF;
    NEW.starts_on := OLD.starts_on;
    NEW.recorded_by_name := OLD.recorded_by_name;
    IF NEW.manager <> OLD.manager AND NEW.manager <> '' THEN
        SELECT * INTO answer FROM access_register_manager(OLD.person_id, NEW.manager);
        IF answer.wrong <> '' THEN
            RAISE EXCEPTION 'nobody of this name manages this officer: %', answer.wrong USING ERRCODE = '42501';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_register_keep_appointment BEFORE UPDATE ON access_register_officerappointment
    FOR EACH ROW EXECUTE FUNCTION access_register_keep_appointment();
"""
TOLD = """
CREATE FUNCTION access_register_tell_appointment() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_register_appointmentchange (appointment_id, at, by_id, by_name, before, after)
    VALUES (NEW.id, now(), portal_asker(),
        coalesce((SELECT name FROM access_register_person WHERE id = portal_asker()), 'the service'),
        jsonb_build_object('team', OLD.team, 'post', OLD.post, 'manager', OLD.manager, 'ends_on', OLD.ends_on),
        jsonb_build_object('team', NEW.team, 'post', NEW.post, 'manager', NEW.manager, 'ends_on', NEW.ends_on));
    RETURN NULL;
END $$;
CREATE TRIGGER access_register_tell_appointment AFTER UPDATE ON access_register_officerappointment
    FOR EACH ROW WHEN ((OLD.team, OLD.post, OLD.manager, OLD.ends_on)
        IS DISTINCT FROM (NEW.team, NEW.post, NEW.manager, NEW.ends_on))
    EXECUTE FUNCTION access_register_tell_appointment();
"""
# Appointments were ended before there was a history: by whom, the ledger knows.
TOLD_SO_FAR = """
INSERT INTO access_register_appointmentchange (appointment_id, at, by_id, by_name, before, after)
SELECT appointment.id, entry.at, entry.person_id, entry.person_name,
    facts || '{"ends_on": null}'::jsonb, facts || jsonb_build_object('ends_on', appointment.ends_on)
FROM access_register_officerappointment AS appointment
JOIN sharing_ledgerentry AS entry ON entry.action = 'end_appointment' AND entry.outcome = 'changed'
    AND entry.about ->> 'appointment' = appointment.id::text
CROSS JOIN LATERAL jsonb_build_object(
    'team', appointment.team, 'post', appointment.post, 'manager', appointment.manager) AS facts
WHERE appointment.ends_on < CURRENT_DATE ORDER BY entry.id;
"""
CREATE = MANAGER + KEPT + TOLD + TOLD_SO_FAR
DROP = """
DROP TRIGGER access_register_tell_appointment ON access_register_officerappointment;
DROP TRIGGER access_register_keep_appointment ON access_register_officerappointment;
DROP FUNCTION access_register_tell_appointment, access_register_keep_appointment, access_register_manager;
"""
