-- Reports of misuse (R20). The web application only adds reports, and only the asker's own.

-- Officers with a duty to keep records settle a report, but nobody settles one of their own. Returns whether there was
-- something to settle.
CREATE OR REPLACE FUNCTION sharing_settle_misuse(wanted bigint, step text, result text, sealed bytea, name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE sharing_misusereport SET
        state = step, outcome = result, answer = sealed,
        acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
        acknowledged_by_name = CASE WHEN acknowledged_at IS NULL THEN name ELSE acknowledged_by_name END,
        closed_at = CASE WHEN step = 'closed' THEN clock_timestamp() END,
        closed_by_name = CASE WHEN step = 'closed' THEN name ELSE '' END
    WHERE id = wanted AND reported_by_id <> portal_asker() AND portal_context(2) = 'edunet'
      AND EXISTS (SELECT FROM portal_establishments('keep_records'))
      AND (state = 'reported' AND step = 'acknowledged' AND result = '' AND sealed IS NULL
           OR state <> 'closed' AND step = 'closed' AND result <> '' AND sealed IS NOT NULL);
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION sharing_settle_misuse TO portal_app;
