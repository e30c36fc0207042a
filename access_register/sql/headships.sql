-- A headship handed over (R32, R35, A7).
--
-- The web application may not write the head's line. These functions may, each only for the person whose step it is,
-- and each in one statement: if anything fails, all of it is undone. A line that gives way keeps its days before and
-- after. So the exclusion constraint of seat 0 is satisfied on every day, and no day that had a head is left without
-- one.

-- Who is head of a place on a day: for somebody who keeps its register, for officers who look at it, and for the
-- successor of a handover there, also while cancelling it.
CREATE OR REPLACE FUNCTION access_register_head_on(place bigint, day date)
RETURNS TABLE(line_id bigint, person_id bigint, name character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.id, line.person_id, person.name
    FROM access_register_registerline AS line JOIN access_register_person AS person ON person.id = line.person_id
    WHERE line.establishment_id = place AND line.seat = 0 AND line.withdrawn_at IS NULL
      AND line.starts_on <= day AND (line.ends_on IS NULL OR line.ends_on >= day)
      AND (place IN (SELECT portal_establishments('manage_register'))
           OR (portal_context(2) = 'edunet' AND place IN (SELECT portal_establishments('view_establishment')))
           OR EXISTS (
               SELECT FROM access_register_handover AS handover
               WHERE handover.establishment_id = place AND handover.successor_id = portal_asker()
                 AND handover.done_at IS NULL AND (handover.cancelled_at IS NULL OR handover.cancelled_at = now())))
$$;

-- Writes one line of the history, with the same facts as access_register.register.history (acceptance.sql).
CREATE OR REPLACE FUNCTION access_register_tell(
    before access_register_registerline, wanted bigint, what text, told text, who text
)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO access_register_lineevent (line_id, establishment_id, at, what, words, by_name, before, after)
    SELECT line.id, line.establishment_id, clock_timestamp(), what,
           left('On ' || to_char(CURRENT_DATE, 'FMDD FMMonth YYYY') || ' ' || who || ' ' || told, 500), who,
           CASE WHEN (before).id IS NOT NULL THEN access_register_facts(before) END, access_register_facts(line)
    FROM access_register_registerline AS line WHERE line.id = wanted
$$;

-- A change of a line is by whoever asks for it, whatever name it is told under: names change, and two people can have
-- one (R36).
CREATE OR REPLACE FUNCTION access_register_event_by()
RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.by_id := portal_asker();
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER access_register_event_by BEFORE INSERT ON access_register_lineevent
    FOR EACH ROW EXECUTE FUNCTION access_register_event_by();

-- Verifies a handover. By an officer who looks at the establishment, and is neither the successor nor the person who
-- named them. Nobody is verified who has named themselves.
CREATE OR REPLACE FUNCTION access_register_verify_handover(wanted bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_handover SET verified_at = now(), verified_by_name = who
    WHERE id = wanted AND verified_at IS NULL AND cancelled_at IS NULL AND done_at IS NULL AND "on" >= CURRENT_DATE
      AND portal_asker() <> successor_id AND portal_asker() IS DISTINCT FROM named_by_id
      AND successor_id IS DISTINCT FROM named_by_id
      AND portal_context(2) = 'edunet'
      AND establishment_id IN (SELECT portal_establishments('view_establishment'));
    RETURN FOUND;
END
$$;

-- Accepts a headship, by the successor. Every line in the way gives way: its days before stay where they are, and its
-- days after come back by themselves.
CREATE OR REPLACE FUNCTION access_register_accept_headship(wanted bigint, opens text[], why text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    handed access_register_handover;
    line access_register_registerline;
    after access_register_registerline;
    head access_register_registerline;
    journal jsonb := '[]';
    rows jsonb;
    how text;
    whose varchar;
    nobody access_register_registerline;
BEGIN
    SELECT name INTO whose FROM access_register_person WHERE id = portal_asker();
    SELECT * INTO handed FROM access_register_handover
    WHERE id = wanted AND successor_id = portal_asker() AND portal_context(2) = 'schools_online'
      AND verified_at IS NOT NULL AND accepted_at IS NULL AND cancelled_at IS NULL AND done_at IS NULL
      AND "on" >= CURRENT_DATE FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM 1 FROM access_register_registerline
    WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM access_register_registerline
               WHERE establishment_id = handed.establishment_id AND person_id = handed.successor_id
                 AND withdrawn_at IS NULL AND awaiting_since IS NOT NULL) THEN
        RETURN false;
    END IF;
    FOR line IN
        SELECT * FROM access_register_registerline
        WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL
          AND (seat = 0 OR person_id = handed.successor_id)
          AND daterange(starts_on, ends_on, '[]') && daterange(handed."on", handed.until, '[]')
        ORDER BY starts_on
    LOOP
        SELECT coalesce(jsonb_agg(to_jsonb(held)), '[]') INTO rows
        FROM sharing_establishmentpermission AS held WHERE source = 'line:' || line.id;
        after := NULL;
        IF handed.until IS NOT NULL AND (line.ends_on IS NULL OR line.ends_on > handed.until) THEN
            after := line;
            after.starts_on := handed.until + 1;
            after.last_used_on := NULL;
            after.version := 1;
        END IF;
        IF line.starts_on < handed."on" THEN
            how := 'shortened';
            UPDATE access_register_registerline SET ends_on = handed."on" - 1, version = version + 1
            WHERE id = line.id;
            PERFORM access_register_tell(
                line, line.id, 'handed_over', 'accepted the headship. This line ends the day before', whose);
            UPDATE sharing_establishmentpermission SET ends_on = handed."on" - 1 WHERE source = 'line:' || line.id;
            IF after.id IS NOT NULL THEN
                after.id := nextval(pg_get_serial_sequence('access_register_registerline', 'id'));
                INSERT INTO access_register_registerline VALUES (after.*);
                PERFORM access_register_tell(
                    nobody, after.id, 'given',
                    'accepted the headship for a time. This line goes on afterwards', whose);
                INSERT INTO sharing_establishmentpermission (
                    user_id, permission_id, establishment_id, through,
                    starts_on, ends_on, source, reason, year_groups, withheld)
                SELECT user_id, permission_id, establishment_id, through,
                       CASE WHEN after.awaiting_since IS NULL THEN after.starts_on ELSE starts_on END, after.ends_on,
                       'line:' || after.id, reason, year_groups, withheld
                FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
            END IF;
        ELSIF after.id IS NOT NULL THEN
            how := 'put off';
            UPDATE access_register_registerline SET starts_on = after.starts_on, version = version + 1
            WHERE id = line.id;
            PERFORM access_register_tell(
                line, line.id, 'handed_over',
                'accepted the headship for a time. This line begins afterwards', whose);
            UPDATE sharing_establishmentpermission SET starts_on = after.starts_on
            WHERE source = 'line:' || line.id AND line.awaiting_since IS NULL;
        ELSE
            how := 'withdrawn';
            UPDATE access_register_registerline SET
                withdrawn_at = now(), withdrawn_by_name = handed.named_by_name,
                withdrawn_because = 'The headship was handed over.', version = version + 1
            WHERE id = line.id;
            PERFORM access_register_tell(
                line, line.id, 'handed_over', 'accepted the headship, which replaces this line', whose);
            DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || line.id;
        END IF;
        journal := journal || jsonb_build_object(
            'how', how, 'line', line.id, 'starts_on', line.starts_on,
            'ends_on', line.ends_on, 'after', CASE how WHEN 'shortened' THEN after.id END, 'permissions', rows);
    END LOOP;

    SELECT * INTO head FROM access_register_registerline WHERE id = handed.outgoing_id;
    head.id := nextval(pg_get_serial_sequence('access_register_registerline', 'id'));
    head.person_id := handed.successor_id;
    head.level := 1;
    head.seat := 0;
    head.role := 'head';
    head.starts_on := handed."on";
    head.ends_on := handed.until;
    head.level_since := handed."on";
    head.given_by_name := handed.named_by_name;
    head.given_at := now();
    head.awaiting_since := NULL;
    head.suspended_at := NULL;
    head.suspended_by_name := '';
    head.suspended_because := '';
    head.basis := '';
    head.basis_words := '';
    head.year_groups := '{}';
    head.withheld := '{}';
    head.contract_id := NULL;
    head.review_due_on := NULL;
    head.confirmed_on := NULL;
    head.reviews_missed := 0;
    head.last_used_on := NULL;
    head.version := 1;
    head.withdrawn_at := NULL;
    head.withdrawn_by_name := '';
    head.withdrawn_because := '';
    INSERT INTO access_register_registerline VALUES (head.*);
    PERFORM access_register_tell(
        nobody, head.id, 'given', 'accepted the headship, named by ' || handed.named_by_name, whose);
    INSERT INTO sharing_establishmentpermission
        (user_id, permission_id, establishment_id, through, starts_on, ends_on, source, reason)
    SELECT head.person_id, permission.id, head.establishment_id, 'schools_online', head.starts_on, head.ends_on,
           'line:' || head.id, why
    FROM auth_permission AS permission JOIN django_content_type AS kind ON kind.id = permission.content_type_id
    WHERE kind.app_label = 'sharing' AND kind.model = 'establishment' AND permission.codename = ANY (opens);
    UPDATE access_register_handover SET accepted_at = now(), incoming_id = head.id, cut = journal WHERE id = wanted;
    RETURN true;
END
$$;

-- Undoes a handover: the same steps backwards. A line that was changed in between keeps that change. So does the part of
-- a line that was to go on after an acting head: it then stays a line of its own, and the part before ends where it
-- begins (R35). The worker does so where a school carries on as one that has a head of its own.
CREATE OR REPLACE FUNCTION access_register_undo_handover(handed access_register_handover, who text, because text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gave jsonb;
    was access_register_registerline;
    changed bigint[];
    last_day date;
    goes_on text;
BEGIN
    PERFORM 1 FROM access_register_registerline
    WHERE establishment_id = handed.establishment_id AND withdrawn_at IS NULL ORDER BY id FOR UPDATE;
    changed := ARRAY(
        SELECT id FROM access_register_registerline
        WHERE id IN (SELECT (entry->>'after')::bigint FROM jsonb_array_elements(handed.cut) AS entry)
          AND (version > 1 OR withdrawn_at IS NOT NULL));
    FOR was IN
        SELECT * FROM access_register_registerline
        WHERE withdrawn_at IS NULL AND (id = handed.incoming_id OR id <> ALL (changed) AND id IN (
            SELECT (entry->>'after')::bigint FROM jsonb_array_elements(handed.cut) AS entry))
    LOOP
        UPDATE access_register_registerline SET
            withdrawn_at = now(), withdrawn_by_name = who,
            withdrawn_because = 'The handover was cancelled.', version = version + 1
        WHERE id = was.id;
        PERFORM access_register_tell(was, was.id, 'withdrawn', 'cancelled the handover for which this line was', who);
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || was.id;
    END LOOP;
    FOR gave IN SELECT * FROM jsonb_array_elements(handed.cut) LOOP
        SELECT * INTO was FROM access_register_registerline WHERE id = (gave->>'line')::bigint;
        IF gave->>'how' = 'shortened' THEN
            IF (gave->>'after')::bigint = ANY (changed) THEN
                last_day := handed.until;
                goes_on := 'goes on for the days of the handover. What was changed of the days after it stays';
            ELSE
                last_day := (gave->>'ends_on')::date;
                goes_on := 'goes on as before';
            END IF;
            UPDATE access_register_registerline SET ends_on = last_day, version = version + 1
            WHERE id = was.id AND withdrawn_at IS NULL AND ends_on = handed."on" - 1;
            IF FOUND THEN
                UPDATE sharing_establishmentpermission SET ends_on = last_day
                WHERE source = 'line:' || was.id AND ends_on = handed."on" - 1;
                PERFORM access_register_tell(
                    was, was.id, 'handover_cancelled', 'cancelled the handover. This line ' || goes_on, who);
            END IF;
        ELSIF gave->>'how' = 'put off' THEN
            UPDATE access_register_registerline SET starts_on = (gave->>'starts_on')::date, version = version + 1
            WHERE id = (gave->>'line')::bigint AND withdrawn_at IS NULL AND starts_on = handed.until + 1;
            IF FOUND THEN
                UPDATE sharing_establishmentpermission SET starts_on = (gave->>'starts_on')::date
                WHERE source = 'line:' || was.id AND was.awaiting_since IS NULL;
                PERFORM access_register_tell(
                    was, was.id, 'handover_cancelled', 'cancelled the handover. This line begins as before', who);
            END IF;
        ELSE
            UPDATE access_register_registerline
            SET withdrawn_at = NULL, withdrawn_by_name = '', withdrawn_because = '', version = version + 1
            WHERE id = was.id;
            PERFORM access_register_tell(
                was, was.id, 'handover_cancelled', 'cancelled the handover. This line is back as before', who);
            INSERT INTO sharing_establishmentpermission
            SELECT (jsonb_populate_record(NULL::sharing_establishmentpermission, held)).*
            FROM jsonb_array_elements(gave->'permissions') AS held;
        END IF;
    END LOOP;
    UPDATE access_register_handover
    SET cancelled_at = now(), cancelled_by_name = who, cancelled_because = because
    WHERE id = handed.id;
END
$$;

-- Cancels a handover, by the successor, today's head or an officer.
CREATE OR REPLACE FUNCTION access_register_cancel_handover(wanted bigint, who text, because text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    handed access_register_handover;
BEGIN
    SELECT * INTO handed FROM access_register_handover AS handover
    WHERE id = wanted AND cancelled_at IS NULL AND done_at IS NULL
      AND (accepted_at IS NULL OR "on" > CURRENT_DATE)
      AND (successor_id = portal_asker()
           OR (portal_context(2) = 'edunet'
               AND establishment_id IN (SELECT portal_establishments('view_establishment')))
           OR (establishment_id IN (SELECT portal_establishments('manage_register'))
               AND EXISTS (SELECT FROM access_register_registerline AS line
                           WHERE line.establishment_id = handover.establishment_id AND line.seat = 0
                             AND line.person_id = portal_asker() AND line.withdrawn_at IS NULL
                             AND daterange(line.starts_on, line.ends_on, '[]') @> CURRENT_DATE)))
    FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_undo_handover(handed, who, because);
    RETURN true;
END
$$;

-- Closes handovers whose day has come. Anybody can do so, and only that note changes.
CREATE OR REPLACE FUNCTION access_register_close_handovers(place bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_handover SET done_at = now()
    WHERE establishment_id = place AND accepted_at IS NOT NULL AND cancelled_at IS NULL AND done_at IS NULL
      AND "on" <= CURRENT_DATE;
END
$$;

-- Confirms a headship, by the new head, who keeps the register now. Or one that was acting and is over, by whoever is
-- head again.
CREATE OR REPLACE FUNCTION access_register_confirm_headship(place bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_handover SET confirmed_at = now()
    WHERE establishment_id = place AND accepted_at IS NOT NULL AND cancelled_at IS NULL AND "on" <= CURRENT_DATE
      AND (successor_id = portal_asker() AND confirmed_at IS NULL AND (until IS NULL OR until >= CURRENT_DATE)
           OR (confirmed_at IS NULL OR (confirmed_at AT TIME ZONE 'Europe/London')::date <= until)
              AND EXISTS (SELECT FROM access_register_lines_today() AS line
                          WHERE line.establishment_id = place AND line.person_id = portal_asker() AND line.seat = 0
                            AND line.starts_on = until + 1))
      AND place IN (SELECT portal_establishments('manage_register'));
END
$$;

GRANT EXECUTE ON FUNCTION access_register_head_on, access_register_verify_handover, access_register_accept_headship,
    access_register_cancel_handover, access_register_close_handovers, access_register_confirm_headship TO portal_app;
GRANT EXECUTE ON FUNCTION access_register_undo_handover TO portal_batch;
