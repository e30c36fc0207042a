-- The life of a release (R16, R22).
--
-- The web application writes no release and no figure. Each step is a function of the owner, for officers who bring
-- data in, and returns a word: `done`, or why not. Triggers hold everybody to the rules, imports too: figures are added
-- and removed only while a release is being prepared, and what has been published never changes again.

-- The establishments whose figures the asker can read, the same as in the door's Visit.readable_establishments. Those
-- are their own. If one of their own takes part, also all that take part. For officers, all of the community. Each
-- includes its earlier URNs.
CREATE OR REPLACE FUNCTION portal_readable()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
    taking_part AS (SELECT establishment_id AS id FROM sharing_taking_part_today()),
    readable AS (
        SELECT id FROM own
        UNION
        SELECT place.id FROM sharing_establishment AS place
        WHERE place.kind <> ''
          AND CASE WHEN portal_context(2) = 'edunet' THEN EXISTS (SELECT FROM own)
                   ELSE place.id IN (SELECT id FROM taking_part)
                        AND EXISTS (SELECT FROM own JOIN taking_part USING (id)) END)
    SELECT id FROM readable UNION SELECT id FROM portal_earlier(ARRAY(SELECT id FROM readable))
$$;

-- The releases that are out now.
CREATE OR REPLACE FUNCTION portal_releases_out()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM sharing_release WHERE state = 'scheduled' AND goes_out_at <= now()
$$;

-- Whether the asker is an officer who brings data in.
CREATE OR REPLACE FUNCTION portal_keeps_releases()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT portal_context(2) = 'edunet' AND EXISTS (SELECT FROM portal_establishments('keep_records'))
$$;

-- The releases whose figures of areas the asker can read. Somebody who shares with others can read all. Somebody whose
-- establishment has excluded itself can read what the Department for Education has published (R2, R16).
CREATE OR REPLACE FUNCTION portal_releases_of_areas()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH own AS (SELECT portal_establishments('view_establishment') AS id),
    shares AS (
        SELECT portal_context(2) = 'edunet' OR EXISTS (
            SELECT FROM own JOIN sharing_taking_part_today() AS part ON part.establishment_id = own.id) AS yes)
    SELECT release.id
    FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE EXISTS (SELECT FROM own) AND release.state = 'scheduled' AND release.goes_out_at <= now()
      AND (stream.is_published_elsewhere OR (SELECT yes FROM shares))
$$;

-- Where the asker can see figures of fewer than ten children: where they see the pupils, of all years and with all
-- kinds of data (R35). For a third party with several sponsors, only at the chosen one (R24).
CREATE OR REPLACE FUNCTION portal_small_figures()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH seen AS (
        SELECT portal_establishments('view_pupils') AS id
        INTERSECT SELECT portal_showing('sen')
        INTERSECT SELECT portal_showing('attainment')
        INTERSECT SELECT portal_showing('attendance')
        INTERSECT SELECT portal_showing('suspensions')
        EXCEPT SELECT portal_narrowed()
        EXCEPT SELECT portal_out_of_scope())
    SELECT id FROM seen UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM seen))
$$;

-- Locks all the versions of a dataset and year together, always in the same order, so that two officers at once wait in
-- turn. Returns the release, or NULL for somebody who may not bring data in.
CREATE OR REPLACE FUNCTION portal_take_release(wanted bigint)
RETURNS sharing_release LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken sharing_release;
BEGIN
    IF NOT coalesce(portal_keeps_releases(), false) THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted;
    RETURN taken;
END
$$;

