-- What happens to an officer's appointment on record (R9, R36, R38, R43).
--
-- What a page may change in it, who may be somebody's manager, and the history that the database writes by itself. Also
-- the notes for visits of people who are no longer officers.

-- A name in the form in which people are compared: its words in alphabetical order, whatever separates them.
CREATE OR REPLACE FUNCTION access_register_plain_name(name text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT string_agg(word, ' ' ORDER BY word)
    FROM regexp_split_to_table(sharing_plain(name), '[^[:alnum:]]+') AS word
    WHERE word <> ''
$$;

-- One person, one officer (R38): a second officer of the same name waits for another information manager. One insert at
-- a time, so that of two people of one name at the same instant the second waits. A page does not choose who has
-- recorded the appointment, nor whether it waits. None of this applies to the service itself, which is no asker.
CREATE OR REPLACE FUNCTION access_register_second_officer()
RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
END
$$;
CREATE OR REPLACE TRIGGER access_register_second_officer BEFORE INSERT OR UPDATE ON access_register_officerappointment
    FOR EACH ROW EXECUTE FUNCTION access_register_second_officer();

-- Checks the name typed as an officer's manager. Managers are known by name and need not be officers themselves.
-- `known_as`: the name as it is written in the register. `wrong`: why they may not be the manager. One check at a time,
-- so that two changes at once cannot make a circle of managers who are officers.
CREATE OR REPLACE FUNCTION access_register_manager(officer bigint, wanted text, OUT wrong text, OUT known_as text)
RETURNS record LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_register_manager'));
    WITH RECURSIVE of_today AS (
        SELECT person.id, person.name, access_register_plain_name(person.name) AS plain,
               access_register_plain_name(appointment.manager) AS manager
        FROM access_register_officerappointment AS appointment
        JOIN access_register_person AS person ON person.id = appointment.person_id
        WHERE appointment.starts_on <= CURRENT_DATE AND NOT appointment.awaits_second
          AND (appointment.ends_on IS NULL OR appointment.ends_on >= CURRENT_DATE)),
    named AS (
        SELECT * FROM of_today WHERE plain = access_register_plain_name(wanted) AND id <> officer),
    above AS (
        SELECT id, manager FROM named
        UNION
        SELECT next.id, next.manager FROM above JOIN of_today AS next ON next.plain = above.manager)
    SELECT CASE WHEN EXISTS (SELECT FROM above WHERE id = officer) THEN 'circle'
                WHEN EXISTS (SELECT FROM named) THEN ''
                WHEN EXISTS (
                    SELECT FROM access_register_person
                    WHERE id = officer AND access_register_plain_name(name) = access_register_plain_name(wanted))
                    THEN 'oneself'
                ELSE '' END,
           coalesce((SELECT min(name) FROM named), wanted)
    INTO wrong, known_as;
END
$$;

-- A page can change the team, post, manager and last day of an appointment that is in force, and nothing else of it.
CREATE OR REPLACE FUNCTION access_register_keep_appointment()
RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
END
$$;
CREATE OR REPLACE TRIGGER access_register_keep_appointment BEFORE UPDATE ON access_register_officerappointment
    FOR EACH ROW EXECUTE FUNCTION access_register_keep_appointment();

-- Writes the history of an appointment, with each change.
CREATE OR REPLACE FUNCTION access_register_tell_appointment()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_register_appointmentchange (appointment_id, at, by_id, by_name, before, after)
    VALUES (
        NEW.id, now(), portal_asker(),
        coalesce((SELECT name FROM access_register_person WHERE id = portal_asker()), 'the service'),
        jsonb_build_object('team', OLD.team, 'post', OLD.post, 'manager', OLD.manager, 'ends_on', OLD.ends_on),
        jsonb_build_object('team', NEW.team, 'post', NEW.post, 'manager', NEW.manager, 'ends_on', NEW.ends_on));
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER access_register_tell_appointment AFTER UPDATE ON access_register_officerappointment
    FOR EACH ROW
    WHEN ((OLD.team, OLD.post, OLD.manager, OLD.ends_on)
          IS DISTINCT FROM (NEW.team, NEW.post, NEW.manager, NEW.ends_on))
    EXECUTE FUNCTION access_register_tell_appointment();

-- For an information manager: the notes for visits whose author is no longer an officer.
CREATE OR REPLACE FUNCTION access_register_left_notes(author bigint)
RETURNS TABLE(id bigint, place character varying, written_at timestamp with time zone, for_head boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT note.id, place.name, note.written_at, note.for_head
    FROM sharing_visitnote AS note JOIN sharing_establishment AS place ON place.id = note.establishment_id
    WHERE note.author_id = author AND sharing_manages_duties()
      AND NOT EXISTS (
          SELECT FROM access_register_officerappointment AS held
          WHERE held.person_id = note.author_id AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
    ORDER BY note.written_at DESC, note.id DESC
$$;

-- An information manager removes one of them.
CREATE OR REPLACE FUNCTION access_register_remove_left_note(author bigint, wanted bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM sharing_visitnote AS note
    WHERE note.id = wanted AND note.author_id = author
      AND sharing_manages_duties()
      AND NOT EXISTS (
          SELECT FROM access_register_officerappointment AS held
          WHERE held.person_id = note.author_id AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE));
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION access_register_plain_name, access_register_manager TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION access_register_left_notes, access_register_remove_left_note TO portal_app;
