-- Records opened and children closed (P7, R18).
--
-- Instants are those of the transaction: what ends while somebody is reading ends with their next request (R44).
-- Policies and the door ask what is opened or closed to the asker. Each step is only for the person whose step it is.
-- What was opened stays on record: nothing is deleted.

-- The records of a child, including one who used to have another UPN. Only a part of other functions, as are the next
-- three (today.sql).
CREATE OR REPLACE FUNCTION sharing_pupils_of(child uuid)
RETURNS SETOF sharing_pupil LANGUAGE sql STABLE AS $$
    SELECT pupil.*
    FROM sharing_child AS known JOIN sharing_pupil AS pupil ON pupil.child_id IN (known.id, known.same_as_id)
    WHERE known.id = child
$$;

-- The records that a broken glass opens to the asker. They must still be an officer whose appointment lets them look at
-- the establishment.
CREATE OR REPLACE FUNCTION sharing_opened_to_asker()
RETURNS TABLE(pupil_id uuid, place bigint) LANGUAGE sql STABLE AS $$
    SELECT pupil_id, establishment_id FROM sharing_opening
    WHERE person_id = (SELECT portal_asker()) AND (SELECT portal_context(2)) = 'edunet'
      AND starts_at <= now() AND ends_at > now() AND ended_at IS NULL
      AND establishment_id IN (SELECT portal_establishments('view_establishment'))
$$;

-- The records that are opened to the asker as those of named children. At Schools Online the asker must also have a
-- place at some establishment.
CREATE OR REPLACE FUNCTION sharing_named_to_asker()
RETURNS TABLE(named_id bigint, pupil_id uuid, place bigint, withheld character varying[]) LANGUAGE sql STABLE AS $$
    SELECT named.id, pupil.id, pupil.establishment_id, named.withheld
    FROM sharing_namedchild AS named CROSS JOIN LATERAL sharing_pupils_of(named.child_id) AS pupil
    WHERE named.person_id = (SELECT portal_asker()) AND named.through = (SELECT portal_context(2))
      AND named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND pupil.visible @> CURRENT_DATE
      AND CASE WHEN named.through = 'edunet'
               THEN pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
               ELSE EXISTS (SELECT FROM portal_establishments('view_establishment')) END
$$;

-- The closings that are in force now, with the records that each closes to everybody who is not `named`. Without a
-- second person's agreement, a closing is in force for 72 hours.
CREATE OR REPLACE FUNCTION sharing_closed_now()
RETURNS TABLE(closing_id bigint, pupil_id uuid, named bigint[]) LANGUAGE sql STABLE AS $$
    SELECT closing.id, pupil.id, closing.named
    FROM sharing_closing AS closing CROSS JOIN LATERAL sharing_pupils_of(closing.child_id) AS pupil
    WHERE starts_at <= now() AND ends_at > now() AND ended_at IS NULL
      AND (agreed_at IS NOT NULL OR now() < starts_at + interval '72 hours')
$$;

-- Where the asker sees only some of the pupils: lines with year groups, and establishments where single records are
-- opened. If somebody has two grants, each opens what it opens: they are narrowed only if they have none without year
-- groups.
CREATE OR REPLACE FUNCTION portal_narrowed()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place FROM (
        SELECT establishment_id AS place FROM sharing_held_by_asker('view_pupils') WHERE year_groups <> '{}'
        UNION ALL SELECT place FROM sharing_opened_to_asker()
        UNION ALL SELECT place FROM sharing_named_to_asker()) AS partly
    WHERE NOT EXISTS (
        SELECT FROM sharing_held_by_asker('view_pupils') AS whole
        WHERE whole.establishment_id = partly.place AND whole.year_groups = '{}')
$$;

-- Where a kind of data is not withheld from the asker.
CREATE OR REPLACE FUNCTION portal_showing(category text)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT establishment_id FROM sharing_held_by_asker('view_pupils') WHERE category <> ALL (withheld)
$$;

-- The records that are opened to the asker one by one, by a broken glass or as those of named children.
CREATE OR REPLACE FUNCTION portal_opened()
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pupil_id FROM sharing_opened_to_asker() UNION ALL SELECT pupil_id FROM sharing_named_to_asker()
$$;

