"""Whom it is held against by mistake, taken out again, in SQL for migration 0148 (P17, R41).

Until it is referred: before that nobody but the data-protection side reads whom it is held against, and afterwards a
panel decides. The story keeps the name, for that side.
"""

from access_register.breaches.roles_sql import AS_OWNER

CREATE = f"""
CREATE FUNCTION access_register_breach_take_out(wanted bigint, party bigint, sealed bytea, who text) RETURNS boolean
LANGUAGE plpgsql {AS_OWNER} AS $$
BEGIN
    PERFORM 1 FROM access_register_breach WHERE id = wanted AND state = 'reported' FOR UPDATE;
    IF NOT FOUND OR NOT portal_breach_is(wanted, 'desk') OR sealed IS NULL THEN RETURN false; END IF;
    DELETE FROM access_register_breachparty WHERE id = party AND breach_id = wanted;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM access_register_breach_step(wanted, 'taken_out', who, sealed, 'desk');
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION access_register_breach_take_out TO portal_app;
"""
DROP = "DROP FUNCTION access_register_breach_take_out;"
