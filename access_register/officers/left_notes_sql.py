"""Notes for visits whose author is no officer any more, in SQL for migration 0191 (R9, R43).

Only an author changes or removes a note, and officers who have left do neither. Information managers hold no duty that
opens notes: they are told where each is and since when, and remove one without reading it.
"""

_AS_MANAGER = """portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('manage_duties'))
      AND NOT EXISTS (SELECT FROM access_register_officerappointment AS held
                      WHERE held.person_id = note.author_id
                        AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))"""

CREATE = f"""
CREATE FUNCTION access_register_left_notes(author bigint)
RETURNS TABLE (id bigint, place varchar, written_at timestamptz, for_head boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT note.id, place.name, note.written_at, note.for_head FROM sharing_visitnote AS note
    JOIN sharing_establishment AS place ON place.id = note.establishment_id
    WHERE note.author_id = author AND {_AS_MANAGER}
    ORDER BY note.written_at DESC, note.id DESC
$$;
CREATE FUNCTION access_register_remove_left_note(author bigint, wanted bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM sharing_visitnote AS note WHERE note.id = wanted AND note.author_id = author AND {_AS_MANAGER};
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION access_register_left_notes, access_register_remove_left_note TO portal_app;
"""  # noqa: S608
DROP = "DROP FUNCTION access_register_left_notes, access_register_remove_left_note;"
