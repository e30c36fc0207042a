"""The ledger in the database: who reads it (migration 0052), and how it is kept by the month (migration 0053)."""

# Files that hold a child, and pages at no one establishment, which are few: what names several children at once.
BEYOND_ITS_PAGE = "(urn IS NULL OR action IN ('make_transfer_file', 'make_leaver_file')) AND about ? 'pupils'"
BEYOND_INDEX = f"""
CREATE INDEX CONCURRENTLY children_beyond_their_page ON sharing_ledgerentry USING gin ((about -> 'pupils'))
    WHERE {BEYOND_ITS_PAGE}
"""
# No function of jsonb is leakproof, so under a policy it has no index: this runs as the owner, and asks by itself
# whether the asker keeps the register where the child is on roll today. The row tells of nobody but that child: how
# many others were on the same page stays out.
OPENINGS = f"""
CREATE FUNCTION portal_openings(wanted uuid, older_than bigint, at_most int)
RETURNS TABLE (id bigint, at timestamptz, person_name varchar, through varchar, action varchar, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, at, person_name, through, action, purpose FROM (
        SELECT * FROM sharing_ledgerentry
         WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
        UNION ALL
        SELECT * FROM sharing_ledgerentry
         WHERE {BEYOND_ITS_PAGE} AND about -> 'pupils' ? wanted::text
    ) AS entry
    WHERE id < older_than AND outcome <> 'refused' AND EXISTS (
        SELECT FROM sharing_pupil AS pupil
         WHERE pupil.id = wanted AND pupil.visible @> CURRENT_DATE
           AND pupil.establishment_id IN (SELECT portal_establishments('manage_register')))
    ORDER BY id DESC LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION portal_openings TO portal_app;
"""
READ = OPENINGS + "GRANT SELECT ON sharing_ledgerentry TO portal_app;"
UNREAD = "REVOKE SELECT ON sharing_ledgerentry FROM portal_app; DROP FUNCTION portal_openings;"
