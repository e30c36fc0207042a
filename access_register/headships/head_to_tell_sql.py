"""Which head is written to, in SQL for migration 0172 (R18, R26): who reads what the e-mail leads to.

Not a first head whose invitation nobody has answered, for the address may be a slip; nor one who is suspended.
"""

from sharing.sql.overrides import within

HEAD_TO_TELL = """
CREATE FUNCTION access_register_head_to_tell(place bigint, day date) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT head.person_id FROM access_register_head_on(place, day) AS head
    JOIN access_register_registerline AS line ON line.id = head.line_id
    WHERE line.suspended_at IS NULL AND line.awaiting_since IS NULL
$$;
GRANT EXECUTE ON FUNCTION access_register_head_to_tell TO portal_app;
"""
_ANY_HEAD = "WHERE closing.id = wanted AND NOT closing.head_barred"
_WHO_READS = f"{_ANY_HEAD} AND line.suspended_at IS NULL AND line.awaiting_since IS NULL"

CREATE = HEAD_TO_TELL + within("access_register_heads_of_closing", (_ANY_HEAD, _WHO_READS))
DROP = (
    within("access_register_heads_of_closing", (_WHO_READS, _ANY_HEAD))
    + "DROP FUNCTION access_register_head_to_tell(bigint, date);"
)