-- Those of the opened records of which the asker may see this kind of data.
CREATE OR REPLACE FUNCTION portal_opened_for(category text)
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pupil_id FROM sharing_opened_to_asker()
    UNION ALL SELECT pupil_id FROM sharing_named_to_asker() WHERE category <> ALL (withheld)
$$;

-- The records of children who are closed to the asker. Where nobody asks (the worker), those of every closed child.
CREATE OR REPLACE FUNCTION portal_closed()
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pupil_id FROM sharing_closed_now() WHERE NOT coalesce(portal_asker() = ANY (named), false)
$$;

-- The transfers from outside that wait for an answer and may be those of a child who is closed to the asker: by the UPN
-- or, where none was told, by the name and date of birth at a school that has the child's record.
CREATE OR REPLACE FUNCTION portal_closed_and_expected()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH closed AS (SELECT * FROM sharing_pupil WHERE id = ANY (ARRAY(SELECT portal_closed()))),
    upns (upn_index) AS (
        SELECT upn_index FROM closed
        UNION SELECT known.upn_index FROM closed JOIN sharing_child AS known ON child_id IN (known.id, same_as_id))
    SELECT transfer.id FROM upns JOIN sharing_transfer AS transfer USING (upn_index)
    WHERE upn_index <> '' AND pupil_id IS NULL AND leaving_id IS NULL
    UNION ALL
    SELECT transfer.id FROM closed JOIN sharing_transfer AS transfer USING (establishment_id, born_on)
    WHERE transfer.upn_index = '' AND pupil_id IS NULL AND leaving_id IS NULL
      AND sharing_plain(transfer.surname) = sharing_plain(closed.surname)
      AND sharing_plain(transfer.forename) = sharing_plain(closed.forename)
$$;

-- Where the asker sees pupils, or at least a single record. Not at a third party's other sponsors, for whom they are
-- not acting now (R24).
CREATE OR REPLACE FUNCTION portal_pupils_at()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT portal_establishments('view_pupils')
    UNION ALL SELECT place FROM sharing_opened_to_asker()
    UNION ALL SELECT place FROM sharing_named_to_asker()
    EXCEPT SELECT portal_out_of_scope()
$$;

-- The people who keep officers' duties today, and are told of a broken glass. Not those whom a sanction shuts out.
-- Answered only on EduNet.
CREATE OR REPLACE FUNCTION sharing_information_managers()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT who.id
    FROM sharing_held_today('manage_duties') AS held JOIN access_register_person AS who ON who.id = held.user_id
    WHERE through = 'edunet' AND portal_asker() IS NOT NULL AND portal_context(2) = 'edunet'
      AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
$$;

-- The child whom the officer names exactly: today's records at the establishments that they may look at.
CREATE OR REPLACE FUNCTION sharing_glass_finds(upn_key text, fore text, sur text, birth date)
RETURNS TABLE(pupil_id uuid, child uuid, place bigint) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT pupil.id, coalesce(child.same_as_id, child.id), pupil.establishment_id
    FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
    WHERE CASE WHEN upn_key IS NOT NULL THEN pupil.upn_index = upn_key
               ELSE pupil.born_on = birth AND sharing_plain(pupil.forename) = sharing_plain(fore)
                    AND sharing_plain(sur) IN (sharing_plain(pupil.surname), sharing_plain(pupil.preferred_surname))
                    AND sharing_plain(sur) <> '' END
      AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
      AND (SELECT portal_context(2)) = 'edunet'
      AND pupil.establishment_id IN (SELECT portal_establishments('view_establishment'))
$$;

-- How many children match what the officer has typed, before the glass is broken.
CREATE OR REPLACE FUNCTION sharing_glass_count(upn_key text, fore text, sur text, birth date)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT child) FROM sharing_glass_finds(upn_key, fore, sur, birth)
$$;

-- How often, within a day, the asker has named by name and date of birth a child who is not there, and was answered:
-- before breaking the glass, in casework, or in a request for a child's own records to the authority. The lock makes
-- sure that one try at a time is counted.
CREATE OR REPLACE FUNCTION sharing_glass_misses()
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_glass_misses'), portal_asker()::int);
    RETURN (SELECT count(*) FROM sharing_ledgerentry
            WHERE person_id = portal_asker() AND at > now() - interval '24 hours'
              AND (action = 'count_exactly' AND about->>'by' = 'name' AND about->>'children' = '0'
                   AND about->>'too_often' IS DISTINCT FROM 'true'
                   OR action = 'record_subject_request' AND urn IS NULL AND about->>'why' = 'NotOneByName'));
