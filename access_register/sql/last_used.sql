-- When a line of the register was last used (R35). A trigger writes it, and nobody calls this function.

-- A page was shown to somebody, so the line through which they saw it was used today. A line that opens nothing is not
-- used: they saw what the establishment shares, through their place at another. Whoever changes a line locks its
-- row and waits for the ledger, which this transaction has locked. So a locked row is left for the next page.
CREATE OR REPLACE FUNCTION access_register_mark_used()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_registerline SET last_used_on = CURRENT_DATE WHERE id IN (
        SELECT line.id
        FROM access_register_registerline AS line
        JOIN sharing_establishment AS place ON place.id = line.establishment_id
        WHERE line.person_id = NEW.person_id AND place.urn = NEW.urn AND line.withdrawn_at IS NULL
          AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
          AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
          AND line.last_used_on IS DISTINCT FROM CURRENT_DATE
        FOR NO KEY UPDATE OF line SKIP LOCKED);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER mark_used AFTER INSERT ON sharing_ledgerentry
    FOR EACH ROW WHEN (NEW.outcome = 'shown' AND NEW.through = 'schools_online' AND NEW.urn IS NOT NULL)
    EXECUTE FUNCTION access_register_mark_used();
