"""The publication of protected statistics in PostgreSQL, for migration 0030 (R11, R22)."""

from sharing.sql.statistics import NO_RULE, RULE

_TABLE = "sharing_statisticsrules"
_WRITES = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

_SCHEDULE = f"""
CREATE OR REPLACE FUNCTION portal_schedule_release(wanted bigint, instant timestamptz) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'checked' THEN RETURN 'moved on'; END IF;
    IF instant < clock_timestamp() + interval '1 minute' THEN RETURN 'in the past'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'scheduled' AND other.version > release.version) THEN
        RETURN 'newer version';
    END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'scheduled' AND other.goes_out_at >= instant) THEN
        RETURN 'before the earlier version';
    END IF;
    {{sticky}}
    UPDATE sharing_release SET state = 'scheduled', goes_out_at = instant, scheduled_at = clock_timestamp(),
        scheduled_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $$;
"""
# The attacker has seen this release beside the versions that were scheduled when it was prepared, and its numbers start
# from the newest of them. Beside any other version it was never tried: rounded twice afresh, the two would tell more.
_STICKY = """
    IF EXISTS (SELECT FROM sharing_statisticsverdict AS verdict WHERE verdict.release_id = wanted
               AND (verdict.loss ->> 'before')::bigint IS DISTINCT FROM (
                   SELECT other.id FROM sharing_release AS other
                   WHERE other.dataset_id = release.dataset_id AND other.academic_year <= release.academic_year
                     AND other.state = 'scheduled'
                   ORDER BY other.academic_year DESC, other.version DESC LIMIT 1)) THEN
        RETURN 'prepared beside another';
    END IF;
"""
_RIGHTS = f"""
REVOKE INSERT, UPDATE, DELETE ON {_TABLE} FROM portal_app;
REVOKE UPDATE, DELETE ON sharing_statisticsrequest FROM portal_app;
"""

CREATE = _RIGHTS + RULE.format(table=_TABLE) + _SCHEDULE.format(sticky=_STICKY)
DROP = NO_RULE.format(table=_TABLE) + _SCHEDULE.format(sticky="")
