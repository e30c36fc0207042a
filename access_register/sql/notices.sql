-- Who an email goes to, and what became of a download (R14, R18, R20, R23, R26).
--
-- Each letter goes to people who may read today what it leads to, and so to nobody whom a sanction shuts out (R41).
-- Pages ask only for the letters that their own step sends. The worker, where nobody is the asker, asks for the others.

-- For somebody who keeps duties on EduNet: schools that have closed, and where nobody has access any more.
CREATE OR REPLACE FUNCTION portal_ended()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place.id FROM sharing_establishment AS place
    WHERE portal_context(2) = 'edunet' AND place.status_code = 2
      AND place.id IN (SELECT portal_establishments('manage_duties'))
      AND NOT EXISTS (
          SELECT FROM sharing_establishmentpermission AS held
          WHERE held.establishment_id = place.id AND held.through = 'schools_online'
            AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
$$;

-- The heads of a closed child's schools, unless telling them is barred (R18). Runs with the caller's rights: the worker
-- can read all of it, a page nothing.
CREATE OR REPLACE FUNCTION access_register_heads_of_closing(wanted bigint)
RETURNS TABLE(person_id bigint, urn integer, place character varying)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT line.person_id, place.urn, place.name
    FROM sharing_closing AS closing
    CROSS JOIN LATERAL sharing_pupils_of(closing.child_id) AS pupil
    JOIN sharing_establishment AS place ON place.id = pupil.establishment_id
    JOIN access_register_lines_today() AS line ON line.establishment_id = place.id AND line.seat = 0
    JOIN access_register_person AS who ON who.id = line.person_id
    WHERE closing.id = wanted AND NOT closing.head_barred AND pupil.visible @> CURRENT_DATE
      AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
$$;

-- The same for the emails of a page, but only for the person who asked for the closing.
CREATE OR REPLACE FUNCTION access_register_heads_to_tell(wanted bigint)
RETURNS TABLE(person_id bigint, urn integer, place character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT head.* FROM access_register_heads_of_closing(wanted) AS head
    WHERE EXISTS (
        SELECT FROM sharing_closing AS closing
        WHERE closing.id = wanted AND closing.asked_by_id = portal_asker() AND portal_context(2) = 'edunet')
$$;

-- The people at Level 1 today who were reminded to answer a challenge. Only for the person who has taken the challenge
-- back. Nobody is written to about a child who is closed to them (R18).
CREATE OR REPLACE FUNCTION access_register_keepers_to_tell(wanted bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.person_id
    FROM sharing_challenge AS challenge
    JOIN access_register_lines_today() AS line ON line.establishment_id = challenge.establishment_id
    JOIN access_register_person AS who ON who.id = line.person_id
    WHERE challenge.id = wanted AND challenge.state = 'withdrawn' AND challenge.reminded_on IS NOT NULL
      AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
      AND challenge.raised_by_id = portal_asker() AND line.person_id <> portal_asker()
      AND line.level = 1
      AND NOT EXISTS (
          SELECT FROM sharing_closed_now() AS closed
          WHERE closed.pupil_id = challenge.pupil_id AND line.person_id <> ALL (closed.named))
$$;

-- The person who took a download away says that it is destroyed, even while suspended (R14, R41).
CREATE OR REPLACE FUNCTION access_register_say_destroyed(wanted bigint, how text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_download SET disposed_at = now(), disposed_how = how
    WHERE id = wanted AND by_person_id = portal_accepted() AND state = 'collected' AND disposed_at IS NULL;
    RETURN FOUND;
END
$$;

-- Notes that a download is destroyed, for somebody who has no access any more: the reminder asks them to write to the
-- head or to their manager. By whoever keeps the register or, on EduNet, the duties. People who still have access say
-- it themselves. If a school has closed and nobody there has access any more, the people who keep duties on EduNet look
-- after what its people took away, because nobody there can.
CREATE OR REPLACE FUNCTION access_register_note_destroyed(wanted bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_download AS taken SET disposed_at = now(), disposed_how = 'written'
    WHERE id = wanted AND state = 'collected' AND disposed_at IS NULL
      AND (taken.through = portal_context(2)
           OR taken.through = 'schools_online' AND establishment_id IN (SELECT portal_ended()))
      AND establishment_id IN (SELECT portal_establishments(
          CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))
      AND NOT EXISTS (
          SELECT FROM sharing_establishmentpermission AS held
          WHERE held.user_id = taken.by_person_id AND held.establishment_id = taken.establishment_id
            AND held.through = taken.through AND held.starts_on <= CURRENT_DATE
            AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE));
    RETURN FOUND;
END
$$;

-- Which head is written to: one who can read what the email leads to (R18, R26).
CREATE OR REPLACE FUNCTION access_register_head_to_tell(place bigint, day date)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT head.person_id
    FROM access_register_head_on(place, day) AS head
    JOIN access_register_registerline AS line ON line.id = head.line_id
    JOIN access_register_person AS who ON who.id = head.person_id
    WHERE line.suspended_at IS NULL AND line.awaiting_since IS NULL
      AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
$$;

-- The person who asked for something and is told that there is an answer, and at which site. They must be able to read
-- the answer today at that site, so they must have the permission that its page asks for. Never the person who gave the
-- answer. About a child, nobody to whom the child is closed, nobody whose line is narrowed to other year groups, and
-- nobody from whom the kind of data that was challenged is withheld (R35).
--
-- For a legal override, a closing, a disposal and a second officer: whoever asked for them and keeps duties today (R9,
-- R18, R38, R43). For a report of misuse: whoever reported it. For a transfer that was declined: whoever told of the
-- child, and only on EduNet if the child comes from outside, as only the officer reads why. For one that was called off
-- after it was accepted: Level 1 of the school that expects the child (R7).
--
-- For a challenge: whoever raised it, while the record is shown. For one about a leaver that the night has closed:
-- whoever raised it and can still see pupils there. Nobody can see its page any more, so the record need not be shown
-- (R5, R23). At night nobody is the asker, so nobody is left out as the person who gave the answer.
--
-- For a new request for support: Level 1 of the establishment that offers it, because they can answer (P8). For an
-- answer to one: whoever asked and keeps the records there today. Both at Schools Online, where the page is (R20).
CREATE OR REPLACE FUNCTION access_register_asker_to_tell(what text, wanted bigint)
RETURNS TABLE(person bigint, site character varying)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT line.person_id AS person, 'keep_records' AS needs, request.establishment_id AS place,
               NULL::uuid AS pupil
        FROM sharing_supportrequest AS request
        JOIN access_register_registerline AS line ON line.establishment_id = request.establishment_id
        WHERE what = 'support_asked' AND request.id = wanted AND state = 'waiting'
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL
        SELECT asked_by_id AS person, 'keep_records' AS needs, from_establishment_id AS place, NULL::uuid AS pupil
        FROM sharing_supportrequest WHERE what = 'support' AND id = wanted AND state IN ('accepted', 'declined')
        UNION ALL
        SELECT asked_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_closing WHERE what = 'closing' AND id = wanted AND agreed_at IS NOT NULL
        UNION ALL
        SELECT asked_by_id, 'manage_duties', NULL, NULL
        FROM sharing_disposal WHERE what = 'disposal' AND id = wanted AND decided_at IS NOT NULL
        UNION ALL
        SELECT recorded_by_id, 'manage_duties', NULL, NULL
        FROM access_register_officerappointment WHERE what = 'officer' AND id = wanted AND NOT awaits_second
        UNION ALL
        SELECT raised_by_id, 'view_pupils', establishment_id, pupil_id
        FROM sharing_challenge WHERE what = 'left' AND id = wanted AND outcome = 'has_left'
        UNION ALL
        SELECT recorded_by_id AS person, 'manage_duties' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM access_register_order WHERE what = 'order' AND id = wanted AND authorised_at IS NOT NULL
        UNION ALL
        SELECT reported_by_id AS person, 'view_establishment' AS needs, NULL::bigint AS place, NULL::uuid AS pupil
        FROM sharing_misusereport WHERE what = 'misuse' AND id = wanted AND state = 'closed'
        UNION ALL
        SELECT asserted_by, 'view_pupils', coalesce(from_establishment_id, establishment_id), leaving_id
        FROM sharing_transfer WHERE what = 'declined' AND id = wanted AND declined_at IS NOT NULL
        UNION ALL
        SELECT line.person_id, 'keep_records', transfer.establishment_id, coalesce(pupil_id, leaving_id)
        FROM sharing_transfer AS transfer
        JOIN access_register_registerline AS line ON line.establishment_id = transfer.establishment_id
        WHERE what = 'cancelled' AND transfer.id = wanted AND cancelled_at IS NOT NULL AND agreed_on IS NOT NULL
          AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL
        UNION ALL
        SELECT raised_by_id,
               CASE about WHEN 'pupil' THEN 'view_pupils'
                          WHEN 'staff' THEN 'view_staff'
                          ELSE 'view_establishment' END,
               establishment_id, pupil_id
        FROM sharing_challenge AS challenge
        WHERE what = 'challenge' AND id = wanted AND state = 'answered'
          AND (pupil_id IS NULL
               OR EXISTS (SELECT FROM sharing_pupil AS pupil
                          WHERE pupil.id = challenge.pupil_id AND pupil.visible @> CURRENT_DATE)))
    SELECT asked.person, max(held.through)
    FROM asked
    JOIN access_register_person AS who
      ON who.id = asked.person AND who.is_active
     AND (who.suspended_until IS NULL OR who.suspended_until < CURRENT_DATE)
    JOIN sharing_held_today(asked.needs) AS held
      ON held.user_id = asked.person
     AND held.establishment_id = coalesce(asked.place, held.establishment_id)
     AND (what NOT IN ('support', 'support_asked') OR held.through = 'schools_online')
     AND (what <> 'declined' OR held.through = 'edunet' OR EXISTS (
              SELECT FROM sharing_transfer WHERE id = wanted AND from_establishment_id IS NOT NULL))
     AND (what <> 'challenge' OR NOT EXISTS (
              SELECT FROM sharing_challenge WHERE id = wanted AND withheld_as = ANY (held.withheld)))
     AND (asked.pupil IS NULL OR held.year_groups = '{}'
          OR EXISTS (SELECT FROM sharing_pupil AS pupil
                     WHERE pupil.id = asked.pupil AND year_group = ANY (held.year_groups)))
    WHERE (asked.person <> portal_asker() OR what = 'left')
      AND NOT EXISTS (
          SELECT FROM sharing_closed_now() AS closed
          WHERE closed.pupil_id = asked.pupil AND asked.person <> ALL (closed.named))
    GROUP BY asked.person
$$;

GRANT EXECUTE ON FUNCTION access_register_heads_of_closing TO portal_batch;
GRANT EXECUTE ON FUNCTION portal_ended, access_register_heads_to_tell, access_register_keepers_to_tell,
    access_register_say_destroyed, access_register_note_destroyed, access_register_head_to_tell TO portal_app;
GRANT EXECUTE ON FUNCTION access_register_asker_to_tell TO portal_app, portal_batch;
