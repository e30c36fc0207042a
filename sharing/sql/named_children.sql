-- Single children who are opened for a person wherever they are on roll (R9, R18, P7).
--
-- At the establishments of such records, the rows of the permission table open what they open, and in addition these
-- records and nothing else. What is opened of each record, portal_opened and portal_opened_for say
-- (opened_and_closed.sql).

-- For the door: which of today's records are opened for the asker, and by which naming.
CREATE OR REPLACE FUNCTION portal_named_records()
RETURNS TABLE(named_id bigint, pupil_id uuid, place bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT named_id, pupil_id, place FROM sharing_named_to_asker() WHERE pupil_id <> ALL (ARRAY(SELECT portal_closed()))
$$;

-- For the head of a school: which naming opens which of its children today. Leaves out people to whom a naming no
-- longer opens anything. For one place, it also leaves out people whom a closing that the head is told of keeps from
-- that child.
CREATE OR REPLACE FUNCTION portal_named_here(place bigint DEFAULT NULL::bigint)
RETURNS TABLE(named_id bigint, pupil_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT named.id, pupil.id
    FROM sharing_namedchild AS named CROSS JOIN LATERAL sharing_pupils_of(named.child_id) AS pupil
    WHERE named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE AND named.ends_on >= CURRENT_DATE
      AND NOT named.head_barred AND portal_context(2) = 'schools_online'
      AND EXISTS (
          SELECT FROM sharing_held_today('view_establishment') AS held
          WHERE held.user_id = named.person_id AND held.through = named.through
            AND (named.through = 'schools_online' OR held.establishment_id = pupil.establishment_id))
      AND (place IS NULL OR NOT EXISTS (
          SELECT FROM sharing_closed_now() AS closed
          WHERE closed.pupil_id = pupil.id AND closed.closing_id IN (SELECT portal_closings_to_head(place))
            AND named.person_id <> ALL (closed.named)))
      AND pupil.establishment_id IN (SELECT portal_establishments('manage_register'))
      AND (place IS NULL OR pupil.establishment_id = place) AND pupil.visible @> CURRENT_DATE
      AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
$$;

-- The identity of the child whom an information manager names exactly. NULL where there is none, or more than one.
CREATE OR REPLACE FUNCTION sharing_which_child(upn_key text, fore text, sur text, birth date)
RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(child::text)::uuid FROM sharing_glass_finds(upn_key, fore, sur, birth)
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties'))
    HAVING count(DISTINCT child) = 1
$$;

GRANT EXECUTE ON FUNCTION portal_named_records, portal_named_here, sharing_which_child TO portal_app;
