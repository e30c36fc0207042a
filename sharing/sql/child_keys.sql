-- The keys of children's facts, in a schema that ordinary backups leave out (R13).
--
-- The application has no access to the schema. It reads a value together with its key through `portal_with_key`, which
-- needs the value: whoever cannot see a value cannot learn its key. portal_backup has no access either, so a dump that
-- it makes must leave the schema out.

-- A sealed value with its own key in front of it. Where the key has been destroyed, a value that cannot be opened.
CREATE OR REPLACE FUNCTION portal_with_key(sealed bytea)
RETURNS bytea LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = portal_keys, pg_temp AS $$
    SELECT CASE WHEN substring(sealed FROM 1 FOR 1) <> '\x00' THEN sealed
                ELSE coalesce((
                    SELECT '\x00'::bytea || set_byte('\x00', 0, length(wrapped)) || wrapped || sealed
                    FROM key WHERE id = encode(substring(sealed FROM 2 FOR 16), 'hex')::uuid), '\x0000') END
$$;

-- What has been disposed of is also recorded beside the keys. So it is noticed when an older copy of everything else is
-- restored.
CREATE OR REPLACE FUNCTION portal_disposals_agree()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM portal_keys.disposal AS there
        FULL JOIN (SELECT number, gone FROM sharing_disposal WHERE gone > 0) AS here ON here.number = there.id
        WHERE here.gone IS DISTINCT FROM there.gone)
$$;

GRANT EXECUTE ON FUNCTION portal_with_key, portal_disposals_agree TO portal_app, portal_batch;
