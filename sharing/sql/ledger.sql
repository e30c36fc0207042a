-- The ledger (R18, R43): what may be told from it, and the only way to write to it.
--
-- The table is partitioned. Each month has a partition of its own, made in advance by `run_daily`. The first partition
-- holds everything from before there were months. A row that has no partition yet goes into a default one, and is moved
-- when its own is made. Months are those of UTC.

-- The ledger and its signed heads are append-only, for their owner too.
CREATE OR REPLACE FUNCTION sharing_refuse_change()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END
$$;
CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON sharing_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON sharing_signedhead
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change();

-- Partitions are reached only through the whole table: otherwise somebody who may not write the table could write to a
-- partition. Policies are those of the whole table. The owner needs none on a partition, so that a dump made as the owner
-- has its rows.
CREATE OR REPLACE FUNCTION sharing_guard_ledger_part(part text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM portal_app, portal_batch', part);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change()', part);
END
$$;

-- The hash that seals an entry, made of its own words and the hash of the entry before it.
CREATE OR REPLACE FUNCTION sharing_ledger_hash(entry sharing_ledgerentry)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.id, extract(epoch FROM entry.at), entry.person_id, entry.person_name, entry.through, entry.action,
        entry.permission, entry.urn, entry.outcome, entry.about, entry.purpose)::text, 'UTF8'))
$$;

-- Writes one entry. The time is taken under the lock and before the row is put into its partition, so rows are in the
-- order of their times. The row before is looked for in the last 35 days, and in the whole table only if there is none.
-- If the clock was set back by more than that, verify_ledger reports it.
--
-- Foreign keys are checked before it, and not at the commit: the check waits for whoever has locked the row that is
-- pointed to, and they may be waiting for the ledger.
CREATE OR REPLACE FUNCTION portal_write_ledger(
    person_id bigint, person_name text, through text, action text, permission text, urn integer, outcome text,
    about jsonb, purpose text
)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry sharing_ledgerentry;
    lately timestamptz;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
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
END
$$;

-- Makes the partition of the month that this day is in, and moves into it the rows that came before it was made. False
-- where there is nothing to do.
CREATE OR REPLACE FUNCTION sharing_make_ledger_month(day date)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    starts timestamptz := date_trunc('month', day::timestamp) AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := 'sharing_ledgerentry_' || to_char(day, 'YYYY_MM');
    is_within_the_first bool;
    moved int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    SELECT starts < substring(pg_get_expr(relpartbound, oid) FROM $re$TO \('([^']+)'\)$re$)::timestamptz
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
END
$$;

-- How often a child's page was shown within a year, and to how many people, for somebody who can see the child today.
-- Visits that a head may not be told of are left out for everybody.
CREATE OR REPLACE FUNCTION portal_times_opened(wanted uuid)
RETURNS TABLE(times bigint, people bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT portal_establishments('view_pupils'));
    narrowed bigint[] := ARRAY(SELECT portal_narrowed());
    years text[] := CASE WHEN narrowed = '{}' THEN '{}' ELSE ARRAY(SELECT portal_years()) END;
BEGIN
    RETURN QUERY
    SELECT count(*), count(DISTINCT person_id) FROM sharing_ledgerentry
    WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
      AND at > now() - interval '12 months' AND NOT about ? 'not_for_the_head'
      AND wanted <> ALL (ARRAY(SELECT portal_closed()))
      AND (wanted IN (SELECT portal_opened())
           OR EXISTS (
               SELECT FROM sharing_pupil AS pupil
               WHERE pupil.id = wanted AND pupil.establishment_id = ANY (mine) AND pupil.visible @> CURRENT_DATE
                 AND (pupil.establishment_id <> ALL (narrowed)
                      OR pupil.establishment_id || ':' || pupil.year_group = ANY (years))));
END
$$;

-- Who saw a child: pages of the child, files and lists that include the child, and pages that belong to no single
-- establishment. The last are few: they name several children at once.
--
-- No function of jsonb is leakproof, so under a policy it cannot use an index. This runs as the owner, and checks for
-- itself whether the asker keeps the register where the child is on roll today. Nothing is told of a closed child
-- (R18). The row is only about that child: how many others were on the same page is left out.
CREATE OR REPLACE FUNCTION portal_openings(wanted uuid, older_than bigint, at_most integer)
RETURNS TABLE(id bigint, at timestamp with time zone, person_name character varying, through character varying,
    action character varying, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, at, person_name, through, action, purpose FROM (
        SELECT * FROM sharing_ledgerentry
        WHERE action = 'show_pupil' AND outcome = 'shown' AND about -> 'pupils' ->> 0 = wanted::text
        UNION ALL
        SELECT * FROM sharing_ledgerentry
        WHERE (urn IS NULL OR action IN ('make_transfer_file', 'make_leaver_file'))
          AND about ? 'pupils' AND about -> 'pupils' ? wanted::text
        UNION ALL
        SELECT * FROM sharing_ledgerentry
        WHERE action IN ('ask_for_download', 'make_download', 'print_records')
          AND about ? 'pupils' AND about -> 'pupils' ? wanted::text
    ) AS entry
    WHERE id < older_than AND NOT about ? 'not_for_the_head' AND outcome <> 'refused'
      AND wanted <> ALL (ARRAY(SELECT portal_closed()))
      AND EXISTS (
          SELECT FROM sharing_pupil AS pupil
          WHERE pupil.id = wanted AND pupil.visible @> CURRENT_DATE
            AND pupil.establishment_id IN (SELECT portal_establishments('manage_register')))
    ORDER BY id DESC LIMIT at_most
$$;

GRANT EXECUTE ON FUNCTION portal_times_opened, portal_openings TO portal_app;
GRANT EXECUTE ON FUNCTION sharing_ledger_hash, sharing_make_ledger_month TO portal_batch;
GRANT EXECUTE ON FUNCTION portal_write_ledger TO portal_app, portal_batch;

-- Guards the partitions that exist already.
SELECT sharing_guard_ledger_part(inhrelid::regclass::text) FROM pg_inherits
WHERE inhparent = 'sharing_ledgerentry'::regclass;