-- Marks a release as checked. Nobody checks what they prepared. Each version of the comparators is made of the one
-- before it and of a file from one of the sources. So what is withdrawn must not be published in a later version, nor
-- what nobody but its preparer has looked at. Cells without a verdict, or with a bad one, are never published, whoever
-- asks.
CREATE OR REPLACE FUNCTION portal_check_release(wanted bigint)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'prepared' THEN RETURN 'moved on'; END IF;
    IF release.prepared_by_id = portal_asker() THEN RETURN 'prepared by you'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version < release.version
                 AND other.state = 'prepared' AND other.prepared_by_id = portal_asker()) THEN
        RETURN 'holds what you prepared';
    END IF;

    IF EXISTS (SELECT FROM sharing_statisticscell WHERE release_id = wanted) THEN
        IF NOT EXISTS (SELECT FROM sharing_statisticsverdict WHERE release_id = wanted AND passed) THEN
            RETURN 'not safe';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM sharing_figure WHERE release_id = wanted) THEN
        RETURN 'no figures';
    END IF;

    UPDATE sharing_release SET state = 'checked', checked_at = clock_timestamp(), checked_by_id = portal_asker(),
        checked_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END
$$;

-- Sets the instant at which a release comes out. When it was prepared, the attacker tried it beside the versions that
-- were scheduled then, and its numbers start from the newest of them. It was never tried beside any other version: two
-- independent roundings would together reveal more. Nothing comes out before an earlier version, and no comparators do
-- that are made of something that has been stopped since.
CREATE OR REPLACE FUNCTION portal_schedule_release(wanted bigint, instant timestamp with time zone)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'checked' THEN RETURN 'moved on'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version < release.version
                 AND other.state = 'stopped' AND other.stopped_at > release.prepared_at) THEN
        RETURN 'holds what is stopped';
    END IF;
    IF instant < clock_timestamp() + interval '1 minute' THEN RETURN 'in the past'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state IN ('scheduled', 'stopped') AND other.version > release.version) THEN
        RETURN 'newer version';
    END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'scheduled' AND other.goes_out_at >= instant) THEN
        RETURN 'before the earlier version';
    END IF;

    IF EXISTS (SELECT FROM sharing_statisticsverdict AS verdict
               WHERE verdict.release_id = wanted AND (verdict.loss ->> 'before')::bigint IS DISTINCT FROM (
                   SELECT other.id FROM sharing_release AS other
                   WHERE other.dataset_id = release.dataset_id AND other.academic_year <= release.academic_year
                     AND other.state IN ('scheduled', 'stopped')
                   ORDER BY other.academic_year DESC, other.version DESC LIMIT 1)) THEN
        RETURN 'prepared beside another';
    END IF;

    UPDATE sharing_release SET state = 'scheduled', goes_out_at = instant, scheduled_at = clock_timestamp(),
        scheduled_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END
$$;

