"""The ledger kept by the month (migration 0053): a table in parts, and the one way to write into it.

All rows from before stay where they are, as the first part. A month has a part of its own, made by `run_daily` ahead of
it; what finds none goes into a part for that, and is put into the right one when that is made. Months are those of UTC.
"""

# While the table is in use: a key that the parts can share, and a promise about days that needs no lock to be checked.
KEY = "CREATE UNIQUE INDEX CONCURRENTLY ledger_before_by_row ON sharing_ledgerentry (id, at)"
NO_KEY = "DROP INDEX CONCURRENTLY ledger_before_by_row"
PROMISE = """
DO $$ BEGIN
    EXECUTE format(
        'ALTER TABLE sharing_ledgerentry ADD CONSTRAINT ledger_before_the_months CHECK (at < %L) NOT VALID',
        (date_trunc('month', timezone('UTC', now()) + interval '1 day') + interval '1 month') AT TIME ZONE 'UTC');
END $$
"""
NO_PROMISE = "ALTER TABLE sharing_ledgerentry DROP CONSTRAINT ledger_before_the_months"
PROVEN = "ALTER TABLE sharing_ledgerentry VALIDATE CONSTRAINT ledger_before_the_months"

_INDEXES = {
    "ledger_of_an_establishment": "(urn, id)",
    "ledger_of_a_person": "(person_id, id)",
    "openings_of_pupils": "((about -> 'pupils' ->> 0), at) WHERE action = 'show_pupil' AND outcome = 'shown'",
    "children_beyond_their_page": "USING gin ((about -> 'pupils')) "
    "WHERE (urn IS NULL OR action IN ('make_transfer_file', 'make_leaver_file')) AND about ? 'pupils'",
}
# No part is reached but through the whole: whoever may not write the whole could otherwise write a part.
_GUARD = """
CREATE FUNCTION sharing_guard_ledger_part(part text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM portal_app, portal_batch', part);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change()', part);
END $$;
"""
# One transaction, of milliseconds: nothing is copied and nothing is read. What hangs on each row (as on `mark_used`)
# hangs on the whole from now on.
DIVIDE = (
    """
LOCK TABLE sharing_ledgerentry IN ACCESS EXCLUSIVE MODE;
DROP TRIGGER chain ON sharing_ledgerentry;
DROP FUNCTION sharing_chain_ledger, sharing_ledger_hash;
ALTER TABLE sharing_ledgerentry DROP CONSTRAINT sharing_ledgerentry_pkey;
ALTER TABLE sharing_ledgerentry ADD CONSTRAINT sharing_ledgerentry_before_pkey
    PRIMARY KEY USING INDEX ledger_before_by_row;
"""
    + "".join(f"ALTER INDEX {name} RENAME TO {name}_before;\n" for name in _INDEXES)
    + """
DO $$
DECLARE
    hung text[];
    name text;
    promise text;
BEGIN
    SELECT array_agg(pg_get_triggerdef(oid)), string_agg(format('DROP TRIGGER %I ON sharing_ledgerentry', tgname), ';')
      INTO hung, name FROM pg_trigger
     WHERE tgrelid = 'sharing_ledgerentry'::regclass AND NOT tgisinternal AND tgname <> 'append_only';
    IF name IS NOT NULL THEN EXECUTE name; END IF;
    SELECT substring(pg_get_constraintdef(oid) FROM $re$'([^']+)'$re$) INTO promise FROM pg_constraint
     WHERE conname = 'ledger_before_the_months';
    ALTER TABLE sharing_ledgerentry RENAME TO sharing_ledgerentry_before;
    REVOKE ALL ON sharing_ledgerentry_before FROM portal_app, portal_batch;
    CREATE TABLE sharing_ledgerentry (LIKE sharing_ledgerentry_before INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
    ALTER TABLE sharing_ledgerentry DROP CONSTRAINT ledger_before_the_months;
    ALTER TABLE sharing_ledgerentry ADD PRIMARY KEY (id, at);
"""
    + "".join(f"    CREATE INDEX {name} ON sharing_ledgerentry {what};\n" for name, what in _INDEXES.items())
    + """
    EXECUTE format('ALTER TABLE sharing_ledgerentry ATTACH PARTITION sharing_ledgerentry_before '
                   'FOR VALUES FROM (MINVALUE) TO (%L)', promise);
    FOR name IN SELECT unnest(hung) LOOP EXECUTE name; END LOOP;
END $$;
"""
    + _GUARD
    + """
CREATE TABLE sharing_ledgerentry_other PARTITION OF sharing_ledgerentry DEFAULT;
SELECT sharing_guard_ledger_part('sharing_ledgerentry_other');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sharing_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change();
REVOKE ALL ON sharing_ledgerentry FROM portal_app, portal_batch;
GRANT SELECT ON sharing_ledgerentry TO portal_app, portal_batch;
"""
)
# The time is taken under the lock and before the row finds its part, so rows are in the order of their times. The row
# before is looked for in the newest parts alone; should the clock be set back by more than that, verify_ledger tells.
WRITE = """
CREATE FUNCTION sharing_ledger_hash(entry sharing_ledgerentry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.id, extract(epoch FROM entry.at), entry.person_id, entry.person_name, entry.through, entry.action,
        entry.permission, entry.urn, entry.outcome, entry.about, entry.purpose)::text, 'UTF8'))
$$;
CREATE FUNCTION portal_write_ledger(
    person_id bigint, person_name text, through text, action text, permission text, urn int, outcome text,
    about jsonb, purpose text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry sharing_ledgerentry;
    lately timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    entry.at := clock_timestamp();
    lately := entry.at - interval '35 days';
    SELECT before.id, before.hash INTO entry.id, entry.previous_hash
      FROM sharing_ledgerentry AS before WHERE before.at >= lately ORDER BY before.id DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT before.id, before.hash INTO entry.id, entry.previous_hash
          FROM sharing_ledgerentry AS before ORDER BY before.id DESC LIMIT 1;
    END IF;
    entry.id := coalesce(entry.id, 0) + 1;
    entry.previous_hash := coalesce(entry.previous_hash, '');
    entry.person_id := person_id;
    entry.person_name := person_name;
    entry.through := through;
    entry.action := action;
    entry.permission := permission;
    entry.urn := urn;
    entry.outcome := outcome;
    entry.about := about;
    entry.purpose := purpose;
    entry.hash := sharing_ledger_hash(entry);
    INSERT INTO sharing_ledgerentry SELECT entry.*;
    RETURN entry.id;
END $$;
GRANT EXECUTE ON FUNCTION portal_write_ledger TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION sharing_ledger_hash TO portal_batch;
"""
MONTHS = """
CREATE FUNCTION sharing_make_ledger_month(day date) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    starts timestamptz := date_trunc('month', day::timestamp) AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := 'sharing_ledgerentry_' || to_char(day, 'YYYY_MM');
    is_within_the_first bool;
    moved int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    SELECT starts < substring(pg_get_expr(relpartbound, oid) FROM $re$TO \\('([^']+)'\\)$re$)::timestamptz
      INTO is_within_the_first FROM pg_class WHERE oid = 'sharing_ledgerentry_before'::regclass;
    IF is_within_the_first OR to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE sharing_ledgerentry INCLUDING CONSTRAINTS)', part);
    PERFORM sharing_guard_ledger_part(part);
    LOCK TABLE sharing_ledgerentry_other IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('INSERT INTO %I SELECT * FROM sharing_ledgerentry_other WHERE at >= %L AND at < %L',
                   part, starts, ends);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved > 0 THEN
        ALTER TABLE sharing_ledgerentry_other DISABLE TRIGGER append_only;
        DELETE FROM sharing_ledgerentry_other WHERE at >= starts AND at < ends;
        ALTER TABLE sharing_ledgerentry_other ENABLE TRIGGER append_only;
    END IF;
    EXECUTE format('ALTER TABLE sharing_ledgerentry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   part, starts, ends);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION sharing_make_ledger_month TO portal_batch;
"""
