-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_accept_transfer(wanted bigint, upn_sealed bytea, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    IF told.leaving_id IS NOT NULL THEN
        SELECT child.id, child.upn_index INTO kid, known
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE pupil.id = told.leaving_id;
        SELECT left('Record of ' || name, 100), la_code || lpad(establishment_number::text, 4, '0')
        INTO origin, sender_dfe FROM sharing_establishment WHERE id = told.from_establishment_id;
        sender_dfe := coalesce(sender_dfe, '');
    ELSE
        -- Without a UPN the identity is one of its own, until a return brings the number.
        known := coalesce(nullif(told.upn_index, ''), (
            SELECT min(child.upn_index)
            FROM sharing_pupil AS mine JOIN sharing_child AS child ON child.id = mine.child_id
            WHERE mine.establishment_id = place AND mine.born_on = told.born_on
              AND sharing_plain(mine.surname) = sharing_plain(told.surname)
              AND sharing_plain(mine.forename) = sharing_plain(told.forename) HAVING count(*) = 1), encode(sha256(gen_random_uuid()::text::bytea), 'hex'));
        INSERT INTO sharing_child (upn_index) VALUES (known) ON CONFLICT DO NOTHING;
        SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = known;
        origin := 'Admissions';
    END IF;
    IF sharing_on_roll_at(place, sharing_records_of(known) || ARRAY(SELECT id FROM sharing_pupil WHERE establishment_id = place AND upn_index = known)) THEN RETURN 'on_roll'; END IF;
    SELECT id INTO mine_id FROM sharing_pupil WHERE establishment_id = place AND id = ANY (sharing_records_of(known) || ARRAY(SELECT id FROM sharing_pupil WHERE establishment_id = place AND upn_index = known))
    ORDER BY child_id = kid DESC LIMIT 1;
    IF told.leaving_id IS NULL THEN
        IF (SELECT born_on <> told.born_on AND sharing_plain(surname) <> sharing_plain(told.surname) FROM sharing_pupil WHERE id = mine_id) THEN RETURN 'another'; END IF;
        IF mine_id IS NULL AND (SELECT bool_and(born_on <> told.born_on AND sharing_plain(surname) <> sharing_plain(told.surname)) FROM sharing_pupil WHERE child_id = kid) THEN
            INSERT INTO sharing_child (upn_index) VALUES (encode(sha256(gen_random_uuid()::text::bytea), 'hex'))
            RETURNING id INTO kid;
        END IF;
        INSERT INTO sharing_pupilchange (pupil_id, establishment_id, at, source, facts)
        SELECT id, place, now(), origin, facts FROM sharing_pupil AS mine, LATERAL (SELECT array_agg(fact) AS facts
            FROM jsonb_each_text(to_jsonb(mine)) AS held (fact, value)
            WHERE fact IN ('surname', 'forename', 'born_on', 'sex', 'year_group')
              AND value <> to_jsonb(told) ->> fact) AS differing
        WHERE id = mine_id AND facts IS NOT NULL;
        UPDATE sharing_pupil SET class_name = CASE WHEN year_group = told.year_group THEN class_name ELSE '' END,
            surname = told.surname, forename = told.forename, born_on = told.born_on, sex = told.sex,
            year_group = told.year_group WHERE id = mine_id;
    ELSE
        UPDATE sharing_pupil AS mine SET class_name = '' FROM sharing_pupil AS theirs
        WHERE mine.id = mine_id AND theirs.id = told.leaving_id AND mine.year_group <> theirs.year_group;
    END IF;
    IF mine_id IS NULL THEN
        mine_id := gen_random_uuid();
        INSERT INTO sharing_pupil (id, establishment_id, child_id, upn, upn_index, surname, forename, middle_names,
            preferred_surname, born_on, sex, ethnicity, language, year_group, free_school_meals, service_child,
            part_time, boarder, source, as_of)
        VALUES (mine_id, place, kid, upn_sealed, known, told.surname, told.forename, '', '', told.born_on, told.sex, '',
            '', told.year_group, false, '', false, '', origin, CURRENT_DATE);
    END IF;
    IF told.leaving_id IS NOT NULL THEN
        UPDATE sharing_pupil AS mine SET source = origin, upn = theirs.upn, former_upn = theirs.former_upn, uln = theirs.uln, upn_index = theirs.upn_index, former_upn_index = theirs.former_upn_index, surname = theirs.surname, forename = theirs.forename, middle_names = theirs.middle_names, preferred_surname = theirs.preferred_surname, born_on = theirs.born_on, sex = theirs.sex, ethnicity = theirs.ethnicity, language = theirs.language, year_group = theirs.year_group, free_school_meals = theirs.free_school_meals, service_child = theirs.service_child, as_of = theirs.as_of
        FROM sharing_pupil AS theirs WHERE mine.id = mine_id AND theirs.id = told.leaving_id;
        DELETE FROM sharing_pupilneeds WHERE pupil_id = mine_id; 
    INSERT INTO sharing_pupilneeds (pupil_id, establishment_id, sen_provision, source, as_of)
        SELECT mine_id, place, sen_provision, origin, as_of FROM sharing_pupilneeds WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;DELETE FROM sharing_senneed WHERE pupil_id = mine_id; 
    INSERT INTO sharing_senneed (pupil_id, establishment_id, rank, need, source, as_of)
        SELECT mine_id, place, rank, need, origin, as_of FROM sharing_senneed WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;DELETE FROM sharing_homeaddress WHERE pupil_id = mine_id; 
    INSERT INTO sharing_homeaddress (pupil_id, establishment_id, address, postcode, facts_index, source, as_of)
        SELECT mine_id, place, address, postcode, facts_index, origin, as_of FROM sharing_homeaddress WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;DELETE FROM sharing_contact WHERE pupil_id = mine_id; 
    INSERT INTO sharing_contact (pupil_id, establishment_id, "order", relationship, has_responsibility, name, address, telephones, email, facts_index, source, as_of)
        SELECT mine_id, place, "order", relationship, has_responsibility, name, address, telephones, email, facts_index, origin, as_of FROM sharing_contact WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
    INSERT INTO sharing_freemealsperiod (pupil_id, establishment_id, starts_on, ends_on, country, source, as_of)
        SELECT mine_id, place, starts_on, ends_on, country, origin, as_of FROM sharing_freemealsperiod WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
    INSERT INTO sharing_attendance (pupil_id, establishment_id, academic_year, term, dfe_number, sessions_possible, sessions_absent, sessions_unauthorised, source, as_of)
        SELECT mine_id, place, academic_year, term, CASE dfe_number WHEN '' THEN sender_dfe ELSE dfe_number END, sessions_possible, sessions_absent, sessions_unauthorised, origin, as_of FROM sharing_attendance WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
    INSERT INTO sharing_result (pupil_id, establishment_id, stage, academic_year, subject, component, result, status, dfe_number, source, as_of)
        SELECT mine_id, place, stage, academic_year, subject, component, result, status, CASE dfe_number WHEN '' THEN sender_dfe ELSE dfe_number END, origin, as_of FROM sharing_result WHERE pupil_id = told.leaving_id
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE sharing_transfer SET agreed_on = CURRENT_DATE, pupil_id = mine_id, answered_by_name = who WHERE id = wanted;
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_add_centre(called text, our_area integer, street text, town text, postcode text, telephone text, manager text, locality bigint, since date, who text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    number int;
    place bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_add_centre', 0));
    SELECT coalesce(max(urn), 899999) + 1 INTO number FROM sharing_establishment WHERE urn BETWEEN 900000 AND 949999;
    INSERT INTO sharing_establishment (urn, la_code, name, kind, type_name, phase_name, status_name, open_date,
        gender_name, street, address3, locality_line, town, postcode, telephone, website, head_title, head_job_title,
        lsoa_code, ward_code, ukprn, trust_name, religious_character, source, as_of)
    VALUES (number, our_area, called, 'childrens_centre', 'Children''s centre', '', 'Open', since, '', street, '', '',
        town, postcode, telephone, '', '', manager, '', '', '', '', '', 'Entered by hand on EduNet', CURRENT_DATE)
    RETURNING id INTO place;
    INSERT INTO sharing_participation (establishment_id, starts_on, ended_because) VALUES (place, since, '');
    IF locality IS NOT NULL THEN
        INSERT INTO sharing_localitymembership (establishment_id, locality_id, starts_on)
        VALUES (place, locality, since);
    END IF;
    RETURN number;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_advice_stands()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'DELETE' OR TG_TABLE_NAME = 'sharing_advicestep' THEN
        RAISE EXCEPTION 'the history of advice is append-only' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('draft', 'draft'), ('draft', 'waiting'), ('draft', 'discarded'),
        ('waiting', 'draft'), ('waiting', 'published'), ('published', 'replaced'), ('published', 'taken_down')) THEN
        RAISE EXCEPTION 'advice cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'draft' AND to_jsonb(OLD) - ARRAY['state', 'published_at'] <>
                                to_jsonb(NEW) - ARRAY['state', 'published_at']
       OR OLD.state = 'published' AND NEW.published_at <> OLD.published_at THEN
        RAISE EXCEPTION 'words that wait for agreement or have been out never change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_agree_closing(wanted bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_closing SET agreed_by_id = portal_asker(), agreed_by_name = who, agreed_at = now()
    WHERE id = wanted AND agreed_at IS NULL AND ended_at IS NULL AND ends_at > now() AND asked_by_id <> portal_asker()
      AND (portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
           OR id IN (SELECT portal_closings_to_head()));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_arrive(wanted bigint, day date, how text, keeps date)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer WHERE id = wanted AND sharing_keeps(establishment_id) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF told.agreed_on IS NULL OR NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    IF day > CURRENT_DATE OR day < told.agreed_on - 60 OR how NOT IN ('C', 'M', 'S', 'G') OR keeps > day + 90 THEN
        RETURN 'days';
    END IF;
    IF EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = told.pupil_id
        AND (starts_on = day OR (cancelled_at IS NULL AND ends_on >= day))) THEN RETURN 'days'; END IF;
    INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on)
    VALUES (told.pupil_id, told.establishment_id, how, day);
    -- Where the sender's last day is an earlier one, the grace counts from that: it was given, or the night does it.
    UPDATE sharing_transfer SET sender_keeps_until = least(sender_keeps_until, keeps) WHERE id = wanted
      AND (SELECT max(coalesce(ends_on, 'infinity')) FROM sharing_enrolment
           WHERE pupil_id = told.leaving_id AND cancelled_at IS NULL) = day - 1;
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_ask_disposal(who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE made bigint;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_disposal'));
    IF EXISTS (SELECT FROM sharing_disposal WHERE state IN ('asked', 'counted', 'approved')) THEN RETURN 0; END IF;
    INSERT INTO sharing_disposal (number, as_of, state, asked_by_id, asked_by_name)
    VALUES (gen_random_uuid(), CURRENT_DATE, 'asked', portal_asker(), who) RETURNING id INTO made;
    RETURN made;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_assert_from_outside(receiver bigint, facts jsonb, upn_sealed bytea, expected date, lapses date, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    told sharing_transfer := jsonb_populate_record(NULL::sharing_transfer, facts);
    records uuid[] := '{}';
    problem text := sharing_cannot_go(receiver, expected, lapses);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_assert_transfer'));
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR NOT sharing_keeps(receiver) THEN RETURN 'not_yours'; END IF;
    IF problem <> '' THEN RETURN problem; END IF;
    IF told.upn_index <> '' THEN records := sharing_records_of(told.upn_index); END IF;
    IF records && ARRAY(SELECT portal_closed()) THEN RETURN 'no_such'; END IF;
    IF sharing_on_roll_at(receiver, records) THEN RETURN 'on_roll'; END IF;
    IF EXISTS (SELECT FROM sharing_transfer AS transfer WHERE sharing_is_on_the_way(transfer)
        AND (leaving_id = ANY (records) OR pupil_id = ANY (records)
             OR (upn_index <> '' AND upn_index = told.upn_index)
             OR (establishment_id = receiver AND lower(surname) = lower(told.surname)
                 AND lower(forename) = lower(told.forename) AND born_on = told.born_on))) THEN
        RETURN 'under_way';
    END IF;
    INSERT INTO sharing_transfer (establishment_id, from_name, surname, forename, born_on, sex, year_group, upn,
        upn_index, expected_on, lapses_on, asserted_by, asserted_by_name)
    VALUES (receiver, told.from_name, told.surname, told.forename, told.born_on, told.sex, told.year_group, upn_sealed,
        told.upn_index, expected, lapses, portal_asker(), who);
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_assert_transfer(receiver bigint, wanted uuid, expected date, lapses date, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    kid sharing_pupil;
    records uuid[];
    problem text := sharing_cannot_go(receiver, expected, lapses);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_assert_transfer'));
    SELECT * INTO kid FROM sharing_pupil AS pupil
    WHERE id = wanted AND pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND visible @> CURRENT_DATE AND sharing_keeps(establishment_id)
      AND EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = pupil.id AND cancelled_at IS NULL
        AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE));
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF receiver = kid.establishment_id THEN RETURN 'nowhere'; END IF;
    IF problem <> '' THEN RETURN problem; END IF;
    records := sharing_records_of((SELECT upn_index FROM sharing_child WHERE id = kid.child_id));
    IF EXISTS (SELECT FROM sharing_transfer AS transfer WHERE sharing_is_on_the_way(transfer)
        AND (leaving_id = ANY (records) OR pupil_id = ANY (records) OR upn_index = kid.upn_index)) THEN
        RETURN 'under_way';
    END IF;
    INSERT INTO sharing_transfer (establishment_id, from_establishment_id, leaving_id, from_name, surname, forename,
        born_on, sex, year_group, upn_index, expected_on, lapses_on, asserted_by, asserted_by_name)
    VALUES (receiver, kid.establishment_id, kid.id, '', kid.surname, kid.forename, kid.born_on, kid.sex,
        kid.year_group, kid.upn_index, expected, lapses, portal_asker(), who);
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_break_glass(upn_key text, fore text, sur text, birth date, kind text, sealed bytea, barred boolean, who text)
 RETURNS TABLE(number bigint, is_new boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN 
    IF sealed IS NULL OR sharing_glass_count(upn_key, fore, sur, birth) IS DISTINCT FROM 1 THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_break_glass'), portal_asker()::int);
    RETURN QUERY
    WITH found AS (SELECT * FROM sharing_glass_finds(upn_key, fore, sur, birth)),
    already AS (
        SELECT opening.id, opening.pupil_id FROM sharing_opening AS opening JOIN found USING (pupil_id)
        WHERE opening.person_id = portal_asker() AND opening.ended_at IS NULL AND opening.ends_at > now()),
    made AS (
    INSERT INTO sharing_opening (pupil_id, establishment_id, person_id, person_name, because, reason, head_barred,
        before, starts_at, ends_at)
    SELECT pupil_id, place, portal_asker(), who, kind, sealed, barred,
           (SELECT count(DISTINCT earlier.starts_at) FROM sharing_opening AS earlier
            WHERE earlier.person_id = portal_asker() AND earlier.starts_at > now() - interval '7 days'),
           now(), now() + interval '24 hours'
        FROM found WHERE pupil_id NOT IN (SELECT already.pupil_id FROM already) RETURNING id)
    SELECT id, false FROM already UNION ALL SELECT id, true FROM made;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_cancel_transfer(wanted bigint, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer
    WHERE id = wanted AND (sharing_keeps(from_establishment_id)
        OR (from_establishment_id IS NULL AND portal_context(2) = 'edunet' AND sharing_keeps(establishment_id)))
    FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    UPDATE sharing_transfer SET cancelled_at = now(), cancelled_by_name = who WHERE id = wanted;
    PERFORM sharing_forget_copy(told.pupil_id);
    RETURN '';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_cannot_go(place bigint, expected date, lapses date)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM sharing_establishment WHERE id = place AND kind <> ''
            AND (close_date >= CURRENT_DATE OR (close_date IS NULL AND status_code IS DISTINCT FROM 2))) THEN 'nowhere'
        WHEN expected < CURRENT_DATE OR expected > CURRENT_DATE + 366 OR lapses < expected OR lapses > expected + 150
            THEN 'days'
        ELSE '' END
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_challenges_of_leavers(place bigint)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT count(*) FROM sharing_challenge AS challenge JOIN sharing_pupil AS pupil ON pupil.id = pupil_id
    WHERE challenge.establishment_id = place AND place IN (SELECT portal_establishments('keep_records'))
      AND state NOT IN ('answered', 'withdrawn') AND NOT visible @> CURRENT_DATE
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_close_centre(number integer, last date)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties'))
    THEN RETURN 'not_yours'; END IF;
    IF last < CURRENT_DATE OR last > CURRENT_DATE + 366 THEN RETURN 'last_day'; END IF;
    UPDATE sharing_establishment SET close_date = last, as_of = CURRENT_DATE
    WHERE urn = number AND kind = 'childrens_centre' AND (open_date IS NULL OR open_date <= last)
      AND (close_date IS NULL OR close_date >= CURRENT_DATE);
    IF NOT FOUND THEN RETURN 'no_centre'; END IF;
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_close_child(upn_key text, seen_by bigint[], authority text, law text, sealed bytea, barred boolean, until timestamp with time zone, who text, again bigint[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    kid uuid;
    made bigint;
    alone bigint;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR sealed IS NULL
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = upn_key;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_child WHERE id = kid FOR NO KEY UPDATE;
    SELECT count(*) INTO alone FROM sharing_closing
    WHERE child_id IN (SELECT id FROM sharing_child WHERE kid IN (id, same_as_id))
      AND asked_by_id = portal_asker() AND agreed_at IS NULL AND starts_at > now() - interval '90 days';
    SELECT id INTO made FROM sharing_closing
    WHERE id = ANY (again) AND child_id IN (SELECT id FROM sharing_child WHERE kid IN (id, same_as_id))
      AND asked_by_id = portal_asker() AND agreed_at IS NULL AND ended_at IS NULL
      AND starts_at > now() - interval '1 hour'
    ORDER BY id LIMIT 1;
    IF FOUND THEN RETURN made; END IF;
    IF alone > 1 THEN RETURN 0; END IF;
    INSERT INTO sharing_closing (child_id, named, authoriser, basis, reason, head_barred, starts_at, ends_at,
        asked_by_id, asked_by_name, is_renewal)
    VALUES (kid, seen_by, authority, law, sealed, barred, now(), until, portal_asker(), who, alone > 0)
    RETURNING id INTO made;
    RETURN made;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_consent_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL AND NEW.establishment_id = OLD.establishment_id THEN
        RAISE EXCEPTION 'a consent that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' AND NEW.withdrawn_at IS NULL AND NEW.stands_for_id <> portal_asker() THEN
        RAISE EXCEPTION 'a consent stands for the head who gives or confirms it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_decide_disposal(wanted bigint, approves boolean, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN false; END IF;
    UPDATE sharing_disposal SET state = CASE WHEN approves THEN 'approved' ELSE 'refused' END, decided_at = now(),
        decided_by_id = nullif(portal_asker(), asked_by_id), decided_by_name = who, tries = 0
    WHERE id = wanted AND state = 'counted' AND (asked_by_id <> portal_asker() OR NOT approves);
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_decline_transfer(wanted bigint, because_sealed bytea, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE told sharing_transfer;
BEGIN
    SELECT * INTO told FROM sharing_transfer WHERE id = wanted AND sharing_keeps(establishment_id) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF told.agreed_on IS NOT NULL OR NOT sharing_is_on_the_way(told) THEN RETURN 'moved_on'; END IF;
    IF told.asserted_by IS NOT DISTINCT FROM portal_asker() THEN RETURN 'own'; END IF;
    UPDATE sharing_transfer SET declined_at = now(), declined_because = because_sealed, answered_by_name = who
    WHERE id = wanted;
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_end_closing(wanted bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_closing SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND ends_at > now()
      AND portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_end_enrolment(wanted bigint, last_day date, reason text, whereto text, keeps date)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE stay sharing_enrolment;
BEGIN
    SELECT * INTO stay FROM sharing_enrolment AS enrolment WHERE id = wanted AND sharing_keeps(establishment_id)
      AND EXISTS (SELECT FROM sharing_pupil WHERE id = enrolment.pupil_id AND id <> ALL (ARRAY(SELECT portal_closed())) AND visible @> CURRENT_DATE) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_yours'; END IF;
    IF stay.cancelled_at IS NOT NULL OR stay.ends_on < CURRENT_DATE THEN RETURN 'moved_on'; END IF;
    IF last_day < stay.starts_on OR last_day > CURRENT_DATE + 366 OR keeps > last_day + 90 THEN RETURN 'days'; END IF;
    UPDATE sharing_enrolment SET ends_on = last_day, leaving_reason = reason, destination = whereto WHERE id = wanted;
    UPDATE sharing_transfer SET sender_keeps_until = keeps
    WHERE leaving_id = stay.pupil_id AND cancelled_at IS NULL AND agreed_on IS NOT NULL AND arrived_on IS NULL
      AND lapses_on >= CURRENT_DATE;
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_end_opening(wanted bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_opening AS opening SET ended_at = now() FROM sharing_opening AS said
    WHERE said.id = wanted AND opening.pupil_id = said.pupil_id AND opening.person_id = said.person_id
      AND said.ended_at IS NULL AND said.ends_at > now() AND portal_context(2) = 'edunet'
      AND opening.ended_at IS NULL AND opening.ends_at > now()
      AND (said.person_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_end_type(code integer, last date, why text, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties'))
    THEN RETURN 'not_yours'; END IF;
    IF last < CURRENT_DATE OR last > CURRENT_DATE + 366 THEN RETURN 'last_day'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_listedtype', code));
    UPDATE sharing_listedtype SET ends_on = last, ended_reason = why, ended_by_name = who
    WHERE type_code = code AND (ends_on IS NULL OR ends_on >= CURRENT_DATE);
    IF NOT FOUND THEN RETURN 'not_listed'; END IF;
    UPDATE sharing_participation AS part SET ends_on = last, ended_because = 'Its type does not count any more'
    FROM sharing_establishment AS place
    WHERE place.id = part.establishment_id AND place.type_code = code AND part.starts_on <= last
      AND (part.ends_on IS NULL OR part.ends_on > last
           OR part.ends_on >= CURRENT_DATE AND part.ended_because = 'Its type does not count any more');
    RETURN '';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_explain_opening(wanted bigint, sealed bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF sealed IS NULL THEN RETURN false; END IF;
    UPDATE sharing_opening SET
        manager_mark = CASE manager_mark WHEN 'asked' THEN 'answered' ELSE manager_mark END,
        head_mark = CASE head_mark WHEN 'asked' THEN 'answered' ELSE head_mark END
    WHERE id = wanted AND person_id = portal_asker() AND portal_context(2) = 'edunet'
      AND 'asked' IN (manager_mark, head_mark);
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO sharing_explanation (opening_id, establishment_id, text, at)
    SELECT id, establishment_id, sealed, now() FROM sharing_opening WHERE id = wanted;
    RETURN true;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_figure_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    changed bigint[] := ARRAY(
        SELECT unnest(ARRAY[before.release_id, after.release_id]) FROM before FULL JOIN after USING (id)
        WHERE to_jsonb(before) - 'covered_by' IS DISTINCT FROM to_jsonb(after) - 'covered_by');
BEGIN
    PERFORM 1 FROM sharing_release WHERE id = ANY (changed) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM sharing_release WHERE state <> 'prepared' AND id = ANY (changed)) THEN
        RAISE EXCEPTION 'figures change only while their release is being prepared' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM before JOIN after USING (id) WHERE NOT after.covered_by @> before.covered_by) THEN
        RAISE EXCEPTION 'a figure that is covered stays covered' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_figure_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- Whoever checks the release waits until these figures are committed, and these figures wait for who checks.
    PERFORM 1 FROM sharing_release WHERE id IN (SELECT release_id FROM touched) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM sharing_release WHERE state <> 'prepared' AND id IN (SELECT release_id FROM touched)) THEN
        RAISE EXCEPTION 'figures change only while their release is being prepared' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_forget_copy(wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    was_here boolean := EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = wanted);
    came_with text[] := ARRAY(
        SELECT left('Record of ' || sender.name, 100) FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS sender ON sender.id = from_establishment_id
        WHERE pupil_id = wanted AND arrived_on IS NOT NULL);
BEGIN
    IF EXISTS (SELECT FROM sharing_transfer AS transfer
        WHERE pupil_id = wanted AND sharing_is_on_the_way(transfer)) THEN RETURN; END IF;
    DELETE FROM sharing_pupilneeds WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_senneed WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_homeaddress WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_contact WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_freemealsperiod WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_attendance WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with))); DELETE FROM sharing_result WHERE pupil_id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
    UPDATE sharing_pupil SET uln = NULL, ethnicity = '', language = '', free_school_meals = false, service_child = ''
    WHERE id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_forget_file()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    DELETE FROM sharing_importpiece WHERE of_id = NEW.id;
    RETURN NULL;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_glass_count(upn_key text, fore text, sur text, birth date)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT count(DISTINCT child) FROM sharing_glass_finds(upn_key, fore, sur, birth)
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_glass_finds(upn_key text, fore text, sur text, birth date)
 RETURNS TABLE(pupil_id uuid, child uuid, place bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT pupil.id, coalesce(child.same_as_id, child.id), pupil.establishment_id
    FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
    WHERE CASE WHEN upn_key IS NOT NULL THEN pupil.upn_index = upn_key
               ELSE pupil.born_on = birth AND sharing_plain(pupil.forename) = sharing_plain(fore)
                    AND sharing_plain(sur) IN (sharing_plain(pupil.surname), sharing_plain(pupil.preferred_surname))
                    AND sharing_plain(sur) <> '' END
      AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND (SELECT portal_context(2)) = 'edunet'
      AND pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_glass_misses()
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_glass_misses'), portal_asker()::int);
    RETURN (SELECT count(*) FROM sharing_ledgerentry
            WHERE person_id = portal_asker() AND action = 'count_exactly' AND at > now() - interval '24 hours'
              AND about->>'by' = 'name' AND about->>'children' = '0'
              AND about->>'too_often' IS DISTINCT FROM 'true');
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_guard_ledger_part(part text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM portal_app, portal_batch', part);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change()', part);
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_import_steps()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.state = 'to_apply' AND OLD.state <> 'ready' OR NEW.state = 'applying' AND OLD.state <> 'to_apply'
       OR OLD.state IN ('refused', 'applied', 'discarded', 'failed') THEN
        RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_information_managers()
 RETURNS SETOF bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT DISTINCT user_id::bigint FROM sharing_establishmentpermission
    WHERE permission_id = (SELECT id FROM auth_permission WHERE codename = 'manage_duties') AND through = 'edunet'
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE) AND portal_asker() IS NOT NULL AND portal_context(2) = 'edunet'
$function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_is_on_the_way(transfer sharing_transfer)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
    SELECT transfer.cancelled_at IS NULL AND transfer.declined_at IS NULL AND transfer.arrived_on IS NULL
       AND transfer.lapses_on >= CURRENT_DATE
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_item_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL AND NEW.establishment_id = OLD.establishment_id THEN
        RAISE EXCEPTION 'an item that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' THEN
        IF portal_context(2) IS DISTINCT FROM 'edunet'
           AND (TG_OP = 'INSERT' OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
            RAISE EXCEPTION 'officers add and withdraw items' USING ERRCODE = 'check_violation';
        END IF;
        IF portal_context(2) IS DISTINCT FROM 'schools_online'
           AND TG_OP = 'UPDATE' AND NEW.level_1_only <> OLD.level_1_only THEN
            RAISE EXCEPTION 'the head narrows items' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_keep_visibility()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.visible := CASE WHEN TG_OP = 'INSERT' THEN coalesce((SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, ends_on, '[]') AS days FROM sharing_enrolment
             WHERE pupil_id = NEW.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                 WHERE arrival.pupil_id = NEW.id AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
              FROM sharing_transfer WHERE pupil_id = NEW.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(sender_keeps_until, file_sent_at::date), '[]')
              FROM sharing_transfer WHERE leaving_id = NEW.id AND cancelled_at IS NULL
               AND sender_keeps_until IS NOT NULL AND least(sender_keeps_until, file_sent_at::date) >= agreed_on
        ) AS stretches), '{}') ELSE OLD.visible END;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_keeps(place bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT portal_asker() IS NOT NULL AND place IN (SELECT portal_establishments('keep_records'))
       AND place IN (SELECT portal_establishments('view_pupils'))
$function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_ledger_hash(entry sharing_ledgerentry)
 RETURNS bytea
 LANGUAGE sql
 STABLE
AS $function$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.id, extract(epoch FROM entry.at), entry.person_id, entry.person_name, entry.through, entry.action,
        entry.permission, entry.urn, entry.outcome, entry.about, entry.purpose)::text, 'UTF8'))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_lift_hold(wanted bigint, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN false; END IF;
    UPDATE sharing_legalhold SET lifted_at = now(), lifted_by_name = who WHERE id = wanted AND lifted_at IS NULL;
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_list_type(code integer, as_kind text, our_area integer, closed integer, why text, decided date, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    IF decided > CURRENT_DATE THEN RETURN 'days'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sharing_listedtype', code));
    IF EXISTS (SELECT FROM sharing_listedtype WHERE type_code = code AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
    THEN RETURN 'listed'; END IF;
    INSERT INTO sharing_listedtype (type_code, kind, reason, decided_on, recorded_by_name, recorded_at)
    VALUES (code, as_kind, why, decided, who, clock_timestamp());
    UPDATE sharing_establishment SET kind = as_kind WHERE type_code = code AND kind = '';
    INSERT INTO sharing_participation (establishment_id, starts_on, ended_because)
    SELECT place.id, CURRENT_DATE, '' FROM sharing_establishment AS place
    WHERE place.type_code = code AND place.la_code = our_area AND place.status_code IS DISTINCT FROM closed
      AND (place.open_date IS NULL OR place.open_date <= CURRENT_DATE)
      AND NOT EXISTS (SELECT FROM sharing_participation AS part WHERE part.establishment_id = place.id
        AND (part.ended_because <> 'Its type does not count any more' OR part.ends_on >= CURRENT_DATE));
    RETURN '';
END $function$;

-- Called by: portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_make_ledger_month(day date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    starts timestamptz := date_trunc('month', day::timestamp) AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := 'sharing_ledgerentry_' || to_char(day, 'YYYY_MM');
    is_within_the_first bool;
    moved int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    SELECT starts < substring(pg_get_expr(relpartbound, oid) FROM $re$TO \('([^']+)'\)$re$)::timestamptz
      INTO is_within_the_first FROM pg_class WHERE oid = 'sharing_ledgerentry_before'::regclass;
    IF is_within_the_first OR to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE sharing_ledgerentry INCLUDING CONSTRAINTS)', part);
    PERFORM sharing_guard_ledger_part(part);
    LOCK TABLE sharing_ledgerentry_other IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('INSERT INTO %I SELECT * FROM sharing_ledgerentry_other WHERE at >= %L AND at < %L',
                   part, starts, ends);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved > 0 THEN
        ALTER TABLE sharing_ledgerentry_other DISABLE TRIGGER append_only;
        DELETE FROM sharing_ledgerentry_other WHERE at >= starts AND at < ends;
        ALTER TABLE sharing_ledgerentry_other ENABLE TRIGGER append_only;
    END IF;
    EXECUTE format('ALTER TABLE sharing_ledgerentry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   part, starts, ends);
    RETURN true;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_mark_opening(wanted bigint, step text, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF step NOT IN ('explained', 'asked') THEN RETURN false; END IF;
    IF portal_context(2) = 'edunet' THEN
        UPDATE sharing_opening SET manager_mark = step, manager_mark_by = who
        WHERE id = wanted AND person_id <> portal_asker()
          AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    ELSE
        UPDATE sharing_opening SET head_mark = step, head_mark_by = who
        WHERE id = wanted AND NOT head_barred AND person_id <> portal_asker() AND establishment_id IN (SELECT portal_heads());
    END IF;
    RETURN FOUND;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_measure_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT FROM sharing_figure WHERE measure_id = OLD.id) THEN
        RAISE EXCEPTION 'a measure with figures keeps its unit and its denominator' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_missing_children()
 RETURNS TABLE(id uuid, forename character varying, surname character varying, born_on date, sex character varying, year_group character varying, establishment_id bigint, last_day date, leaving_reason character varying, destination character varying)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET work_mem TO '48MB'
 SET enable_nestloop TO 'off'
AS $function$
#variable_conflict use_column
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' THEN RETURN; END IF;
    RETURN QUERY WITH stay AS MATERIALIZED (
        SELECT coalesce(merged.same_as_id, pupil.child_id) AS child, pupil.id, pupil.forename, pupil.surname,
               pupil.born_on, pupil.sex, pupil.year_group, pupil.establishment_id,
               coalesce(enrolment.ends_on, 'infinity') AS ends_on, enrolment.leaving_reason, enrolment.destination
        FROM sharing_enrolment AS enrolment
        JOIN sharing_pupil AS pupil ON pupil.id = enrolment.pupil_id
        LEFT JOIN sharing_child AS merged ON merged.id = pupil.child_id AND merged.same_as_id IS NOT NULL
        WHERE enrolment.cancelled_at IS NULL AND enrolment.starts_on <= CURRENT_DATE + 10),
    last AS (
        SELECT DISTINCT ON (child) * FROM stay AS ended WHERE ends_on < CURRENT_DATE
          AND NOT EXISTS (SELECT FROM stay WHERE stay.child = ended.child AND stay.ends_on >= CURRENT_DATE)
        ORDER BY child, ends_on DESC, id),
    awaited AS (
        SELECT coalesce(child.same_as_id, child.id) AS child FROM sharing_child AS child
        WHERE child.id = ANY (ARRAY(
            SELECT pupil.child_id FROM sharing_pupil AS pupil WHERE pupil.id = ANY (ARRAY(
                SELECT coalesce(transfer.leaving_id, transfer.pupil_id) FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer)))
            UNION SELECT known.id FROM sharing_child AS known WHERE known.upn_index = ANY (ARRAY(
                SELECT transfer.upn_index FROM sharing_transfer AS transfer
                WHERE sharing_is_on_the_way(transfer)))))),
    told AS (
        SELECT transfer.born_on, sharing_plain(transfer.surname) AS surname,
               sharing_plain(transfer.forename) AS forename
        FROM sharing_transfer AS transfer LEFT JOIN sharing_pupil AS mine ON mine.id = transfer.pupil_id
        WHERE transfer.from_establishment_id IS NULL AND transfer.upn_index = '' AND transfer.cancelled_at IS NULL
          AND (sharing_is_on_the_way(transfer) OR mine.visible @> CURRENT_DATE))
    SELECT pupil.id, pupil.forename, pupil.surname, pupil.born_on, pupil.sex, pupil.year_group, pupil.establishment_id,
           pupil.ends_on, pupil.leaving_reason, pupil.destination
    FROM last AS pupil
    WHERE pupil.establishment_id IN (SELECT portal_establishments('view_pupils')) AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND sharing_of_school_age(pupil.born_on, CURRENT_DATE)
      AND NOT EXISTS (SELECT FROM awaited WHERE awaited.child = pupil.child)
      AND NOT EXISTS (SELECT FROM told WHERE told.born_on = pupil.born_on
        AND told.surname = sharing_plain(pupil.surname) AND told.forename = sharing_plain(pupil.forename))
    ORDER BY pupil.ends_on DESC, sharing_plain(pupil.surname), sharing_plain(pupil.forename), pupil.id;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_move_locality(place bigint, target bigint, day date, why text, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    stretch sharing_localitymembership;
BEGIN
    IF place NOT IN (SELECT portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    IF day < CURRENT_DATE OR day > CURRENT_DATE + 366 THEN RETURN 'days'; END IF;
    IF EXISTS (SELECT FROM sharing_localitymembership WHERE establishment_id = place AND starts_on > CURRENT_DATE)
    THEN RETURN 'under_way'; END IF;
    SELECT * INTO stretch FROM sharing_localitymembership
    WHERE establishment_id = place AND starts_on <= day AND (ends_on IS NULL OR ends_on >= day);
    IF stretch.locality_id = target THEN RETURN 'same'; END IF;
    IF stretch.starts_on = day THEN RETURN 'began_today'; END IF;
    UPDATE sharing_localitymembership SET ends_on = day - 1 WHERE id = stretch.id;
    INSERT INTO sharing_localitymembership (establishment_id, locality_id, starts_on) VALUES (place, target, day);
    INSERT INTO sharing_localitymove (establishment_id, from_locality_id, to_locality_id, "on", stretch_was_to_end_on,
        reason, recorded_by_id, recorded_by_name, recorded_at)
    VALUES (place, stretch.locality_id, target, day, stretch.ends_on, why, portal_asker(), who, clock_timestamp());
    RETURN '';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_note_arrivals(pupils uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE moved record;
BEGIN
    FOR moved IN
        SELECT transfer.id, transfer.leaving_id, arrival.*, receiver.name
        FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS receiver ON receiver.id = transfer.establishment_id
        LEFT JOIN LATERAL (
            SELECT greatest(starts_on, agreed_on) AS came_on, kind,
                   CASE WHEN starts_on < agreed_on - 60 THEN agreed_on ELSE starts_on END AS first_day
            FROM sharing_enrolment
            WHERE pupil_id = transfer.pupil_id AND cancelled_at IS NULL AND starts_on <= lapses_on
              AND (starts_on >= agreed_on OR ends_on IS NULL)
            ORDER BY starts_on LIMIT 1) AS arrival ON true
        WHERE transfer.pupil_id = ANY (pupils) AND transfer.cancelled_at IS NULL
          AND transfer.arrived_on IS DISTINCT FROM arrival.came_on
        ORDER BY transfer.id
    LOOP
        UPDATE sharing_transfer SET arrived_on = moved.came_on WHERE id = moved.id;
        UPDATE sharing_enrolment
        SET ends_on = moved.first_day - 1,
            destination = CASE WHEN destination = '' THEN moved.name ELSE destination END
        WHERE moved.kind = 'C' AND pupil_id = moved.leaving_id AND cancelled_at IS NULL AND kind = 'C'
          AND starts_on < moved.first_day AND (ends_on IS NULL OR ends_on >= moved.first_day);
    END LOOP;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_of_school_age(born date, day date)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT born < make_date(extract(year FROM day)::int - 5,
                            CASE WHEN day >= make_date(extract(year FROM day)::int, 9, 1) THEN 9
                                 WHEN day >= make_date(extract(year FROM day)::int, 4, 1) THEN 4 ELSE 1 END, 1)
       AND born >= make_date(extract(year FROM day)::int - 17 + (
               day > make_date(extract(year FROM day)::int, 6, 30)
                     - (extract(isodow FROM make_date(extract(year FROM day)::int, 6, 30))::int + 2) % 7)::int, 9, 1)
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_on_roll_at(place bigint, records uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT EXISTS (SELECT FROM sharing_enrolment WHERE establishment_id = place AND pupil_id = ANY (records)
        AND cancelled_at IS NULL AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_place_hold(upn_key text, wanted_urn integer, sealed bytea, last_day date, who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    kid uuid;
    place bigint;
    made bigint;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_legalhold'));
    IF upn_key <> '' THEN SELECT coalesce(same_as_id, id) INTO kid FROM sharing_child WHERE upn_index = upn_key;
    ELSE SELECT id INTO place FROM sharing_establishment WHERE urn = wanted_urn; END IF;
    IF sealed IS NULL OR (kid IS NULL AND place IS NULL) THEN RETURN NULL; END IF;
    INSERT INTO sharing_legalhold (child_id, establishment_id, reason, until, placed_by_id, placed_by_name)
    VALUES (kid, place, sealed, last_day, portal_asker(), who) RETURNING id INTO made;
    RETURN made;
END $function$;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_plain(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (octet_length(words) = length(words)) THEN translate(lower(words), '-''.`'::text, ' '::text) ELSE sharing_plain_of_any_letters(words) END;

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_plain_of_any_letters(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(lower(unaccent('unaccent'::regdictionary, translate(words, '­​‌‍⁠﻿'::text, ''::text))), '-''.`´'::text, ' '::text);

-- Called by: portal_app, portal_batch.
CREATE OR REPLACE FUNCTION public.sharing_record_day(place bigint, day date)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((place * 100000) + (day - '2000-01-01'::date));

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_record_days(place bigint, census date[], workforce date[])
 RETURNS TABLE(establishment_id bigint, kind text, as_of date)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH kept AS (SELECT held FROM portal_establishments('keep_records') AS held WHERE place IS NULL OR held = place)
    SELECT held, 'census', day FROM kept CROSS JOIN unnest(census) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_pupil AS pupil WHERE sharing_record_day(pupil.establishment_id, pupil.as_of) = sharing_record_day(held, day)
          AND NOT pupil.source ^@ ANY (ARRAY['Record of ', 'Admissions', 'CTF from ']) LIMIT 1) AS record
    UNION ALL
    SELECT held, 'workforce', day FROM kept CROSS JOIN unnest(workforce) AS day CROSS JOIN LATERAL (
        SELECT FROM sharing_staffmember AS member
        WHERE member.establishment_id = held AND member.as_of = day LIMIT 1) AS record
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_record_subject_request(upn_key text, fore text, sur text, birth date, place bigint, kind text, sealed bytea, proof text, received date, who text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    kids uuid[];
    at_place bigint := place;
    manages boolean := portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    heads boolean := portal_context(2) = 'schools_online' AND place IN (SELECT portal_heads());
    made bigint;
BEGIN
    IF sealed IS NULL OR received > CURRENT_DATE OR NOT (manages OR heads) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_legalhold'));
    SELECT array_agg(DISTINCT coalesce(child.same_as_id, child.id)) INTO kids
    FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
    WHERE CASE WHEN upn_key IS NOT NULL
             THEN pupil.upn_index = upn_key OR child.id IN (SELECT coalesce(same_as_id, id) FROM sharing_child
                                                            WHERE upn_index = upn_key)
             ELSE pupil.born_on = birth AND sharing_plain(pupil.forename) = sharing_plain(fore)
                  AND sharing_plain(sur) IN (sharing_plain(pupil.surname), sharing_plain(pupil.preferred_surname))
                  AND sharing_plain(sur) <> '' END AND (manages OR pupil.establishment_id = place AND pupil.visible @> CURRENT_DATE
                             AND pupil.id <> ALL (ARRAY(SELECT portal_closed())));
    IF coalesce(cardinality(kids), 0) <> 1 THEN RETURN NULL; END IF;
    IF manages THEN
        SELECT pupil.establishment_id INTO at_place
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE kids[1] IN (child.id, child.same_as_id)
          AND pupil.establishment_id IN (SELECT portal_establishments('manage_duties'))
        ORDER BY pupil.visible @> CURRENT_DATE DESC, upper(pupil.visible) DESC LIMIT 1;
        IF NOT FOUND THEN RETURN NULL; END IF;
    END IF;
    INSERT INTO sharing_subjectrequest (child_id, establishment_id, through, asks, requester, identity, received_on,
        due_on, recorded_by_id, recorded_by_name)
    VALUES (kids[1], at_place, portal_context(2), kind, sealed, proof, received,
        (received + interval '1 month')::date, portal_asker(), who) RETURNING id INTO made;
    UPDATE sharing_subjectrequest AS again SET due_on = before.due_on, extended_because = before.extended_because
    FROM sharing_subjectrequest AS before
    WHERE again.id = made AND before.id IN (SELECT portal_subject_requests()) AND before.state = 'open'
      AND before.child_id = again.child_id AND before.asks = kind AND before.received_on = received
      AND before.recorded_by_id <> portal_asker() AND before.due_on > again.due_on;
    RETURN made;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_records_of(known text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT coalesce(array_agg(pupil.id), '{}') FROM sharing_pupil AS pupil WHERE child_id IN (
        SELECT one.id FROM sharing_child AS one, sharing_child AS named
        WHERE named.upn_index = known
          AND coalesce(one.same_as_id, one.id) = coalesce(named.same_as_id, named.id))
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_refresh_moves()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE ends uuid[] := ARRAY(SELECT pupil_id FROM touched UNION SELECT leaving_id FROM touched);
BEGIN
    PERFORM 1 FROM sharing_pupil WHERE id = ANY (ends) ORDER BY id FOR UPDATE;
    UPDATE sharing_pupil AS pupil SET visible = coalesce((SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, ends_on, '[]') AS days FROM sharing_enrolment
             WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                 WHERE arrival.pupil_id = pupil.id AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
              FROM sharing_transfer WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(sender_keeps_until, file_sent_at::date), '[]')
              FROM sharing_transfer WHERE leaving_id = pupil.id AND cancelled_at IS NULL
               AND sender_keeps_until IS NOT NULL AND least(sender_keeps_until, file_sent_at::date) >= agreed_on
        ) AS stretches), '{}') WHERE pupil.id = ANY (ends);
    PERFORM sharing_note_arrivals(ends);
    RETURN NULL;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_refresh_visibility()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE coming uuid[];
BEGIN
    SELECT array_agg(DISTINCT pupil_id) INTO coming FROM sharing_transfer
    WHERE pupil_id IN (SELECT pupil_id FROM touched) AND cancelled_at IS NULL;
    PERFORM 1 FROM sharing_pupil WHERE id IN (
        SELECT pupil_id FROM touched
        UNION ALL SELECT leaving_id FROM sharing_transfer WHERE pupil_id = ANY (coming)) ORDER BY id FOR UPDATE;
    UPDATE sharing_pupil AS pupil SET visible = coalesce((SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, ends_on, '[]') AS days FROM sharing_enrolment
             WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                 WHERE arrival.pupil_id = pupil.id AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
              FROM sharing_transfer WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(sender_keeps_until, file_sent_at::date), '[]')
              FROM sharing_transfer WHERE leaving_id = pupil.id AND cancelled_at IS NULL
               AND sender_keeps_until IS NOT NULL AND least(sender_keeps_until, file_sent_at::date) >= agreed_on
        ) AS stretches), '{}') WHERE pupil.id IN (SELECT pupil_id FROM touched);
    IF coming IS NOT NULL THEN
        PERFORM sharing_note_arrivals(coming);
    END IF;
    RETURN NULL;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_registered_elsewhere(place bigint)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH own AS (
        SELECT pupil.id, coalesce(child.same_as_id, child.id) AS child, surname, forename, born_on, sex
        FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
        WHERE pupil.establishment_id = place AND place IN (SELECT portal_establishments('view_pupils'))
          AND visible @> CURRENT_DATE
          AND EXISTS (SELECT FROM sharing_enrolment AS enrolment WHERE enrolment.pupil_id = pupil.id AND kind = 'C'
              AND cancelled_at IS NULL AND starts_on <= CURRENT_DATE
              AND (ends_on IS NULL OR ends_on >= CURRENT_DATE))),
    other AS (
        SELECT own.id, pupil.id AS pupil_id FROM own
        JOIN sharing_pupil AS pupil ON pupil.child_id = own.child AND pupil.establishment_id <> place AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
        UNION
        SELECT own.id, pupil.id FROM own JOIN sharing_child AS child ON child.same_as_id = own.child
        JOIN sharing_pupil AS pupil ON pupil.child_id = child.id AND pupil.establishment_id <> place AND pupil.id <> ALL (ARRAY(SELECT portal_closed())))
    SELECT DISTINCT other.id FROM other JOIN sharing_enrolment AS enrolment ON enrolment.pupil_id = other.pupil_id
    WHERE kind = 'C' AND cancelled_at IS NULL AND starts_on <= CURRENT_DATE
      AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_release_covers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM portal_cover_figures(NEW.id);
    RETURN NULL;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_release_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a release begins as prepared' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.goes_out_at <= clock_timestamp()
       AND (OLD.state, NEW.state) IN (('scheduled', 'stopped'), ('stopped', 'scheduled'))
       AND to_jsonb(OLD) - ARRAY['state', 'stopped_at', 'stopped_because', 'stopped_by_id', 'stopped_by'] = to_jsonb(NEW) - ARRAY['state', 'stopped_at', 'stopped_because', 'stopped_by_id', 'stopped_by'] THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('scheduled', 'stopped') AND OLD.goes_out_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'a release that is out never changes: prepare a new version'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'prepared' THEN
            RAISE EXCEPTION 'a release that was checked stays on record' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.dataset_id, OLD.academic_year, OLD.version) IS DISTINCT FROM
       (NEW.dataset_id, NEW.academic_year, NEW.version)
       OR OLD.state || '>' || NEW.state NOT IN (
        'prepared>prepared', 'prepared>checked', 'prepared>scheduled', 'prepared>withdrawn', 'checked>checked',
        'checked>scheduled', 'checked>withdrawn', 'scheduled>scheduled', 'scheduled>checked', 'scheduled>withdrawn')
    THEN
        RAISE EXCEPTION 'a release cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_reopen_centre(number integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE was_closed sharing_establishment;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet' OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties'))
    THEN RETURN 'not_yours'; END IF;
    SELECT * INTO was_closed FROM sharing_establishment
    WHERE urn = number AND kind = 'childrens_centre' AND close_date IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'no_last_day'; END IF;
    IF was_closed.status_code = 2 AND 'left' = (SELECT step.what FROM access_register_participationstep AS step
        WHERE step.establishment_id = was_closed.id ORDER BY step.at DESC, step.id DESC LIMIT 1)
    THEN RETURN 'left'; END IF;
    UPDATE sharing_establishment SET close_date = NULL, status_code = NULL, status_name = 'Open', as_of = CURRENT_DATE
    WHERE id = was_closed.id;
    IF was_closed.status_code = 2 THEN
        INSERT INTO sharing_participation (establishment_id, starts_on, ended_because)
        VALUES (was_closed.id, CURRENT_DATE, '');
    END IF;
    RETURN '';
EXCEPTION WHEN check_violation THEN RETURN 'suspended';
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_settle_challenge(wanted bigint, step text, result text, sealed bytea, name text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = step, outcome = result, answer = sealed, answered_by_name = name,
        answered_at = CASE WHEN step = 'answered' THEN clock_timestamp() END,
        assigned_to = CASE WHEN step = 'passed_on' THEN 'data_team' ELSE assigned_to END
    WHERE id = wanted AND state NOT IN ('answered', 'withdrawn')
      AND (step = 'answered' OR (step = 'passed_on' AND assigned_to = 'school' AND result = '' AND sealed IS NULL))
      AND (assigned_to = 'school' OR portal_context(2) = 'edunet')
      AND establishment_id IN (SELECT portal_establishments('keep_records'))
      AND CASE about
          WHEN 'pupil' THEN establishment_id IN (SELECT portal_establishments('view_pupils'))
              AND (withheld_as = '' OR establishment_id IN (SELECT portal_showing(withheld_as)))
              AND EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = challenge.pupil_id AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
                  AND visible @> CURRENT_DATE
                  AND (pupil.establishment_id NOT IN (SELECT portal_narrowed())
                       OR pupil.establishment_id || ':' || year_group IN (SELECT portal_years())))
          WHEN 'staff' THEN establishment_id IN (SELECT portal_establishments('view_staff'))
          ELSE true END;
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_settle_misuse(wanted bigint, step text, result text, sealed bytea, name text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_misusereport SET
        state = step, outcome = result, answer = sealed,
        acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
        acknowledged_by_name = CASE WHEN acknowledged_at IS NULL THEN name ELSE acknowledged_by_name END,
        closed_at = CASE WHEN step = 'closed' THEN clock_timestamp() END,
        closed_by_name = CASE WHEN step = 'closed' THEN name ELSE '' END
    WHERE id = wanted AND reported_by_id <> portal_asker() AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('keep_records'))
      AND (state = 'reported' AND step = 'acknowledged' AND result = '' AND sealed IS NULL
           OR state <> 'closed' AND step = 'closed' AND result <> '' AND sealed IS NOT NULL);
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_settle_pattern(wanted bigint, step text, sealed bytea, name text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_unusualpattern
       SET state = step, reason = sealed, settled_by_id = portal_asker(), settled_by_name = name, settled_at = now()
     WHERE id = wanted AND state = 'raised' AND person_id <> portal_asker() AND sealed IS NOT NULL
       AND step IN ('explained', 'referred')
       AND (portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
            OR portal_context(2) = 'schools_online' AND through = 'schools_online' AND NOT of_head
               AND establishment_id IN (SELECT portal_heads()));
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_settle_subject_request(wanted bigint, step text, sealed bytea, who text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF wanted NOT IN (SELECT portal_subject_requests()) OR (sealed IS NULL AND step <> 'answered') THEN
        RETURN false; END IF;
    IF step = 'extended' THEN
        UPDATE sharing_subjectrequest SET extended_because = sealed, due_on = (received_on + interval '3 months')::date
        WHERE id = wanted AND state = 'open' AND due_on = (received_on + interval '1 month')::date
          AND due_on >= CURRENT_DATE;
    ELSIF step IN ('answered', 'refused') THEN
        UPDATE sharing_subjectrequest SET state = step, settled_at = now(), settled_by_name = who,
            refused_because = CASE WHEN step = 'refused' THEN sealed END
        WHERE id = wanted AND state = 'open';
    ELSE RETURN false; END IF;
    RETURN FOUND;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_stay_with_the_pupil()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN RAISE EXCEPTION 'an enrolment or transfer stays with its pupil'; END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_support_offer_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'an offer that is withdrawn stays so' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_support_request_rules()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> 'waiting' AND (NEW.establishment_id, NEW.from_establishment_id) = (OLD.establishment_id, OLD.from_establishment_id) THEN
        RAISE EXCEPTION 'a request is answered once' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'portal_app' THEN
        IF TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT FROM sharing_supportoffer WHERE id = NEW.offer_id AND withdrawn_at IS NULL AND until >= CURRENT_DATE)
        THEN
            RAISE EXCEPTION 'the offer does not stand' USING ERRCODE = 'check_violation';
        END IF;
        IF (CASE WHEN NEW.state IN ('waiting', 'taken_back') THEN NEW.from_establishment_id
                 ELSE NEW.establishment_id END) <> ALL (ARRAY(SELECT portal_establishments('keep_records')))
        THEN
            RAISE EXCEPTION 'one side asks, the other answers' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_take_back_challenge(wanted bigint, sealed bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    UPDATE sharing_challenge AS challenge SET
        state = 'withdrawn', withdrawn_because = sealed, answered_at = clock_timestamp()
    WHERE id = wanted AND state IN ('open', 'passed_on') AND raised_by_id = portal_asker()
      AND establishment_id IN (SELECT portal_establishments('view_establishment'))
      AND CASE about
          WHEN 'pupil' THEN establishment_id IN (SELECT portal_establishments('view_pupils'))
              AND (withheld_as = '' OR establishment_id IN (SELECT portal_showing(withheld_as)))
              AND EXISTS (SELECT FROM sharing_pupil AS pupil WHERE pupil.id = challenge.pupil_id AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
                  AND visible @> CURRENT_DATE
                  AND (pupil.establishment_id NOT IN (SELECT portal_narrowed())
                       OR pupil.establishment_id || ':' || year_group IN (SELECT portal_years())))
          WHEN 'staff' THEN establishment_id IN (SELECT portal_establishments('view_staff'))
          ELSE true END;
    RETURN FOUND;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_take_back_move(wanted bigint, who text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    move sharing_localitymove;
BEGIN
    SELECT * INTO move FROM sharing_localitymove WHERE id = wanted FOR UPDATE;
    IF move.id IS NULL
       OR move.establishment_id NOT IN (SELECT portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;
    IF move.taken_back_at IS NOT NULL OR move."on" <= CURRENT_DATE THEN RETURN 'moved_on'; END IF;
    DELETE FROM sharing_localitymembership
    WHERE establishment_id = move.establishment_id AND starts_on = move."on" AND locality_id = move.to_locality_id;
    UPDATE sharing_localitymembership SET ends_on = move.stretch_was_to_end_on
    WHERE establishment_id = move.establishment_id AND ends_on = move."on" - 1
      AND locality_id = move.from_locality_id;
    UPDATE sharing_localitymove SET taken_back_at = clock_timestamp(), taken_back_by_name = who WHERE id = wanted;
    RETURN '';
END $function$;

-- Called by: its owner alone.
CREATE OR REPLACE FUNCTION public.sharing_tell_challenge()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO sharing_challengeevent (challenge_id, establishment_id, what, at, by_name)
    VALUES (NEW.id, NEW.establishment_id, NEW.state, clock_timestamp(),
            CASE WHEN NEW.state IN ('open', 'withdrawn') THEN NEW.raised_by_name ELSE NEW.answered_by_name END);
    RETURN NULL;
END $function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_transfer_files_made(wanted bigint[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    UPDATE sharing_transfer SET file_sent_at = now()
    WHERE id = ANY (wanted) AND leaving_id IS NOT NULL AND agreed_on IS NOT NULL AND cancelled_at IS NULL
      AND from_establishment_id IN (SELECT portal_establishments('keep_records'))
      AND leaving_id IN (SELECT id FROM sharing_pupil WHERE visible @> CURRENT_DATE)
$function$;

-- Called by: portal_app.
CREATE OR REPLACE FUNCTION public.sharing_which_child(upn_key text, fore text, sur text, birth date)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT min(child::text)::uuid FROM sharing_glass_finds(upn_key, fore, sur, birth)
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) HAVING count(DISTINCT child) = 1
$function$;
