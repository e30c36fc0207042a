"""Whom an e-mail about a challenge that was taken back goes to, in SQL for migration 0128 (P9, R23)."""

# Level 1 of today, where they were reminded of an answer: to who has taken it back, and to nobody else. To whom a child
# is closed nobody writes of them (R18).
KEEPERS = """
CREATE FUNCTION access_register_keepers_to_tell(wanted bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.person_id FROM sharing_challenge AS challenge
    JOIN access_register_registerline AS line ON line.establishment_id = challenge.establishment_id
    WHERE challenge.id = wanted AND challenge.state = 'withdrawn' AND challenge.reminded_on IS NOT NULL
      AND challenge.raised_by_id = portal_asker() AND line.person_id <> portal_asker()
      AND line.level = 1 AND line.withdrawn_at IS NULL AND line.suspended_at IS NULL AND line.awaiting_since IS NULL
      AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
      AND NOT EXISTS (
        SELECT FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
        JOIN sharing_pupil AS pupil ON pupil.child_id IN (child.id, child.same_as_id)
        WHERE pupil.id = challenge.pupil_id AND closing.starts_at <= now() AND closing.ends_at > now()
          AND closing.ended_at IS NULL AND line.person_id <> ALL (closing.named))
$$;
GRANT EXECUTE ON FUNCTION access_register_keepers_to_tell TO portal_app;
"""
KEEPERS_NO_MORE = "DROP FUNCTION access_register_keepers_to_tell;"
