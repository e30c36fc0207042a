"""What was announced and changed stays in the calendar, in SQL for migration 0251 (R22; docs/adr/0042).

The day that was announced first, and why it is not kept, stay with the release: until it is out where it has another
day, and for 30 days where it will not be published.
"""

from sharing.sql.overrides import within

_READS = "STABLE SECURITY DEFINER SET search_path = public, pg_temp"
_WRITES = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
_RIGHTS = "GRANT EXECUTE ON FUNCTION portal_coming_releases, portal_postpone_release TO portal_app, portal_batch;"

_TOLD = f"""
DROP FUNCTION portal_coming_releases;
CREATE FUNCTION portal_coming_releases()
RETURNS TABLE (dataset_id bigint, academic_year smallint, version smallint, goes_out_at timestamptz,
               announced_for timestamptz, because varchar, is_withdrawn boolean)
LANGUAGE sql {_READS} AS $$
    SELECT release.dataset_id, release.academic_year, release.version, release.goes_out_at, release.announced_for,
           CASE WHEN release.state = 'withdrawn' THEN withdrawn_because ELSE put_off_because END,
           release.state = 'withdrawn'
    FROM sharing_release AS release
    WHERE CASE release.state
            WHEN 'scheduled' THEN release.goes_out_at > now()
            WHEN 'checked' THEN release.announced_for IS NOT NULL
            WHEN 'withdrawn' THEN greatest(release.announced_for, withdrawn_at) > now() - interval '30 days'
                                  AND release.announced_for IS NOT NULL
            ELSE false END
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$$;
"""
_ONLY_TO_COME = f"""
DROP FUNCTION portal_coming_releases;
CREATE FUNCTION portal_coming_releases()
RETURNS TABLE (dataset_id bigint, academic_year smallint, version smallint, status varchar, goes_out_at timestamptz)
LANGUAGE sql {_READS} AS $$
    SELECT release.dataset_id, release.academic_year, release.version, release.status, release.goes_out_at
    FROM sharing_release AS release
    WHERE release.state = 'scheduled' AND release.goes_out_at > now()
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$$;
"""
_POSTPONE = f"""
DROP FUNCTION portal_postpone_release;
CREATE FUNCTION portal_postpone_release(wanted bigint{{argument}}) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF release.goes_out_at < clock_timestamp() + interval '1 minute' THEN RETURN 'too late'; END IF;{{asked}}
    UPDATE sharing_release SET state = 'checked', goes_out_at = NULL, scheduled_at = NULL, scheduled_by = ''{{kept}}
    WHERE id = wanted;
    RETURN 'done';
END $$;
"""
_WITH_A_REASON = _POSTPONE.format(
    argument=", why text",
    asked="\n    IF trim(why) = '' THEN RETURN 'no reason'; END IF;",
    kept=",\n        announced_for = coalesce(announced_for, goes_out_at), put_off_because = why",
)
_WITHOUT = _POSTPONE.format(argument="", asked="", kept="")
_WITHDRAWN = "SET state = 'withdrawn', goes_out_at = NULL,"
_THOUGH_ANNOUNCED = "SET state = 'withdrawn', announced_for = coalesce(announced_for, goes_out_at), goes_out_at = NULL,"

CREATE = _TOLD + _WITH_A_REASON + within("portal_withdraw_release", (_WITHDRAWN, _THOUGH_ANNOUNCED)) + _RIGHTS
DROP = within("portal_withdraw_release", (_THOUGH_ANNOUNCED, _WITHDRAWN)) + _WITHOUT + _ONLY_TO_COME + _RIGHTS
