-- Unusual patterns of use (R43, P17), which the service raises.

-- The head of the establishment or an information manager settles a pattern, but never their own. Returns whether there
-- was something to settle: if two settle it at once, the first does.
CREATE OR REPLACE FUNCTION sharing_settle_pattern(wanted bigint, step text, sealed bytea, name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_unusualpattern
    SET state = step, reason = sealed, settled_by_id = portal_asker(), settled_by_name = name, settled_at = now()
    WHERE id = wanted AND state = 'raised' AND person_id <> portal_asker() AND sealed IS NOT NULL
      AND step IN ('explained', 'referred')
      AND (sharing_manages_duties()
           OR portal_context(2) = 'schools_online' AND through = 'schools_online' AND NOT of_head
              AND establishment_id IN (SELECT portal_heads()));
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION sharing_settle_pattern TO portal_app;
