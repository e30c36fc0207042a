-- What somebody may be told of the exceptions by which one record is opened or closed (R9, R18).

-- Children named one by one, records opened by a broken glass, and children closed. Of those in force for the record
-- today, returns the numbers of the ones that the asker may be told of. Left out are those that open nothing to their
-- person, because they have no access there any more, as in portal_named_records and portal_opened. Only the head is
-- told of a broken glass (docs/adr/0021).
CREATE OR REPLACE FUNCTION portal_ways_past(record uuid)
RETURNS TABLE(way text, number bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH seen AS (
        SELECT pupil.id, pupil.child_id AS child, pupil.establishment_id AS place
        FROM sharing_pupil AS pupil
        WHERE pupil.id = record AND pupil.visible @> CURRENT_DATE AND pupil.id <> ALL (ARRAY(SELECT portal_closed()))
          AND pupil.establishment_id IN (SELECT portal_establishments('view_pupils'))
          AND pupil.establishment_id IN (SELECT portal_establishments(
              CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))),
    identity AS (
        SELECT child, place FROM seen
        UNION SELECT other.id, place FROM seen JOIN sharing_child AS other ON other.same_as_id = seen.child)
    SELECT 'named', named.id FROM identity JOIN sharing_namedchild AS named ON named.child_id = identity.child
    WHERE named.ended_at IS NULL AND named.starts_on <= CURRENT_DATE
      AND (named.ends_on IS NULL OR named.ends_on >= CURRENT_DATE)
      AND (portal_context(2) = 'edunet' OR NOT named.head_barred)
      AND EXISTS (
          SELECT FROM sharing_held_today('view_establishment') AS held
          WHERE held.user_id = named.person_id AND held.through = named.through
            AND (named.through = 'schools_online' OR held.establishment_id = identity.place))
    UNION ALL
    SELECT 'opened', opening.id FROM seen JOIN sharing_opening AS opening ON opening.pupil_id = seen.id
    WHERE opening.starts_at <= now() AND opening.ends_at > now() AND opening.ended_at IS NULL
      AND EXISTS (
          SELECT FROM sharing_held_today('view_establishment') AS held
          WHERE held.user_id = opening.person_id AND held.through = 'edunet' AND held.establishment_id = seen.place)
      AND NOT opening.head_barred AND seen.place IN (SELECT portal_heads())
    UNION ALL
    SELECT 'closed', closing_id FROM seen JOIN sharing_closed_now() AS closed ON closed.pupil_id = seen.id
    WHERE portal_context(2) = 'edunet' OR closing_id IN (SELECT portal_closings_to_head())
$$;

GRANT EXECUTE ON FUNCTION portal_ways_past TO portal_app;
