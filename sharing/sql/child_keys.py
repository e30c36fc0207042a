"""The keys of children's facts, in a schema that ordinary backups leave out, for migration 0080 (R13).

The application has no way into the schema. It reads a value with its key by `portal_with_key`, which needs the value:
whoever sees no value learns no key. portal_backup has no way in either: a dump of it must leave the schema out.
"""

KEYS = """
CREATE SCHEMA portal_keys;
REVOKE ALL ON SCHEMA portal_keys FROM PUBLIC;
GRANT USAGE ON SCHEMA portal_keys TO portal_batch;
CREATE TABLE portal_keys.key (id uuid PRIMARY KEY, child_id uuid NOT NULL, wrapped bytea NOT NULL);
CREATE INDEX key_of_a_child ON portal_keys.key (child_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON portal_keys.key TO portal_batch;

CREATE FUNCTION portal_with_key(sealed bytea) RETURNS bytea LANGUAGE sql STABLE
STRICT SECURITY DEFINER SET search_path = portal_keys, pg_temp AS $$
    SELECT CASE WHEN substring(sealed FROM 1 FOR 1) <> '\\x00' THEN sealed
        ELSE coalesce((SELECT '\\x00'::bytea || set_byte('\\x00', 0, length(wrapped)) || wrapped || sealed
                       FROM key WHERE id = encode(substring(sealed FROM 2 FOR 16), 'hex')::uuid), '\\x0000') END
$$;
GRANT EXECUTE ON FUNCTION portal_with_key TO portal_app, portal_batch;
"""
NO_KEYS = "DROP FUNCTION portal_with_key; DROP SCHEMA portal_keys CASCADE;"

# What has been disposed of, kept beside the keys, so that it is known when an older copy of the rest is put back.
DISPOSED = """
CREATE TABLE portal_keys.disposal (id uuid PRIMARY KEY, at timestamptz NOT NULL, as_of date NOT NULL,
    gone bigint NOT NULL);
CREATE TABLE portal_keys.gone (
    disposal_id uuid NOT NULL REFERENCES portal_keys.disposal, kind text NOT NULL, row_id text NOT NULL,
    PRIMARY KEY (kind, row_id));
CREATE INDEX gone_by_disposal ON portal_keys.gone (disposal_id, kind, row_id);
GRANT SELECT, INSERT, UPDATE ON portal_keys.disposal, portal_keys.gone TO portal_batch;

CREATE FUNCTION portal_disposals_agree() RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM portal_keys.disposal AS there
        FULL JOIN (SELECT number, gone FROM sharing_disposal WHERE gone > 0) AS here ON here.number = there.id
        WHERE here.gone IS DISTINCT FROM there.gone)
$$;
GRANT EXECUTE ON FUNCTION portal_disposals_agree TO portal_app, portal_batch;
"""
NOTHING_DISPOSED = "DROP FUNCTION portal_disposals_agree; DROP TABLE portal_keys.gone, portal_keys.disposal;"
