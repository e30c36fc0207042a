"""Legal overrides that open, in SQL for migration 0062 (P7, R18): the named authoriser's word, and the end."""

CREATE = """
CREATE FUNCTION access_register_authorise_order(wanted bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_day date;
    last_day date;
BEGIN
    UPDATE access_register_order SET authorised_at = now()
    WHERE id = wanted AND authoriser_id = portal_asker() AND portal_context(2) = 'edunet'
      AND authorised_at IS NULL AND ended_at IS NULL AND ends_on >= CURRENT_DATE
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
    RETURNING starts_on, ends_on INTO first_day, last_day;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET starts_on = first_day, ends_on = last_day
    WHERE source = 'order:' || wanted AND ended_at IS NULL;
    UPDATE sharing_establishmentpermission SET starts_on = first_day, ends_on = last_day
    WHERE source = 'order:' || wanted;
    RETURN true;
END $$;
CREATE FUNCTION access_register_end_order(wanted bigint, who text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_order SET ended_at = now(), ended_by_name = who
    WHERE id = wanted AND ended_at IS NULL AND portal_context(2) = 'edunet'
      AND (authoriser_id = portal_asker() OR EXISTS (SELECT FROM portal_establishments('manage_duties')));
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE sharing_namedchild SET ended_at = now() WHERE source = 'order:' || wanted AND ended_at IS NULL;
    DELETE FROM sharing_establishmentpermission WHERE source = 'order:' || wanted;
    RETURN true;
END $$;
REVOKE UPDATE, DELETE ON access_register_order FROM portal_app;
GRANT EXECUTE ON FUNCTION access_register_authorise_order, access_register_end_order TO portal_app;
"""
DROP = "DROP FUNCTION access_register_authorise_order, access_register_end_order;"
