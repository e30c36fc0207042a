"""What the database itself enforces: who asks, the days a pupil may be seen, the ledger's chain."""

from django.db import migrations

from sharing.conditions import ASKER_MAY, VISIBLE_TODAY
from sharing.rls import protect, unprotect
from sharing.sql import sight

TABLES = (
    "sharing_pupil",
    "sharing_enrolment",
    "sharing_transfer",
    "sharing_staffmember",
    "sharing_child",
    "sharing_ledgerentry",
    "sharing_establishmentpermission",
)

# Until migration 0003, which narrows lines to year groups.
PUPILS = ASKER_MAY.format(permission="view_pupils")
READS_THEN = {
    "sharing_pupil": f"{PUPILS} AND {VISIBLE_TODAY}",
    "sharing_enrolment": PUPILS,
    "sharing_transfer": PUPILS,
}

# Who asks is bound to the transaction: a setting left over from another one names no-one.
WHO_ASKS = """
CREATE FUNCTION portal_context(part int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN split_part(context, '@', 3) = extract(epoch FROM now())::text
                THEN nullif(split_part(context, '@', part), '') END
    FROM (SELECT current_setting('portal.ctx', true) AS context) AS setting
$$;
CREATE FUNCTION portal_asker() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT portal_context(1)::bigint $$;

CREATE FUNCTION portal_holdings() RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT held.establishment_id, permission.codename, held.reason
    FROM sharing_establishmentpermission AS held JOIN auth_permission AS permission ON permission.id = permission_id
    WHERE held.user_id = portal_asker() AND held.through = portal_context(2)
      AND held.starts_on <= CURRENT_DATE AND (held.ends_on IS NULL OR held.ends_on >= CURRENT_DATE)
    ORDER BY held.id
$$;
CREATE FUNCTION portal_establishments(wanted text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT establishment_id FROM sharing_establishmentpermission
    WHERE user_id = portal_asker() AND through = portal_context(2)
      AND permission_id = (SELECT id FROM auth_permission WHERE codename = wanted)
      AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)
$$;

CREATE FUNCTION portal_enter(asker bigint, through text)
RETURNS TABLE (establishment_id bigint, codename varchar, reason varchar) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('portal.ctx', asker || '@' || through || '@' || extract(epoch FROM now())::text, true);
    RETURN QUERY SELECT * FROM portal_holdings();
END $$;

GRANT EXECUTE ON FUNCTION portal_context, portal_asker, portal_holdings, portal_establishments, portal_enter
    TO portal_app, portal_batch;
"""
NOBODY_ASKS = "DROP FUNCTION portal_enter, portal_establishments, portal_holdings, portal_asker, portal_context;"

# Composite keys: foreign-key checks pass row-level security by, so without the establishment in the key
# somebody could hang a row of their own establishment on a child they cannot see.
SAME_ESTABLISHMENT = """
ALTER TABLE sharing_enrolment ADD CONSTRAINT enrolment_at_the_pupils_establishment
    FOREIGN KEY (pupil_id, establishment_id) REFERENCES sharing_pupil (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sharing_transfer ADD CONSTRAINT transfer_to_the_pupils_establishment
    FOREIGN KEY (pupil_id, establishment_id) REFERENCES sharing_pupil (id, establishment_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
ANY_ESTABLISHMENT = """
ALTER TABLE sharing_transfer DROP CONSTRAINT transfer_to_the_pupils_establishment;
ALTER TABLE sharing_enrolment DROP CONSTRAINT enrolment_at_the_pupils_establishment;
"""

# R5: attending (an enrolment covers the day) or transferring (agreed, not arrived and not lapsed, A4). The rows are
# held before they are read, so that of two changes at once the later sees the earlier.
VISIBILITY = (
    """
CREATE FUNCTION sharing_refresh_visibility() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM sharing_pupil WHERE id IN (SELECT pupil_id FROM touched) ORDER BY id FOR UPDATE;
    UPDATE sharing_pupil AS pupil SET visible = coalesce(
        (SELECT range_agg(days) FROM (
            SELECT daterange(starts_on, ends_on, '[]') AS days FROM sharing_enrolment
             WHERE pupil_id = pupil.id AND cancelled_at IS NULL
            UNION ALL
            SELECT daterange(agreed_on, least(lapses_on + 1, (
                SELECT min(starts_on) FROM sharing_enrolment AS arrival
                 WHERE arrival.pupil_id = pupil.id AND cancelled_at IS NULL AND starts_on >= agreed_on)), '[)')
              FROM sharing_transfer WHERE pupil_id = pupil.id AND cancelled_at IS NULL
        ) AS stretches), '{}')
    WHERE pupil.id IN (SELECT pupil_id FROM touched);
    RETURN NULL;
