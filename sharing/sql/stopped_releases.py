"""Figures that are out and are stopped at once, in SQL for migration 0250 (R11, R22, R44; docs/adr/0042).

One information manager stops what is out of a dataset and year, every version of it: else the version before would
stand there again. Stopped is a state, so whatever asks for releases that are out finds none, policies included. What
they said has been read all the same: whole numbers that a stopped protected one stands for stay withheld, and open
statistics made later are tried beside it. Another manager shows them again; or a later version comes out.
"""

from sharing.conditions import PREPARES_RELEASES
from sharing.rls import BY_TABLE, replace_reads
from sharing.sql.overrides import within

_AS_MANAGER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

STEPS = f"""
CREATE FUNCTION portal_take_out_release(wanted bigint) RETURNS sharing_release {_AS_MANAGER} AS $$
DECLARE taken sharing_release;
BEGIN
    IF portal_context(2) IS DISTINCT FROM 'edunet'
       OR NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted AND goes_out_at <= clock_timestamp();
    RETURN taken;
END $$;
REVOKE EXECUTE ON FUNCTION portal_take_out_release FROM PUBLIC;

CREATE FUNCTION portal_stop_release(wanted bigint, why text) RETURNS text {_AS_MANAGER} AS $$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET state = 'stopped', stopped_at = now(), stopped_because = why,
        stopped_by_id = portal_asker(),
        stopped_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'scheduled' AND goes_out_at <= clock_timestamp();
    RETURN 'done';
END $$;

CREATE FUNCTION portal_show_release_again(wanted bigint) RETURNS text {_AS_MANAGER} AS $$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'stopped' THEN RETURN 'moved on'; END IF;
    IF release.stopped_by_id = portal_asker() THEN RETURN 'stopped by you'; END IF;
    UPDATE sharing_release SET state = 'scheduled', stopped_at = NULL, stopped_because = '', stopped_by_id = NULL,
        stopped_by = ''
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'stopped' AND stopped_at = release.stopped_at;
    RETURN 'done';
END $$;
GRANT EXECUTE ON FUNCTION portal_stop_release, portal_show_release_again TO portal_app;
"""
NO_STEPS = "DROP FUNCTION portal_stop_release, portal_show_release_again, portal_take_out_release;"

_OUT_NEVER_CHANGES = "    IF OLD.state = 'scheduled' AND OLD.goes_out_at <= clock_timestamp() THEN\n"
_ITS_COLUMNS = "ARRAY['state', 'stopped_at', 'stopped_because', 'stopped_by_id', 'stopped_by']"
_IT_IS_STOPPED_ALONE = f"""    IF TG_OP = 'UPDATE' AND OLD.goes_out_at <= clock_timestamp()
       AND (OLD.state, NEW.state) IN (('scheduled', 'stopped'), ('stopped', 'scheduled'))
       AND to_jsonb(OLD) - {_ITS_COLUMNS} = to_jsonb(NEW) - {_ITS_COLUMNS} THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('scheduled', 'stopped') AND OLD.goes_out_at <= clock_timestamp() THEN
"""
_WITHDRAWN = "IF release.state = 'withdrawn' THEN RETURN 'moved on'; END IF;"
_OR_STOPPED = "IF release.state IN ('withdrawn', 'stopped') THEN RETURN 'moved on'; END IF;"
_HELD = "other.version > release.version AND other.state <> 'withdrawn'"
_HELD_BY_ONE_TO_COME = "other.version > release.version AND other.state NOT IN ('withdrawn', 'stopped')"
_TRIED_BESIDE = "                     AND other.state = 'scheduled'\n                   ORDER BY"
_ALSO_BESIDE_STOPPED = "                     AND other.state IN ('scheduled', 'stopped')\n                   ORDER BY"
_COVERED = "covered_by && ARRAY(SELECT portal_releases_out()) AS is_covered"
_COVERED_FOR_GOOD = "covered_by && ARRAY(SELECT id FROM sharing_release WHERE goes_out_at <= now()) AS is_covered"

_CHANGES = (
    ("sharing_release_rules", (_OUT_NEVER_CHANGES, _IT_IS_STOPPED_ALONE)),
    ("portal_withdraw_release", (_WITHDRAWN, _OR_STOPPED)),
    ("portal_withdraw_release", (_HELD, _HELD_BY_ONE_TO_COME)),
    ("portal_schedule_release", (_TRIED_BESIDE, _ALSO_BESIDE_STOPPED)),
    ("portal_withheld_figures", (_COVERED, _COVERED_FOR_GOOD)),
)

# What the application read before.
_OUT = "(state = 'scheduled' AND goes_out_at <= now())"
_READ_BY_OTHERS = "ARRAY(SELECT id FROM sharing_release WHERE (goes_out_at <= now()))"
READS = replace_reads("sharing_release") + replace_reads("sharing_figure")
_READS_BEFORE = replace_reads("sharing_release", f"{_OUT} OR {PREPARES_RELEASES}") + replace_reads(
    "sharing_figure",
    BY_TABLE["sharing_figure"].reads.replace(_READ_BY_OTHERS, "ARRAY(SELECT portal_releases_out())"),
)

CREATE = STEPS + "".join(within(name, change) for name, change in _CHANGES) + READS
DROP = _READS_BEFORE + "".join(within(name, (new, old)) for name, (old, new) in _CHANGES) + NO_STEPS

# For migration 0260: an earlier version never stands in place of a later one that is stopped, neither one that waited
# to be scheduled when that came out, nor one that was stopped before.
_SCHEDULED_LATER = "other.state = 'scheduled' AND other.version > release.version"
_OR_STOPPED_LATER = "other.state IN ('scheduled', 'stopped') AND other.version > release.version"
_NOT_THEMSELVES = "IF release.stopped_by_id = portal_asker() THEN RETURN 'stopped by you'; END IF;"
_NOR_BEFORE_A_LATER_ONE = f"""{_NOT_THEMSELVES}
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'stopped' AND other.version > release.version
                 AND other.stopped_at <> release.stopped_at) THEN
        RETURN 'a later one is stopped';
    END IF;"""
# Nor comparators that are made of it, since they were prepared while it was out.
_MOVED_ON = "IF release.state <> 'checked' THEN RETURN 'moved on'; END IF;"
_HOLDS_THEM = f"""{_MOVED_ON}
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version < release.version
                 AND other.state = 'stopped' AND other.stopped_at > release.prepared_at) THEN
        RETURN 'holds what is stopped';
    END IF;"""
_IN_ORDER = (
    ("portal_schedule_release", (_SCHEDULED_LATER, _OR_STOPPED_LATER)),
    ("portal_schedule_release", (_MOVED_ON, _HOLDS_THEM)),
    ("portal_show_release_again", (_NOT_THEMSELVES, _NOR_BEFORE_A_LATER_ONE)),
)
NEVER_BEFORE_A_STOPPED_ONE = "".join(within(name, change) for name, change in _IN_ORDER)
ALSO_BEFORE_ONE = "".join(within(name, change[::-1]) for name, change in _IN_ORDER)