-- Postpones a release that is not out. The day announced first stays in the calendar, with the reason (R22).
CREATE OR REPLACE FUNCTION portal_postpone_release(wanted bigint, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF release.goes_out_at < clock_timestamp() + interval '1 minute' THEN RETURN 'too late'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET state = 'checked', goes_out_at = NULL, scheduled_at = NULL, scheduled_by = '',
        announced_for = coalesce(announced_for, goes_out_at), put_off_because = why
    WHERE id = wanted;
    RETURN 'done';
END
$$;

-- Withdraws a release that is not out, and says why. Not while a newer version of the comparators contains it.
CREATE OR REPLACE FUNCTION portal_withdraw_release(wanted bigint, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state IN ('withdrawn', 'stopped') THEN RETURN 'moved on'; END IF;
    IF release.state = 'scheduled' AND release.goes_out_at < clock_timestamp() + interval '1 minute' THEN
        RETURN 'too late';
    END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    -- Waits for a version that is being prepared from this one, in the same way that two files of one dataset wait for
    -- each other.
    PERFORM FROM sharing_dataset WHERE id = release.dataset_id AND slug = 'comparators' FOR SHARE;
    IF EXISTS (SELECT FROM sharing_release AS other JOIN sharing_dataset AS stream ON stream.id = dataset_id
               WHERE slug = 'comparators' AND other.dataset_id = release.dataset_id
                 AND other.academic_year = release.academic_year AND other.version > release.version
                 AND other.state NOT IN ('withdrawn', 'stopped')
                 AND (other.state <> 'scheduled' OR other.goes_out_at > clock_timestamp())) THEN
        RETURN 'held by a newer version';
    END IF;
    UPDATE sharing_release SET state = 'withdrawn', announced_for = coalesce(announced_for, goes_out_at),
        goes_out_at = NULL, withdrawn_at = clock_timestamp(), withdrawn_because = why,
        withdrawn_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE id = wanted;
    RETURN 'done';
END
$$;

-- What an officer needs to check a release that nobody may read yet: counts of figures, and no establishment's name.
CREATE OR REPLACE FUNCTION portal_release_contents(wanted bigint)
RETURNS TABLE(measure_id bigint, establishments bigint, areas bigint, figures bigint, numbers bigint, small bigint,
    symbols jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT figure.measure_id, count(DISTINCT figure.establishment_id), count(DISTINCT nullif(figure.area, '')),
           count(*), count(figure.value), count(*) FILTER (WHERE figure.is_small),
           (SELECT coalesce(jsonb_object_agg(symbol, times), '{}') FROM (
                SELECT symbol, count(*) AS times FROM sharing_figure AS other
                WHERE other.release_id = wanted AND other.measure_id = figure.measure_id AND symbol > ''
                GROUP BY symbol) AS counted)
    FROM sharing_figure AS figure WHERE release_id = wanted AND portal_keeps_releases()
    GROUP BY figure.measure_id
$$;

-- How a version differs from an earlier one, measure by measure: counts, and no establishment's name.
CREATE OR REPLACE FUNCTION portal_release_differences(wanted bigint, earlier bigint)
RETURNS TABLE(measure_id bigint, added bigint, gone bigint, differ bigint, biggest numeric[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- The calendar, for anybody who has a place at either site (R22; docs/adr/0042). The day announced first, and why it is
-- not kept, stay until the release or a later version is out, or for 30 days if it will not be published.
CREATE OR REPLACE FUNCTION portal_coming_releases()
RETURNS TABLE(dataset_id bigint, academic_year smallint, version smallint, goes_out_at timestamp with time zone,
    announced_for timestamp with time zone, because character varying, is_withdrawn boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT release.dataset_id, release.academic_year, release.version, release.goes_out_at, release.announced_for,
           CASE WHEN release.state = 'withdrawn' THEN withdrawn_because ELSE put_off_because END,
           release.state = 'withdrawn'
    FROM sharing_release AS release
    WHERE CASE release.state
            WHEN 'scheduled' THEN release.goes_out_at > now()
            WHEN 'checked' THEN release.announced_for IS NOT NULL AND NOT EXISTS (
                SELECT FROM sharing_release AS later
                WHERE later.dataset_id = release.dataset_id AND later.academic_year = release.academic_year
                  AND later.version > release.version AND later.goes_out_at <= now())
            WHEN 'withdrawn' THEN greatest(release.announced_for, withdrawn_at) > now() - interval '30 days'
                                  AND release.announced_for IS NOT NULL
            ELSE false END
      AND EXISTS (SELECT FROM portal_establishments('view_establishment'))
$$;

-- Whoever writes: which step may follow which. What is out never changes, except that it can be stopped and shown
-- again, and that it forgets the file it came from once the report of that file is disposed of.
CREATE OR REPLACE FUNCTION sharing_release_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a release begins as prepared' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.goes_out_at <= clock_timestamp()
       AND (OLD.state, NEW.state) IN (('scheduled', 'stopped'), ('stopped', 'scheduled'))
       AND to_jsonb(OLD) - ARRAY['state', 'stopped_at', 'stopped_because', 'stopped_by_id', 'stopped_by']
           = to_jsonb(NEW) - ARRAY['state', 'stopped_at', 'stopped_because', 'stopped_by_id', 'stopped_by'] THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) || '{"came_from_id": null}' = to_jsonb(NEW) THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('scheduled', 'stopped') AND OLD.goes_out_at <= clock_timestamp() THEN
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
           'prepared>prepared', 'prepared>checked', 'prepared>scheduled', 'prepared>withdrawn',
           'checked>checked', 'checked>scheduled', 'checked>withdrawn',
           'scheduled>scheduled', 'scheduled>checked', 'scheduled>withdrawn')
    THEN
        RAISE EXCEPTION 'a release cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER release_rules BEFORE INSERT OR DELETE OR UPDATE ON sharing_release
    FOR EACH ROW EXECUTE FUNCTION sharing_release_rules();

-- Figures, and everything that belongs to protected statistics, change only while their release is being prepared.
CREATE OR REPLACE FUNCTION sharing_figure_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Somebody who checks the release waits until these figures are committed, and these figures wait for somebody who
    -- is checking.
    PERFORM 1 FROM sharing_release WHERE id IN (SELECT release_id FROM touched) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM sharing_release WHERE state <> 'prepared' AND id IN (SELECT release_id FROM touched)) THEN
        RAISE EXCEPTION 'figures change only while their release is being prepared' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER figures_added AFTER INSERT ON sharing_figure
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER figures_deleted AFTER DELETE ON sharing_figure
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticscell_added AFTER INSERT ON sharing_statisticscell
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticscell_changed AFTER UPDATE ON sharing_statisticscell
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticscell_deleted AFTER DELETE ON sharing_statisticscell
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticscell_moved AFTER UPDATE ON sharing_statisticscell
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsdimension_added AFTER INSERT ON sharing_statisticsdimension
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsdimension_changed AFTER UPDATE ON sharing_statisticsdimension
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsdimension_deleted AFTER DELETE ON sharing_statisticsdimension
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsdimension_moved AFTER UPDATE ON sharing_statisticsdimension
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsrules_added AFTER INSERT ON sharing_statisticsrules
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsrules_changed AFTER UPDATE ON sharing_statisticsrules
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsrules_deleted AFTER DELETE ON sharing_statisticsrules
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsrules_moved AFTER UPDATE ON sharing_statisticsrules
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticstable_added AFTER INSERT ON sharing_statisticstable
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticstable_changed AFTER UPDATE ON sharing_statisticstable
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticstable_deleted AFTER DELETE ON sharing_statisticstable
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticstable_moved AFTER UPDATE ON sharing_statisticstable
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsverdict_added AFTER INSERT ON sharing_statisticsverdict
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsverdict_changed AFTER UPDATE ON sharing_statisticsverdict
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsverdict_deleted AFTER DELETE ON sharing_statisticsverdict
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();
CREATE OR REPLACE TRIGGER sharing_statisticsverdict_moved AFTER UPDATE ON sharing_statisticsverdict
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sharing_figure_rules();

-- Whoever writes: a measure that has figures keeps what its numbers mean.
CREATE OR REPLACE FUNCTION sharing_measure_rules()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sharing_figure WHERE measure_id = OLD.id) THEN
        RAISE EXCEPTION 'a measure with figures keeps its unit and its denominator' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER measure_rules BEFORE UPDATE OF code, unit, denominator ON sharing_measure
    FOR EACH ROW WHEN ((OLD.code, OLD.unit, OLD.denominator) IS DISTINCT FROM (NEW.code, NEW.unit, NEW.denominator))
    EXECUTE FUNCTION sharing_measure_rules();

GRANT EXECUTE ON FUNCTION portal_readable, portal_releases_out, portal_keeps_releases, portal_releases_of_areas,
    portal_small_figures, portal_check_release, portal_schedule_release, portal_postpone_release,
    portal_withdraw_release, portal_release_contents, portal_release_differences, portal_coming_releases
    TO portal_app, portal_batch;
