"""A first head recorded by mistake, taken back, in SQL for migration 0149 (R32, R35, R44, A7).

While the invitation waits, or within DAYS of the record: later, and once a successor is named, the headship is handed
over. Taken back, the line has ended, the link in the letter is dead, and the establishment waits for its first head.
"""

from sharing.sql.overrides import within

DAYS = 14
_RECORDED = "recorded this person as the first head"  # as access_register_place_first_head tells it
_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"

CREATE = f"""
CREATE FUNCTION access_register_first_heads() RETURNS TABLE (line_id bigint, establishment_id bigint, name varchar,
    awaits boolean, first_day date, recorded_by varchar, recorded_at timestamptz)
LANGUAGE sql STABLE {_AS_OWNER} AS $$
    SELECT line.id, line.establishment_id, person.name, line.awaiting_since IS NOT NULL, line.starts_on,
           line.given_by_name, line.given_at
    FROM access_register_registerline AS line JOIN access_register_person AS person ON person.id = line.person_id
    WHERE EXISTS (SELECT FROM portal_establishments('manage_duties')) AND line.seat = 0 AND line.withdrawn_at IS NULL
      AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
      AND (line.awaiting_since IS NOT NULL OR line.given_at > now() - interval '{DAYS} days')
      AND EXISTS (SELECT FROM access_register_lineevent AS event
                  WHERE event.line_id = line.id AND event.words LIKE '% {_RECORDED}')
      AND NOT EXISTS (SELECT FROM access_register_handover AS handover
                      WHERE handover.establishment_id = line.establishment_id AND handover.cancelled_at IS NULL)
$$;
CREATE FUNCTION access_register_take_back_first_head(place bigint, who text) RETURNS boolean
LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
    before access_register_registerline;
    taken boolean := false;
BEGIN
    PERFORM FROM sharing_establishment WHERE id = place FOR NO KEY UPDATE;
    FOR before IN SELECT * FROM access_register_registerline AS line
        WHERE line.id IN (SELECT line_id FROM access_register_first_heads() WHERE establishment_id = place)
          AND line.person_id <> portal_asker() FOR UPDATE
    LOOP
        UPDATE access_register_registerline SET withdrawn_at = clock_timestamp(), withdrawn_by_name = who,
            withdrawn_because = 'Recorded by mistake.', version = version + 1 WHERE id = before.id;
        UPDATE access_register_invitation SET revoked_at = clock_timestamp()
        WHERE line_id = before.id AND accepted_at IS NULL;
        DELETE FROM sharing_establishmentpermission WHERE source = 'line:' || before.id;
        PERFORM access_register_tell(before, before.id, 'withdrawn', 'took back the first head', who);
        taken := true;
    END LOOP;
    RETURN taken;
END $$;
GRANT EXECUTE ON FUNCTION access_register_first_heads, access_register_take_back_first_head TO portal_app;
"""  # noqa: S608 - parts of this file, and nobody's words
DROP = "DROP FUNCTION access_register_take_back_first_head, access_register_first_heads;"
# For migration 0150: the history knows a first head by what happened, and not by how it is put into words. Few lines
# are a head's, and their events are found by the line.
_SAID = f"event.words LIKE '% {_RECORDED}'"
_HAPPENED = "event.what = 'first_head'"
_TOLD = "CASE WHEN awaits THEN 'invited' ELSE 'given' END,\n        'recorded this"
_TOLD_AS_SUCH = "'first_head',\n        'recorded this"
KNOWN_SO_FAR = f"""
UPDATE access_register_lineevent AS event SET what = 'first_head'
FROM access_register_registerline AS line
WHERE line.seat = 0 AND event.line_id = line.id AND event.before IS NULL AND {_SAID};
"""  # noqa: S608 - parts of this file, and nobody's words
BY_WHAT_HAPPENED = (
    within("access_register_place_first_head", (_TOLD, _TOLD_AS_SUCH))
    + KNOWN_SO_FAR
    + within("access_register_first_heads", (_SAID, _HAPPENED))
)
BY_THE_WORDS = (
    within("access_register_first_heads", (_HAPPENED, _SAID))
    + """
UPDATE access_register_lineevent SET what = CASE WHEN (after->>'pending')::boolean THEN 'invited' ELSE 'given' END
WHERE what = 'first_head';
"""
    + within("access_register_place_first_head", (_TOLD_AS_SUCH, _TOLD))
)
