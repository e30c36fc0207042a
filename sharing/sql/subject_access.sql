-- Requests for a child's own records (R18): who may record one, for which child, and settle it.
--
-- The information manager can name any child that the store knows, including one who has left or is closed. A head can
-- name a child whose record they can see today. Both learn only whether there is exactly one.

-- Whether the asker can see the child at the establishment today.
CREATE OR REPLACE FUNCTION sharing_child_is_seen_at(child uuid, place bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM sharing_pupils_of(child) AS pupil
        WHERE pupil.establishment_id = place AND pupil.visible @> CURRENT_DATE
          AND pupil.id <> ALL (ARRAY(SELECT portal_closed())))
$$;

-- The requests that the asker keeps: those of the whole store, or those of children whom they see at a school that they
-- head.
--
-- The legal month keeps running when nobody heads the school, or when the child has left it or is closed to its head.
-- Then the information manager has the request, while it is open.
CREATE OR REPLACE FUNCTION portal_subject_requests()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND request.state = 'open' AND sharing_manages_duties()
      AND NOT EXISTS (
          SELECT FROM access_register_lines_today() AS line
          JOIN access_register_person AS head ON head.id = line.person_id
          WHERE line.establishment_id = request.establishment_id AND line.seat = 0 AND head.is_active
            AND (head.suspended_until IS NULL OR head.suspended_until < CURRENT_DATE))
    UNION ALL
    SELECT id FROM sharing_subjectrequest
    WHERE through = 'edunet' AND sharing_manages_duties()
    UNION ALL
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND portal_context(2) = 'schools_online'
      AND request.establishment_id IN (SELECT portal_heads())
      AND sharing_child_is_seen_at(request.child_id, request.establishment_id)
    UNION ALL
    SELECT request.id FROM sharing_subjectrequest AS request
    WHERE request.through = 'schools_online' AND request.state = 'open' AND sharing_manages_duties()
      AND NOT sharing_child_is_seen_at(request.child_id, request.establishment_id)
$$;

-- Whether the child of a request is closed (R18), for whoever has its answer made: who asks may be the person from whom
-- the child is hidden. A head reads it only where heads are told of the closing.
CREATE OR REPLACE FUNCTION portal_subject_is_closed(wanted bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sharing_subjectrequest AS request
        CROSS JOIN LATERAL sharing_pupils_of(request.child_id) AS pupil
        JOIN sharing_closed_now() AS closed ON closed.pupil_id = pupil.id
        JOIN sharing_closing AS closing ON closing.id = closed.closing_id
        WHERE request.id = wanted AND wanted IN (SELECT portal_subject_requests())
          AND request.recorded_by_id = portal_asker()
          AND (portal_context(2) = 'edunet' OR NOT closing.head_barred))
$$;

-- Whether these are all records of the child of a request that the asker keeps.
CREATE OR REPLACE FUNCTION portal_subject_has_records(wanted bigint, records uuid[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sharing_subjectrequest
        WHERE id = wanted AND wanted IN (SELECT portal_subject_requests())
          AND records <@ ARRAY(SELECT pupil.id FROM sharing_pupils_of(child_id) AS pupil))
$$;

-- Records a request. Locks the child's records, so that a running disposal either ends before it or comes after it.
--
-- Somebody who records again, as the page asks them to, a request that another has put off takes over its last day and
-- its reason. With only the month it would be late at once, or later than the person who made the request was told.
CREATE OR REPLACE FUNCTION sharing_record_subject_request(
    upn_key text, fore text, sur text, birth date, place bigint, kind text, sealed bytea, proof text,
    received date, who text
)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kids uuid[];
    at_place bigint := place;
    manages boolean := sharing_manages_duties();
    heads boolean := portal_context(2) = 'schools_online' AND place IN (SELECT portal_heads());
    made bigint;
BEGIN
    IF sealed IS NULL OR received > CURRENT_DATE OR NOT (manages OR heads) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sharing_legalhold'));
    SELECT array_agg(DISTINCT coalesce(child.same_as_id, child.id)) INTO kids
    FROM sharing_pupil AS pupil JOIN sharing_child AS child ON child.id = pupil.child_id
    WHERE CASE WHEN upn_key IS NOT NULL
               THEN pupil.upn_index = upn_key
                    OR child.id IN (SELECT coalesce(same_as_id, id) FROM sharing_child WHERE upn_index = upn_key)
               ELSE pupil.born_on = birth AND sharing_plain(pupil.forename) = sharing_plain(fore)
                    AND sharing_plain(sur) IN (sharing_plain(pupil.surname), sharing_plain(pupil.preferred_surname))
                    AND sharing_plain(sur) <> '' END
      AND (manages OR pupil.establishment_id = place AND pupil.visible @> CURRENT_DATE
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
    INSERT INTO sharing_subjectrequest (
        child_id, establishment_id, through, asks, requester, identity, received_on, due_on,
        recorded_by_id, recorded_by_name)
    VALUES (
        kids[1], at_place, portal_context(2), kind, sealed, proof, received, (received + interval '1 month')::date,
        portal_asker(), who)
    RETURNING id INTO made;
    UPDATE sharing_subjectrequest AS again SET due_on = before.due_on, extended_because = before.extended_because
    FROM sharing_subjectrequest AS before JOIN sharing_child AS known ON known.id = before.child_id
    WHERE again.id = made AND before.id IN (SELECT portal_subject_requests()) AND before.state = 'open'
      AND kids[1] IN (known.id, known.same_as_id) AND before.asks = kind AND before.received_on = received
      AND before.recorded_by_id <> portal_asker() AND before.due_on > again.due_on;
    RETURN made;
END
$$;

-- Puts a request off once, by two months, or marks it answered or refused. For whoever keeps it.
CREATE OR REPLACE FUNCTION sharing_settle_subject_request(wanted bigint, step text, sealed bytea, who text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF wanted NOT IN (SELECT portal_subject_requests()) OR (sealed IS NULL AND step <> 'answered') THEN
        RETURN false;
    END IF;
    IF step = 'extended' THEN
        UPDATE sharing_subjectrequest
        SET extended_because = sealed, due_on = (received_on + interval '3 months')::date
        WHERE id = wanted AND state = 'open' AND due_on = (received_on + interval '1 month')::date
          AND due_on >= CURRENT_DATE;
    ELSIF step IN ('answered', 'refused') THEN
        UPDATE sharing_subjectrequest SET
            state = step, settled_at = now(), settled_by_name = who,
            refused_because = CASE WHEN step = 'refused' THEN sealed END
        WHERE id = wanted AND state = 'open';
    ELSE
        RETURN false;
    END IF;
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION portal_subject_requests, portal_subject_is_closed, portal_subject_has_records,
    sharing_record_subject_request, sharing_settle_subject_request TO portal_app;
