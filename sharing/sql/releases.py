"""The life of a release, in SQL for migration 0014 (R16, R22).

The web application writes no release and no figure. Each step is a function of the owner, for officers who bring data
in, and answers with a word: `done`, or why not. Triggers hold everybody to the rules, imports too: figures come and go
only while a release is being prepared, and what is out never changes again.
"""

from sharing.sql.overrides import within

_READS = "STABLE SECURITY DEFINER SET search_path = public, pg_temp"
_WRITES = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

# Of whom the figures of areas are known: to whoever shares with others; to those of an establishment that has excluded
# itself, what the Department for Education has published (R2, R16).
WHO = f"""
CREATE FUNCTION portal_keeps_releases() RETURNS boolean LANGUAGE sql {_READS} AS $$
    SELECT portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('keep_records'))
$$;
CREATE FUNCTION portal_releases_of_areas() RETURNS SETOF bigint LANGUAGE sql {_READS} AS $$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
         shares AS (
            SELECT portal_context(2) = 'edunet' OR EXISTS (
                SELECT FROM own JOIN sharing_participation AS part ON part.establishment_id = own.id
                WHERE part.starts_on <= CURRENT_DATE AND (part.ends_on IS NULL OR part.ends_on >= CURRENT_DATE)) AS yes)
    SELECT release.id FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE EXISTS (SELECT FROM own) AND release.state = 'scheduled' AND release.goes_out_at <= now()
      AND (stream.is_published_elsewhere OR (SELECT yes FROM shares))
$$;
-- Where the asker sees figures of fewer than ten children: whose pupils they see, of all years and with all kinds of
-- data (R35), and for a third party of several sponsors only the chosen one's (R24).
CREATE FUNCTION portal_small_figures() RETURNS SETOF bigint LANGUAGE sql {_READS} AS $$
    SELECT portal_establishments('view_pupils')
    INTERSECT SELECT portal_showing('sen') INTERSECT SELECT portal_showing('attainment')
    INTERSECT SELECT portal_showing('attendance') INTERSECT SELECT portal_showing('suspensions')
    EXCEPT SELECT portal_narrowed() EXCEPT SELECT portal_out_of_scope()
$$;
CREATE FUNCTION portal_coming_releases()
RETURNS TABLE (dataset_id bigint, academic_year smallint, version smallint, status varchar, goes_out_at timestamptz)
LANGUAGE sql {_READS} AS $$
    SELECT release.dataset_id, release.academic_year, release.version, release.status, release.goes_out_at
    FROM sharing_release AS release
    WHERE release.state = 'scheduled' AND release.goes_out_at > now()
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$$;
"""

# The versions of one dataset and year are taken in hand together, in one order: two officers at once wait in turn.
STEPS = f"""
CREATE FUNCTION portal_take_release(wanted bigint) RETURNS sharing_release {_WRITES} AS $$
DECLARE taken sharing_release;
BEGIN
    IF NOT coalesce(portal_keeps_releases(), false) THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted;
    RETURN taken;
END $$;

CREATE FUNCTION portal_check_release(wanted bigint) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'prepared' THEN RETURN 'moved on'; END IF;
    IF release.prepared_by_id = portal_asker() THEN RETURN 'prepared by you'; END IF;
    IF NOT EXISTS (SELECT FROM sharing_figure WHERE release_id = wanted) THEN RETURN 'no figures'; END IF;
    UPDATE sharing_release SET state = 'checked', checked_at = clock_timestamp(), checked_by_id = portal_asker(),
        checked_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $$;

CREATE FUNCTION portal_schedule_release(wanted bigint, instant timestamptz) RETURNS text {_WRITES} AS $$
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
    UPDATE sharing_release SET state = 'scheduled', goes_out_at = instant, scheduled_at = clock_timestamp(),
        scheduled_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $$;

CREATE FUNCTION portal_postpone_release(wanted bigint) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF release.goes_out_at < clock_timestamp() + interval '1 minute' THEN RETURN 'too late'; END IF;
    UPDATE sharing_release SET state = 'checked', goes_out_at = NULL, scheduled_at = NULL, scheduled_by = ''
    WHERE id = wanted;
    RETURN 'done';
END $$;

CREATE FUNCTION portal_withdraw_release(wanted bigint, why text) RETURNS text {_WRITES} AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state = 'withdrawn' THEN RETURN 'moved on'; END IF;
    IF release.state = 'scheduled' AND release.goes_out_at < clock_timestamp() + interval '1 minute' THEN
        RETURN 'too late';
    END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET state = 'withdrawn', goes_out_at = NULL, withdrawn_at = clock_timestamp(),
        withdrawn_because = why,
        withdrawn_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END $$;
"""