END
$$;

-- When an opening that begins at this instant ends: 24 hours later. A day that the table allows has 23 hours when the
-- clocks go forward, and then the opening has too.
CREATE OR REPLACE FUNCTION sharing_glass_until(instant timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT least(instant + interval '24 hours', instant + interval '1 day')
$$;

-- Opens a child's records to the officer who names the child, for a day: one child at a time, and one opening for each
-- record. If the same form is sent twice at one moment, the second waits for the first, and finds the record open.
-- Returns all the openings in force now, and which of them are new.
CREATE OR REPLACE FUNCTION sharing_break_glass(
    upn_key text, fore text, sur text, birth date, kind text, sealed bytea, barred boolean, who text
)
RETURNS TABLE(number bigint, is_new boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF sealed IS NULL OR sharing_glass_count(upn_key, fore, sur, birth) IS DISTINCT FROM 1 THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_break_glass'), portal_asker()::int);
    RETURN QUERY
    WITH found AS (SELECT * FROM sharing_glass_finds(upn_key, fore, sur, birth)),
    already AS (
        SELECT opening.id, opening.pupil_id FROM sharing_opening AS opening JOIN found USING (pupil_id)
        WHERE opening.person_id = portal_asker() AND opening.ended_at IS NULL AND opening.ends_at > now()),
    made AS (
        INSERT INTO sharing_opening (
            pupil_id, establishment_id, person_id, person_name, because, reason, head_barred,
            before, starts_at, ends_at)
        SELECT pupil_id, place, portal_asker(), who, kind, sealed, barred,
               (SELECT count(DISTINCT earlier.starts_at) FROM sharing_opening AS earlier
                WHERE earlier.person_id = portal_asker() AND earlier.starts_at > now() - interval '7 days'),
               now(), sharing_glass_until(now())
        FROM found WHERE pupil_id NOT IN (SELECT already.pupil_id FROM already)
        RETURNING id)
    SELECT id, false FROM already UNION ALL SELECT id, true FROM made;
END
$$;

-- The information manager, or the head of the child's school, accepts the reason for a broken glass or asks for more.
-- Nobody can mark their own, not even a head who is also an officer.
CREATE OR REPLACE FUNCTION sharing_mark_opening(wanted bigint, step text, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF step NOT IN ('explained', 'asked') THEN RETURN false; END IF;
    IF portal_context(2) = 'edunet' THEN
        UPDATE sharing_opening SET manager_mark = step, manager_mark_by = who
        WHERE id = wanted AND person_id <> portal_asker()
          AND EXISTS (SELECT FROM portal_establishments('manage_duties'));
    ELSE
        UPDATE sharing_opening SET head_mark = step, head_mark_by = who
        WHERE id = wanted AND NOT head_barred AND person_id <> portal_asker()
          AND establishment_id IN (SELECT portal_heads());
    END IF;
    RETURN FOUND;
END
$$;

-- An officer who has been asked says why, once for each time they are asked. Everybody who asked then has an answer.
CREATE OR REPLACE FUNCTION sharing_explain_opening(wanted bigint, sealed bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END
$$;

-- Shuts the record to the officer, by themselves or by an information manager: every opening of it that they have ends.
CREATE OR REPLACE FUNCTION sharing_end_opening(wanted bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_opening AS opening SET ended_at = now() FROM sharing_opening AS said
    WHERE said.id = wanted AND opening.pupil_id = said.pupil_id AND opening.person_id = said.person_id
      AND said.ended_at IS NULL AND said.ends_at > now() AND portal_context(2) = 'edunet'
      AND opening.ended_at IS NULL AND opening.ends_at > now()
      AND (said.person_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    RETURN FOUND;
END
$$;

-- The closings that a head is told of: at one of the asker's schools, or at all of them. Not where telling the head is
-- barred.
CREATE OR REPLACE FUNCTION portal_closings_to_head(place bigint DEFAULT NULL::bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT closing.id
    FROM sharing_closing AS closing CROSS JOIN LATERAL sharing_pupils_of(closing.child_id) AS pupil
    WHERE portal_context(2) = 'schools_online' AND NOT head_barred AND pupil.visible @> CURRENT_DATE
      AND pupil.establishment_id IN (SELECT portal_heads()) AND (place IS NULL OR pupil.establishment_id = place)
$$;

-- An information manager closes a child by UPN, and another one, or the head of one of the child's schools, agrees.
-- Without an agreement the same person can close the child once more within 90 days, and after that gets 0.
--
-- The same form sent again within the hour (a double click) is the same closing, not a renewal. `again`: which of the
-- asker's closings say the same, because only the application can read their reasons.
CREATE OR REPLACE FUNCTION sharing_close_child(
    upn_key text, seen_by bigint[], authority text, law text, sealed bytea, barred boolean,
    until timestamp with time zone, who text, again bigint[]
)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kid uuid;
    made bigint;
    alone bigint;
BEGIN
    IF sealed IS NULL OR NOT sharing_manages_duties() THEN RETURN NULL; END IF;
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
    INSERT INTO sharing_closing (
        child_id, named, authoriser, basis, reason, head_barred, starts_at, ends_at, asked_by_id, asked_by_name,
        is_renewal)
    VALUES (kid, seen_by, authority, law, sealed, barred, now(), until, portal_asker(), who, alone > 0)
    RETURNING id INTO made;
    RETURN made;
END
$$;

-- Closes with the child, in the same way, whoever may be the same child: who has a record with the name and date of
-- birth at the same school, or with the UPN anywhere (sharing.imports.closed_alike does so for files that come later).
CREATE OR REPLACE FUNCTION sharing_close_alike(wanted bigint, sealed bytea)
RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF sealed IS NULL OR NOT sharing_manages_duties() THEN RETURN; END IF;
    RETURN QUERY
    WITH first AS (
        SELECT * FROM sharing_closing WHERE id = wanted AND starts_at = now() AND asked_by_id = portal_asker()),
    record AS (SELECT pupil.* FROM first CROSS JOIN LATERAL sharing_pupils_of(first.child_id) AS pupil),
    alike AS (
        SELECT other.child_id FROM record JOIN sharing_pupil AS other USING (upn_index)
        UNION
        SELECT other.child_id FROM record JOIN sharing_pupil AS other USING (establishment_id, born_on)
        WHERE sharing_plain(other.surname) = sharing_plain(record.surname)
          AND sharing_plain(other.forename) = sharing_plain(record.forename))
    INSERT INTO sharing_closing (
        child_id, named, authoriser, basis, reason, head_barred, starts_at, ends_at, asked_by_id, asked_by_name,
        is_renewal)
    SELECT alike.child_id, named, authoriser, basis, sealed, head_barred, starts_at, ends_at, asked_by_id,
           asked_by_name, is_renewal
    FROM first, alike WHERE alike.child_id NOT IN (SELECT record.child_id FROM record)
    RETURNING id;
END
$$;

-- Another information manager, or the head of one of the child's schools, agrees to a closing.
CREATE OR REPLACE FUNCTION sharing_agree_closing(wanted bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_closing SET agreed_by_id = portal_asker(), agreed_by_name = who, agreed_at = now()
    WHERE id = wanted AND agreed_at IS NULL AND ended_at IS NULL AND ends_at > now() AND asked_by_id <> portal_asker()
      AND (sharing_manages_duties() OR id IN (SELECT portal_closings_to_head()));
    RETURN FOUND;
END
$$;

-- Ends a closing before its day. Any information manager can do so.
CREATE OR REPLACE FUNCTION sharing_end_closing(wanted bigint, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_closing SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND ends_at > now()
      AND sharing_manages_duties();
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION portal_narrowed, portal_showing, portal_opened, portal_opened_for, portal_closed,
    portal_closed_and_expected, portal_pupils_at TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION sharing_pupils_of TO portal_batch;
GRANT EXECUTE ON FUNCTION sharing_information_managers, sharing_glass_count, sharing_glass_misses,
    sharing_break_glass, sharing_mark_opening, sharing_explain_opening, sharing_end_opening, portal_closings_to_head,
    sharing_close_child, sharing_close_alike, sharing_agree_closing, sharing_end_closing TO portal_app;
