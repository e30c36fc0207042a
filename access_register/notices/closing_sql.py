"""Which heads a closing is told to, in SQL for migration 0067: those of the child's schools, unless barred (R18)."""

# As whoever asks: the worker reads all of it, a page nothing.
_HEADS = """
CREATE FUNCTION access_register_heads_of_closing(wanted bigint) RETURNS TABLE (person_id bigint, urn int, place varchar)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT line.person_id, place.urn, place.name
    FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
    JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
    JOIN sharing_establishment AS place ON place.id = pupil.establishment_id
    JOIN access_register_registerline AS line ON line.establishment_id = place.id AND line.seat = 0
    WHERE closing.id = wanted AND NOT closing.head_barred AND pupil.visible @> CURRENT_DATE
      AND line.withdrawn_at IS NULL AND line.starts_on <= CURRENT_DATE
      AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
$$;
"""
# For the e-mails of a page: to who has asked for the closing, and to nobody else.
_FOR_WHO_ASKED = """
CREATE FUNCTION access_register_heads_to_tell(wanted bigint) RETURNS TABLE (person_id bigint, urn int, place varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT head.* FROM access_register_heads_of_closing(wanted) AS head
    WHERE EXISTS (SELECT FROM sharing_closing AS closing WHERE closing.id = wanted
                  AND closing.asked_by_id = portal_asker() AND portal_context(2) = 'edunet')
$$;
"""
CREATE = (
    _HEADS
    + _FOR_WHO_ASKED
    + "GRANT EXECUTE ON FUNCTION access_register_heads_to_tell TO portal_app;"
    + "GRANT EXECUTE ON FUNCTION access_register_heads_of_closing TO portal_batch;"
)
DROP = "DROP FUNCTION access_register_heads_to_tell, access_register_heads_of_closing;"