# What an officer needs to check a release that nobody may read yet: numbers of figures, and no establishment's name.
INSIDE = f"""
CREATE FUNCTION portal_release_contents(wanted bigint)
RETURNS TABLE (measure_id bigint, establishments bigint, areas bigint, figures bigint, numbers bigint, small bigint,
               symbols jsonb)
LANGUAGE sql {_READS} AS $$
    SELECT figure.measure_id, count(DISTINCT figure.establishment_id), count(DISTINCT nullif(figure.area, '')),
           count(*), count(figure.value), count(*) FILTER (WHERE figure.is_small),
           (SELECT coalesce(jsonb_object_agg(symbol, times), '{{}}') FROM (
                SELECT symbol, count(*) AS times FROM sharing_figure AS other
                WHERE other.release_id = wanted AND other.measure_id = figure.measure_id AND symbol > ''
                GROUP BY symbol) AS counted)
    FROM sharing_figure AS figure WHERE release_id = wanted AND portal_keeps_releases()
    GROUP BY figure.measure_id
$$;
CREATE FUNCTION portal_release_differences(wanted bigint, earlier bigint)
RETURNS TABLE (measure_id bigint, added bigint, gone bigint, differ bigint, biggest numeric[])
LANGUAGE sql {_READS} AS $$
    SELECT coalesce(new.measure_id, old.measure_id), count(*) FILTER (WHERE old.id IS NULL),
           count(*) FILTER (WHERE new.id IS NULL),
           count(*) FILTER (WHERE (new.value, new.symbol) IS DISTINCT FROM (old.value, old.symbol)
                            AND new.id IS NOT NULL AND old.id IS NOT NULL),
           (array_agg(DISTINCT abs(new.value - old.value) ORDER BY abs(new.value - old.value) DESC)
                FILTER (WHERE new.value <> old.value))[:3]
    FROM (SELECT * FROM sharing_figure WHERE release_id = wanted) AS new
    FULL JOIN (SELECT * FROM sharing_figure WHERE release_id = earlier) AS old
      ON (old.measure_id, coalesce(old.establishment_id, 0), old.area, old."group")
       = (new.measure_id, coalesce(new.establishment_id, 0), new.area, new."group")
    WHERE portal_keeps_releases()
    GROUP BY 1
$$;
"""

