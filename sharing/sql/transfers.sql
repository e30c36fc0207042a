-- Transfers of children (R5-R8, A3, A4).
--
-- The web application writes no transfers, pupils or enrolments. These functions do. Each is for the person whose step
-- it is, and locks the transfer's row: of two steps at once, the later finds that the transfer has moved on. They
-- return '' when done, or one of the words of sharing.door.transferring.REFUSED.

-- Whether the asker keeps the records of that place and can see pupils there.
CREATE OR REPLACE FUNCTION sharing_keeps(place bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT portal_asker() IS NOT NULL AND place IN (SELECT portal_establishments('keep_records'))
       AND place IN (SELECT portal_establishments('view_pupils'))
$$;

-- The records, at every establishment, of the child with this UPN.
CREATE OR REPLACE FUNCTION sharing_records_of(known text)
RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(pupil.id), '{}') FROM sharing_pupil AS pupil
    WHERE child_id IN (
        SELECT one.id FROM sharing_child AS one, sharing_child AS named
        WHERE named.upn_index = known
          AND coalesce(one.same_as_id, one.id) = coalesce(named.same_as_id, named.id))
$$;

-- Whether one of the records is on roll at that place today, or will be.
CREATE OR REPLACE FUNCTION sharing_on_roll_at(place bigint, records uuid[])
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sharing_enrolment
        WHERE establishment_id = place AND pupil_id = ANY (records) AND cancelled_at IS NULL
          AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
$$;

-- Whether a child is still expected by this transfer.
CREATE OR REPLACE FUNCTION sharing_is_on_the_way(transfer sharing_transfer)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT transfer.cancelled_at IS NULL AND transfer.declined_at IS NULL AND transfer.arrived_on IS NULL
       AND transfer.lapses_on >= CURRENT_DATE
$$;

-- Why a child cannot go there: `nowhere` if children cannot go to that place, `days` if the days make no sense, '' if
-- they can. A school that has closed without a closing day does not count either: GIAS gives none for some old ones.
CREATE OR REPLACE FUNCTION sharing_cannot_go(place bigint, expected date, lapses date)
RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (
            SELECT FROM sharing_establishment
            WHERE id = place AND kind <> ''
              AND (close_date >= CURRENT_DATE OR (close_date IS NULL AND status_code IS DISTINCT FROM 2)))
            THEN 'nowhere'
        WHEN expected < CURRENT_DATE OR expected > CURRENT_DATE + 366 OR lapses < expected OR lapses > expected + 150
            THEN 'days'
        ELSE '' END
$$;

-- R7: begins a transfer, by the sender, for a child on roll there today. A sender is not told where else a child of its
-- own is on the register: otherwise it could find out by beginning a transfer to each school in turn (R6). The
-- receiver, whose register it is, is told when it answers.
CREATE OR REPLACE FUNCTION sharing_assert_transfer(receiver bigint, wanted uuid, expected date, lapses date, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kid sharing_pupil;
    records uuid[];
    problem text := sharing_cannot_go(receiver, expected, lapses);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_assert_transfer'));
    SELECT * INTO kid FROM sharing_pupil AS pupil
    WHERE id = wanted AND pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND visible @> CURRENT_DATE
      AND sharing_keeps(establishment_id)
      AND EXISTS (
          SELECT FROM sharing_enrolment
          WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE));
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF receiver = kid.establishment_id THEN RETURN 'nowhere'; END IF;
    IF problem <> '' THEN RETURN problem; END IF;
    records := sharing_records_of((SELECT upn_index FROM sharing_child WHERE id = kid.child_id));
    IF EXISTS (
        SELECT FROM sharing_transfer AS transfer
        WHERE sharing_is_on_the_way(transfer)
          AND (leaving_id = ANY (records) OR pupil_id = ANY (records) OR upn_index = kid.upn_index)) THEN
        RETURN 'under_way';
    END IF;
    INSERT INTO sharing_transfer (
        establishment_id, from_establishment_id, leaving_id, from_name, surname, forename, born_on, sex,
        year_group, upn_index, expected_on, lapses_on, asserted_by, asserted_by_name)
    VALUES (
        receiver, kid.establishment_id, kid.id, '', kid.surname, kid.forename, kid.born_on, kid.sex,
        kid.year_group, kid.upn_index, expected, lapses, portal_asker(), who);
    RETURN '';
