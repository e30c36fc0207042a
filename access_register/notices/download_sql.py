"""Noting that a download is destroyed for somebody who has no access any more, in SQL for migration 0132 (R14).

The reminder asks such a person to write to the head or to their manager. Who keeps the register, or on EduNet the
duties, notes it; whoever still has access says it themselves.
"""

from access_register.breaches.destroyed_sql import READS
from sharing.rls import replace_reads
from sharing.sql.overrides import within

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

# For migration 0206. Of a school that has closed and where nobody has access any more, who keeps duties on EduNet looks
# after what its people took away: nobody there can.
_OF_THE_SITE = "AND taken.through = portal_context(2)"
_OR_OF_AN_ENDED = """AND (taken.through = portal_context(2)
        OR taken.through = 'schools_online' AND establishment_id IN (SELECT portal_ended()))"""
_ENDED = """
CREATE FUNCTION portal_ended() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place.id FROM sharing_establishment AS place
    WHERE portal_context(2) = 'edunet' AND place.status_code = 2
      AND place.id IN (SELECT portal_establishments('manage_duties')) AND NOT EXISTS (
        SELECT FROM sharing_establishmentpermission AS held
        WHERE held.establishment_id = place.id AND held.through = 'schools_online'
          AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE))
$$;
GRANT EXECUTE ON FUNCTION portal_ended TO portal_app;
"""
_NOTED_TOO = within("access_register_note_destroyed", (_OF_THE_SITE, _OR_OF_AN_ENDED))
_NOTED_NOT = within("access_register_note_destroyed", (_OR_OF_AN_ENDED, _OF_THE_SITE))
ENDED_TOO = _ENDED + _NOTED_TOO + replace_reads("sharing_download")
NO_ENDED = replace_reads("sharing_download", READS) + _NOTED_NOT + "DROP FUNCTION portal_ended;"