END $$;
CREATE FUNCTION sharing_keep_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.visible := CASE WHEN TG_OP = 'INSERT' THEN '{}'::datemultirange ELSE OLD.visible END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_visibility BEFORE INSERT OR UPDATE OF visible ON sharing_pupil
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION sharing_keep_visibility();
CREATE FUNCTION sharing_stay_with_the_pupil() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an enrolment or transfer stays with its pupil'; END $$;
"""
    + "".join(
        f"""
CREATE TRIGGER {table}_stays BEFORE UPDATE ON sharing_{table}
    FOR EACH ROW WHEN (OLD.pupil_id <> NEW.pupil_id) EXECUTE FUNCTION sharing_stay_with_the_pupil();
"""
        for table in ("enrolment", "transfer")
    )
    + "".join(
        f"""
CREATE TRIGGER {table}_{verb} AFTER {verb} ON sharing_{table}
    REFERENCING {"OLD" if verb == "delete" else "NEW"} TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refresh_visibility();
"""
        for table in ("enrolment", "transfer")
        for verb in ("insert", "update", "delete")
    )
)
NO_VISIBILITY = (
    "DROP FUNCTION sharing_refresh_visibility, sharing_keep_visibility, sharing_stay_with_the_pupil CASCADE;"
)

LEDGER = """
CREATE FUNCTION sharing_ledger_hash(entry sharing_ledgerentry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.id, extract(epoch FROM entry.at), entry.person_id, entry.person_name, entry.through, entry.action,
        entry.permission, entry.urn, entry.outcome, entry.about, entry.purpose)::text, 'UTF8'))
$$;
CREATE FUNCTION sharing_chain_ledger() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sharing_ledgerentry'));
    SELECT id + 1, hash INTO NEW.id, NEW.previous_hash FROM sharing_ledgerentry ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(NEW.id, 1);
    NEW.previous_hash := coalesce(NEW.previous_hash, '');
    NEW.at := clock_timestamp();
    NEW.hash := sharing_ledger_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON sharing_ledgerentry FOR EACH ROW EXECUTE FUNCTION sharing_chain_ledger();
CREATE FUNCTION sharing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sharing_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_refuse_change();
REVOKE ALL ON sharing_ledgerentry FROM portal_app, portal_batch;
GRANT INSERT ON sharing_ledgerentry TO portal_app;
GRANT INSERT, SELECT ON sharing_ledgerentry TO portal_batch;
GRANT EXECUTE ON FUNCTION sharing_ledger_hash TO portal_batch;
"""
NO_LEDGER = """
DROP TRIGGER append_only ON sharing_ledgerentry;
DROP TRIGGER chain ON sharing_ledgerentry;
DROP FUNCTION sharing_refuse_change, sharing_chain_ledger, sharing_ledger_hash;
"""

# The web application reads no identities, and writes nothing that decides who may see what.
NOT_THE_APPLICATIONS = """
REVOKE ALL ON sharing_child FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON sharing_establishment, sharing_establishmentlink, sharing_locality,
    sharing_localitymembership, sharing_participation, sharing_import, sharing_pupil, sharing_enrolment,
    sharing_transfer, sharing_staffmember, auth_permission, django_content_type, django_migrations
    FROM portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(WHO_ASKS, NOBODY_ASKS),
        migrations.RunSQL(sight.NOTHING_REMEMBERED, sight.NOTHING_ANY_MORE),
        migrations.RunSQL(SAME_ESTABLISHMENT, ANY_ESTABLISHMENT),
        migrations.RunSQL(VISIBILITY, NO_VISIBILITY),
        migrations.RunSQL(LEDGER, NO_LEDGER),
        migrations.RunSQL(NOT_THE_APPLICATIONS, migrations.RunSQL.noop),
        *[
            migrations.RunSQL(protect(table, reads_then=READS_THEN.get(table, "")), unprotect(table))
            for table in TABLES
        ],
    ]
