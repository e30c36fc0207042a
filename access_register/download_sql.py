"""Noting that a download is destroyed for somebody who has no access any more, in SQL for migration 0132 (R14).

The reminder asks such a person to write to the head or to their manager. Who keeps the register, or on EduNet the
duties, notes it; whoever still has access says it themselves.
"""

NOTE = """
CREATE FUNCTION access_register_note_destroyed(wanted bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_download AS taken SET disposed_at = now(), disposed_how = 'written'
    WHERE id = wanted AND state = 'collected' AND disposed_at IS NULL AND taken.through = portal_context(2)
      AND establishment_id IN (SELECT portal_establishments(
          CASE portal_context(2) WHEN 'edunet' THEN 'manage_duties' ELSE 'manage_register' END))
      AND NOT EXISTS (
          SELECT FROM sharing_establishmentpermission AS held
          WHERE held.user_id = taken.by_person_id AND held.establishment_id = taken.establishment_id
            AND held.through = taken.through
            AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE));
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION access_register_note_destroyed TO portal_app;
"""
NO_NOTE = "DROP FUNCTION access_register_note_destroyed;"