RULES = """
CREATE FUNCTION sharing_release_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a release begins as prepared' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'scheduled' AND OLD.goes_out_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'a release that is out never changes: prepare a new version'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'prepared' THEN
            RAISE EXCEPTION 'a release that was checked stays on record' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.dataset_id, OLD.academic_year, OLD.version) IS DISTINCT FROM
       (NEW.dataset_id, NEW.academic_year, NEW.version)
       OR OLD.state || '>' || NEW.state NOT IN (
        'prepared>prepared', 'prepared>checked', 'prepared>scheduled', 'prepared>withdrawn', 'checked>checked',
        'checked>scheduled', 'checked>withdrawn', 'scheduled>scheduled', 'scheduled>checked', 'scheduled>withdrawn')
    THEN
        RAISE EXCEPTION 'a release cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_rules BEFORE INSERT OR UPDATE OR DELETE ON sharing_release
    FOR EACH ROW EXECUTE FUNCTION sharing_release_rules();

CREATE FUNCTION sharing_figure_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever checks the release waits until these figures are committed, and these figures wait for who checks.
    PERFORM 1 FROM sharing_release WHERE id IN (SELECT release_id FROM touched) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM sharing_release WHERE state <> 'prepared' AND id IN (SELECT release_id FROM touched)) THEN
        RAISE EXCEPTION 'figures change only while their release is being prepared' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER figures_added AFTER INSERT ON sharing_figure REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER figures_changed AFTER UPDATE ON sharing_figure REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER figures_moved AFTER UPDATE ON sharing_figure REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE TRIGGER figures_deleted AFTER DELETE ON sharing_figure REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();

CREATE FUNCTION sharing_measure_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sharing_figure WHERE measure_id = OLD.id) THEN
        RAISE EXCEPTION 'a measure with figures keeps its unit and its denominator' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER measure_rules BEFORE UPDATE OF code, unit, denominator ON sharing_measure FOR EACH ROW
    WHEN ((OLD.code, OLD.unit, OLD.denominator) IS DISTINCT FROM (NEW.code, NEW.unit, NEW.denominator))
    EXECUTE FUNCTION sharing_measure_rules();
"""
FOR_THE_APPLICATION = (
    "portal_keeps_releases, portal_releases_of_areas, portal_small_figures, portal_coming_releases, "
    "portal_check_release, portal_schedule_release, portal_postpone_release, portal_withdraw_release, "
    "portal_release_contents, portal_release_differences"
)

CREATE = WHO + STEPS + INSIDE + RULES + f"GRANT EXECUTE ON FUNCTION {FOR_THE_APPLICATION} TO portal_app, portal_batch;"
DROP = f"""
DROP TRIGGER measure_rules ON sharing_measure;
DROP TRIGGER figures_added ON sharing_figure;
DROP TRIGGER figures_changed ON sharing_figure;
DROP TRIGGER figures_moved ON sharing_figure;
DROP TRIGGER figures_deleted ON sharing_figure;
DROP TRIGGER release_rules ON sharing_release;
DROP FUNCTION {FOR_THE_APPLICATION}, portal_take_release, sharing_release_rules, sharing_figure_rules,
    sharing_measure_rules;
"""

# For migration 0210. Each version of the comparators is made of the one before it and of a file of one of the sources:
# what is withdrawn must not come out by a later one, nor what nobody but its preparer has looked at.
_BESIDE = """IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year"""
_NOT_BY_THE_PREPARER = "IF release.prepared_by_id = portal_asker() THEN RETURN 'prepared by you'; END IF;"
_NOR_OF_WHAT_IT_HOLDS = f"""{_NOT_BY_THE_PREPARER}
    {_BESIDE} AND other.version < release.version
                 AND other.state = 'prepared' AND other.prepared_by_id = portal_asker()) THEN
        RETURN 'holds what you prepared';
    END IF;"""
_WITH_A_REASON = "IF trim(why) = '' THEN RETURN 'no reason'; END IF;"
_AND_HELD_BY_NONE = f"""{_WITH_A_REASON}
    -- One that is being prepared of it is waited for, as two files of one dataset wait for each other.
    PERFORM FROM sharing_dataset WHERE id = release.dataset_id AND slug = 'comparators' FOR SHARE;
    {_BESIDE} AND other.version > release.version AND other.state <> 'withdrawn'
                 AND (other.state <> 'scheduled' OR other.goes_out_at > clock_timestamp())) THEN
        RETURN 'held by a newer version';
    END IF;"""
MADE_OF_EACH_OTHER = within("portal_check_release", (_NOT_BY_THE_PREPARER, _NOR_OF_WHAT_IT_HOLDS)) + within(
    "portal_withdraw_release", (_WITH_A_REASON, _AND_HELD_BY_NONE)
)
EACH_BY_ITSELF = within("portal_check_release", (_NOR_OF_WHAT_IT_HOLDS, _NOT_BY_THE_PREPARER)) + within(
    "portal_withdraw_release", (_AND_HELD_BY_NONE, _WITH_A_REASON)
)