END
$$;

-- R7: begins a transfer, by an officer, for a child from outside the community. `upn_sealed` is sealed for the
-- transfer's own column. No officer can find out where a closed child is on roll by telling each school of the child
-- (R18), nor by its name whether it is on the way there. That a child is on the way between schools of which the
-- officer sees no pupils is not told either (R9): the answer is that of a closed child.
CREATE OR REPLACE FUNCTION sharing_assert_from_outside(
    receiver bigint, facts jsonb, upn_sealed bytea, expected date, lapses date, who text
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told sharing_transfer := jsonb_populate_record(NULL::sharing_transfer, facts);
    records uuid[] := '{}';
    is_known boolean;
    problem text := sharing_cannot_go(receiver, expected, lapses);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_assert_transfer'));
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR NOT sharing_keeps(receiver) THEN RETURN 'not_yours'; END IF;
    IF problem <> '' THEN RETURN problem; END IF;
    IF told.upn_index <> '' THEN records := sharing_records_of(told.upn_index); END IF;
    IF records && ARRAY(SELECT portal_closed()) THEN RETURN 'no_such'; END IF;
    IF sharing_on_roll_at(receiver, records) THEN RETURN 'on_roll'; END IF;
    SELECT bool_or(ARRAY[establishment_id, from_establishment_id] && ARRAY(SELECT portal_establishments('view_pupils')))
    INTO is_known
    FROM sharing_transfer AS transfer
    WHERE sharing_is_on_the_way(transfer)
      AND (leaving_id = ANY (records) OR pupil_id = ANY (records)
           OR (upn_index <> '' AND upn_index = told.upn_index)
           OR (establishment_id = receiver AND sharing_plain(surname) = sharing_plain(told.surname)
               AND sharing_plain(forename) = sharing_plain(told.forename) AND born_on = told.born_on
               AND NOT ARRAY[leaving_id, pupil_id] && ARRAY(SELECT portal_closed())));
    IF is_known IS NOT NULL THEN RETURN CASE WHEN is_known THEN 'under_way' ELSE 'no_such' END; END IF;
    INSERT INTO sharing_transfer (
        establishment_id, from_name, surname, forename, born_on, sex, year_group, upn,
        upn_index, expected_on, lapses_on, asserted_by, asserted_by_name)
    VALUES (
        receiver, told.from_name, told.surname, told.forename, told.born_on, told.sex, told.year_group, upn_sealed,
        told.upn_index, expected, lapses, portal_asker(), who);
    RETURN '';
END
$$;

-- Accepts a transfer. By the receiver, and never by whoever told of the child. The sender's record is copied, but only
-- what a CTF carries (formats 1.6): no suspensions, and no absence by its code. Ciphertexts are bound to their table
-- and column, and keep both.
--
-- A child from outside who was here once gets back the old record, with what is told of the child now and not as it was
-- then: the year group decides who can see it (R35). If birthday and surname are those of another child, the UPN is
-- wrong, and that child's record is not opened. If only other establishments have that UPN, for such another child, the
-- new record gets a separate identity, as in a return (sharing.imports.same_child). A child told of without a UPN, as
-- from the list of missing children, is taken to be the one with that name and birthday here, if there is exactly one.
-- And a child who comes back is not put in a class of an earlier year.
CREATE OR REPLACE FUNCTION sharing_accept_transfer(wanted bigint, upn_sealed bytea, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told sharing_transfer;
    place bigint;
    kid uuid;
    known text;
    mine_id uuid;
    origin text;
    sender_dfe text;
BEGIN
    SELECT * INTO told FROM sharing_transfer WHERE id = wanted AND sharing_keeps(establishment_id) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF told.agreed_on IS NOT NULL OR NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    IF told.asserted_by IS NOT DISTINCT FROM portal_asker() THEN RETURN 'own'; END IF;
    place := told.establishment_id;
    -- The identity is held: whoever joins it with another one, or takes them apart, has done so before it is read, or
    -- moves the new record too.
    IF told.leaving_id IS NOT NULL THEN
        PERFORM FROM sharing_child WHERE id = (SELECT child_id FROM sharing_pupil WHERE id = told.leaving_id) FOR SHARE;
        SELECT child.id, child.upn_index INTO kid, known
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE pupil.id = told.leaving_id;
        SELECT left('Record of ' || name, 100), la_code || lpad(establishment_number::text, 4, '0')
        INTO origin, sender_dfe
        FROM sharing_establishment WHERE id = told.from_establishment_id;
        sender_dfe := coalesce(sender_dfe, '');
    ELSE
        -- Without a UPN the child has a separate identity, until a return brings the number.
        known := coalesce(
            nullif(told.upn_index, ''),
            (SELECT min(child.upn_index)
             FROM sharing_pupil AS mine JOIN sharing_child AS child ON child.id = mine.child_id
             WHERE mine.establishment_id = place AND mine.born_on = told.born_on
               AND sharing_plain(mine.surname) = sharing_plain(told.surname)
               AND sharing_plain(mine.forename) = sharing_plain(told.forename)
             HAVING count(*) = 1),
            encode(sha256(gen_random_uuid()::text::bytea), 'hex'));
        INSERT INTO sharing_child (upn_index) VALUES (known) ON CONFLICT DO NOTHING;
        SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = known FOR SHARE;
        origin := 'Admissions';
    END IF;
    IF sharing_on_roll_at(
        place,
        sharing_records_of(known)
        || ARRAY(SELECT id FROM sharing_pupil WHERE establishment_id = place AND upn_index = known)) THEN
        RETURN 'on_roll';
    END IF;
    SELECT id INTO mine_id FROM sharing_pupil
    WHERE establishment_id = place AND id = ANY (
        sharing_records_of(known)
        || ARRAY(SELECT id FROM sharing_pupil WHERE establishment_id = place AND upn_index = known))
    ORDER BY child_id = kid DESC LIMIT 1;
    IF told.leaving_id IS NULL THEN
        IF (SELECT born_on <> told.born_on AND sharing_plain(surname) <> sharing_plain(told.surname)
            FROM sharing_pupil WHERE id = mine_id) THEN
            RETURN 'another';
        END IF;
        IF mine_id IS NULL AND (
            SELECT bool_and(born_on <> told.born_on AND sharing_plain(surname) <> sharing_plain(told.surname))
            FROM sharing_pupil WHERE child_id = kid) THEN
            INSERT INTO sharing_child (upn_index) VALUES (encode(sha256(gen_random_uuid()::text::bytea), 'hex'))
            RETURNING id INTO kid;
        END IF;
        INSERT INTO sharing_pupilchange (pupil_id, establishment_id, at, source, facts)
        SELECT id, place, now(), origin, facts
        FROM sharing_pupil AS mine,
             LATERAL (SELECT array_agg(fact) AS facts
                      FROM jsonb_each_text(to_jsonb(mine)) AS held (fact, value)
                      WHERE fact IN ('surname', 'forename', 'born_on', 'sex', 'year_group')
                        AND value <> to_jsonb(told) ->> fact) AS differing
        WHERE id = mine_id AND facts IS NOT NULL;
        UPDATE sharing_pupil SET
            class_name = CASE WHEN year_group = told.year_group THEN class_name ELSE '' END,
            surname = told.surname, forename = told.forename, born_on = told.born_on, sex = told.sex,
            year_group = told.year_group
        WHERE id = mine_id;
    ELSE
        UPDATE sharing_pupil AS mine SET class_name = '' FROM sharing_pupil AS theirs
        WHERE mine.id = mine_id AND theirs.id = told.leaving_id AND mine.year_group <> theirs.year_group;
    END IF;
    IF mine_id IS NULL THEN
        mine_id := gen_random_uuid();
        INSERT INTO sharing_pupil (
            id, establishment_id, child_id, upn, upn_index, surname, forename, middle_names, preferred_surname,
            born_on, sex, ethnicity, language, year_group, free_school_meals, service_child, part_time, boarder,
            source, as_of)
        VALUES (
            mine_id, place, kid, upn_sealed, known, told.surname, told.forename, '', '',
            told.born_on, told.sex, '', '', told.year_group, false, '', false, '',
            origin, CURRENT_DATE);
    END IF;
    IF told.leaving_id IS NOT NULL THEN
        UPDATE sharing_pupil AS mine SET
            source = origin, upn = theirs.upn, former_upn = theirs.former_upn, uln = theirs.uln,
            upn_index = theirs.upn_index, former_upn_index = theirs.former_upn_index, surname = theirs.surname,
            forename = theirs.forename, middle_names = theirs.middle_names,
            preferred_surname = theirs.preferred_surname, born_on = theirs.born_on, sex = theirs.sex,
            ethnicity = theirs.ethnicity, language = theirs.language, year_group = theirs.year_group,
            free_school_meals = theirs.free_school_meals, service_child = theirs.service_child,
            as_of = theirs.as_of
        FROM sharing_pupil AS theirs
        WHERE mine.id = mine_id AND theirs.id = told.leaving_id;
        DELETE FROM sharing_pupilneeds WHERE pupil_id = mine_id;
        INSERT INTO sharing_pupilneeds (pupil_id, establishment_id, sen_provision, source, as_of)
        SELECT mine_id, place, sen_provision, origin, as_of
        FROM sharing_pupilneeds WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        DELETE FROM sharing_senneed WHERE pupil_id = mine_id;
        INSERT INTO sharing_senneed (pupil_id, establishment_id, rank, need, source, as_of)
        SELECT mine_id, place, rank, need, origin, as_of
        FROM sharing_senneed WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        DELETE FROM sharing_homeaddress WHERE pupil_id = mine_id;
        INSERT INTO sharing_homeaddress (pupil_id, establishment_id, address, postcode, facts_index, source, as_of)
        SELECT mine_id, place, address, postcode, facts_index, origin, as_of
        FROM sharing_homeaddress WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        DELETE FROM sharing_contact WHERE pupil_id = mine_id;
        INSERT INTO sharing_contact (
            pupil_id, establishment_id, "order", relationship, has_responsibility, name,
            address, telephones, email, facts_index, source, as_of)
        SELECT mine_id, place, "order", relationship, has_responsibility, name,
               address, telephones, email, facts_index, origin, as_of
        FROM sharing_contact WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        INSERT INTO sharing_freemealsperiod (pupil_id, establishment_id, starts_on, ends_on, country, source, as_of)
        SELECT mine_id, place, starts_on, ends_on, country, origin, as_of
        FROM sharing_freemealsperiod WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        INSERT INTO sharing_attendance (
            pupil_id, establishment_id, academic_year, term, dfe_number,
            sessions_possible, sessions_absent, sessions_unauthorised, source, as_of)
        SELECT mine_id, place, academic_year, term, CASE dfe_number WHEN '' THEN sender_dfe ELSE dfe_number END,
               sessions_possible, sessions_absent, sessions_unauthorised, origin, as_of
        FROM sharing_attendance WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
        INSERT INTO sharing_result (
            pupil_id, establishment_id, stage, academic_year, subject, component, result, status,
            dfe_number, source, as_of)
        SELECT mine_id, place, stage, academic_year, subject, component, result, status,
               CASE dfe_number WHEN '' THEN sender_dfe ELSE dfe_number END, origin, as_of
        FROM sharing_result WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE sharing_transfer SET agreed_on = CURRENT_DATE, pupil_id = mine_id, answered_by_name = who
    WHERE id = wanted;
    RETURN '';
END
$$;

-- Declines a transfer. By the receiver, and never by whoever told of the child.
CREATE OR REPLACE FUNCTION sharing_decline_transfer(wanted bigint, because_sealed bytea, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer WHERE id = wanted AND sharing_keeps(establishment_id) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF told.agreed_on IS NOT NULL OR NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    IF told.asserted_by IS NOT DISTINCT FROM portal_asker() THEN RETURN 'own'; END IF;
    UPDATE sharing_transfer SET declined_at = now(), declined_because = because_sealed, answered_by_name = who
    WHERE id = wanted;
    RETURN '';
END
$$;

-- Removes the copy made for a child who then did not come. It is not the receiver's to keep: its next census, naming
-- the child, would show it again.
--
-- If the record was never on the register, all of it is removed. If the child was there before, only what is marked as
-- copied is removed, unless the child once came with it: the rest is the establishment's own.
CREATE OR REPLACE FUNCTION sharing_forget_copy(wanted uuid)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    was_here boolean := EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = wanted);
    came_with text[] := ARRAY(
        SELECT left('Record of ' || sender.name, 100) FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS sender ON sender.id = from_establishment_id
        WHERE pupil_id = wanted AND arrived_on IS NOT NULL);
BEGIN
    IF EXISTS (SELECT FROM sharing_transfer AS transfer
               WHERE pupil_id = wanted AND sharing_is_on_the_way(transfer)) THEN
        RETURN;
    END IF;
    DELETE FROM sharing_pupilneeds
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_senneed
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_homeaddress
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_contact
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_freemealsperiod
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_attendance
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    DELETE FROM sharing_result
    WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    UPDATE sharing_pupil SET uln = NULL, ethnicity = '', language = '', free_school_meals = false, service_child = ''
    WHERE id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
END
$$;

-- Cancels a transfer. By the sender, or by an officer: of the sender, or of the receiver if the child is from outside.
-- Never by the receiver.
CREATE OR REPLACE FUNCTION sharing_cancel_transfer(wanted bigint, who text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer
    WHERE id = wanted
      AND (sharing_keeps(from_establishment_id)
           OR (from_establishment_id IS NULL AND portal_context(2) = 'edunet' AND sharing_keeps(establishment_id)))
    FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    UPDATE sharing_transfer SET cancelled_at = now(), cancelled_by_name = who WHERE id = wanted;
    PERFORM sharing_forget_copy(told.pupil_id);
    RETURN '';
END
$$;

-- The receiver puts the child on its register. A single registration at the sender ends the day before
-- (visible_days.sql).
CREATE OR REPLACE FUNCTION sharing_arrive(wanted bigint, day date, how text, keeps date)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer WHERE id = wanted AND sharing_keeps(establishment_id) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF told.agreed_on IS NULL OR NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    IF day > CURRENT_DATE OR day < told.agreed_on - 60 OR how NOT IN ('C', 'M', 'S', 'G') OR keeps > day + 90 THEN
        RETURN 'days';
    END IF;
    IF EXISTS (SELECT FROM sharing_enrolment
               WHERE pupil_id = told.pupil_id AND cancelled_at IS NULL AND (starts_on = day OR ends_on >= day)) THEN
        RETURN 'days';
    END IF;
    -- A stay from that day that a return has called off gives way: the child did come.
    DELETE FROM sharing_enrolment WHERE pupil_id = told.pupil_id AND starts_on = day AND cancelled_at IS NOT NULL;
    INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on)
    VALUES (told.pupil_id, told.establishment_id, how, day);
    -- If the sender's last day was earlier, the grace counts from that day: the sender gave it then, or the night sets
    -- it.
    UPDATE sharing_transfer SET sender_keeps_until = least(sender_keeps_until, keeps)
    WHERE id = wanted
      AND (SELECT max(coalesce(ends_on, 'infinity')) FROM sharing_enrolment
           WHERE pupil_id = told.leaving_id AND cancelled_at IS NULL) = day - 1;
    RETURN '';
END
$$;

-- Records the child's last day at the school, why, and where the child goes. `keeps`: until when the school can see a
-- child who has gone, to send the file to a school that has accepted the child, or to one `outside` the community (R8).
-- Locks the child's transfers first, then the enrolment, as an arrival does.
CREATE OR REPLACE FUNCTION sharing_end_enrolment(
    wanted bigint, last_day date, reason text, whereto text, keeps date, outside boolean
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE stay sharing_enrolment;
BEGIN
    PERFORM 1 FROM sharing_transfer
    WHERE leaving_id = (
        SELECT pupil_id FROM sharing_enrolment WHERE id = wanted AND sharing_keeps(establishment_id))
    ORDER BY id FOR UPDATE;
    SELECT * INTO stay FROM sharing_enrolment AS enrolment
    WHERE id = wanted AND sharing_keeps(establishment_id)
      AND EXISTS (
          SELECT FROM sharing_pupil
          WHERE id = enrolment.pupil_id AND id <> ALL (ARRAY(SELECT portal_closed())) AND visible @> CURRENT_DATE)
    FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF stay.cancelled_at IS NOT NULL OR stay.ends_on < CURRENT_DATE THEN RETURN 'moved_on'; END IF;
    IF last_day < stay.starts_on OR last_day > CURRENT_DATE + 366 OR keeps > last_day + 90 THEN RETURN 'days'; END IF;
    UPDATE sharing_enrolment SET
        ends_on = last_day, leaving_reason = reason, destination = whereto,
        file_until = CASE WHEN outside THEN keeps END
    WHERE id = wanted;
    UPDATE sharing_transfer SET sender_keeps_until = keeps
    WHERE leaving_id = stay.pupil_id AND cancelled_at IS NULL AND agreed_on IS NOT NULL AND arrived_on IS NULL
      AND lapses_on >= CURRENT_DATE;
    RETURN '';
END
$$;

-- Records that the sender has made the transfer files of these children, whom it still sees: the grace ends with that
-- (R8), also where the sender had said that the child goes to a school outside.
CREATE OR REPLACE FUNCTION sharing_transfer_files_made(wanted bigint[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH made AS (
        UPDATE sharing_transfer SET file_sent_at = now()
        WHERE id = ANY (wanted) AND leaving_id IS NOT NULL AND agreed_on IS NOT NULL AND cancelled_at IS NULL
          AND from_establishment_id IN (SELECT portal_establishments('keep_records'))
          AND leaving_id IN (SELECT id FROM sharing_pupil WHERE visible @> CURRENT_DATE)
        RETURNING leaving_id)
    UPDATE sharing_enrolment SET file_made_on = CURRENT_DATE
    WHERE file_until IS NOT NULL AND pupil_id IN (SELECT leaving_id FROM made)
$$;

-- Records that the school has made the file of a child who leaves for a school outside: the grace ends with that (R8),
-- whichever of the child's enrolments it follows.
CREATE OR REPLACE FUNCTION sharing_leaver_file_made(wanted uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE sharing_enrolment SET file_made_on = CURRENT_DATE
    WHERE pupil_id = wanted AND cancelled_at IS NULL AND ends_on IS NOT NULL
      AND establishment_id IN (SELECT portal_establishments('keep_records'))
      AND pupil_id IN (SELECT id FROM sharing_pupil WHERE visible @> CURRENT_DATE)
$$;

GRANT EXECUTE ON FUNCTION sharing_assert_transfer, sharing_assert_from_outside, sharing_accept_transfer,
    sharing_decline_transfer, sharing_cancel_transfer, sharing_arrive, sharing_end_enrolment,
    sharing_transfer_files_made, sharing_leaver_file_made TO portal_app;
GRANT EXECUTE ON FUNCTION sharing_is_on_the_way, sharing_forget_copy TO portal_batch;
