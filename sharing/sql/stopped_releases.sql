-- Published figures that are stopped at once (R11, R22, R44; docs/adr/0042).
--
-- One information manager stops what is out of a dataset and year, in every version: otherwise the version before would
-- be shown again. Stopped is a state, so whatever asks for releases that are out finds none, policies included. But
-- what they said has been read. So whole numbers whose place a stopped protected one takes stay withheld, and open
-- statistics made later are tried beside it. Another manager shows them again, or a later version comes out.

-- The release, if it is out. Locks all its versions of that year together, always in the same order.
CREATE OR REPLACE FUNCTION portal_take_out_release(wanted bigint)
RETURNS sharing_release LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken sharing_release;
BEGIN
    IF NOT sharing_manages_duties() THEN RETURN NULL; END IF;
    PERFORM 1 FROM sharing_release AS each, sharing_release AS wished
    WHERE wished.id = wanted AND each.dataset_id = wished.dataset_id AND each.academic_year = wished.academic_year
    ORDER BY each.id FOR UPDATE OF each;
    SELECT * INTO taken FROM sharing_release WHERE id = wanted AND goes_out_at <= clock_timestamp();
    RETURN taken;
END
$$;

-- Stops everything that is out of the dataset and year. A version of the comparators that waits for its day holds the
-- same figures, so it is put off.
CREATE OR REPLACE FUNCTION portal_stop_release(wanted bigint, why text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'scheduled' THEN RETURN 'moved on'; END IF;
    IF trim(why) = '' THEN RETURN 'no reason'; END IF;
    UPDATE sharing_release SET
        state = 'stopped', stopped_at = now(), stopped_because = why, stopped_by_id = portal_asker(),
        stopped_by = (SELECT name FROM access_register_person WHERE id = portal_asker())
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'scheduled' AND goes_out_at <= clock_timestamp();
    UPDATE sharing_release SET
        state = 'checked', goes_out_at = NULL, scheduled_at = NULL, scheduled_by = '',
        announced_for = coalesce(announced_for, goes_out_at), put_off_because = why
    WHERE dataset_id = (SELECT id FROM sharing_dataset WHERE id = release.dataset_id AND slug = 'comparators')
      AND academic_year = release.academic_year AND state = 'scheduled';
    RETURN 'done';
END
$$;

-- Another manager shows again what was stopped at the same time. An earlier version never takes the place of a later
-- one that is stopped.
CREATE OR REPLACE FUNCTION portal_show_release_again(wanted bigint)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE release sharing_release := portal_take_out_release(wanted);
BEGIN
    IF release.id IS NULL THEN RETURN 'nothing there'; END IF;
    IF release.state <> 'stopped' THEN RETURN 'moved on'; END IF;
    IF release.stopped_by_id = portal_asker() THEN RETURN 'stopped by you'; END IF;
    IF EXISTS (SELECT FROM sharing_release AS other
               WHERE other.dataset_id = release.dataset_id AND other.academic_year = release.academic_year
                 AND other.state = 'stopped' AND other.version > release.version
                 AND other.stopped_at <> release.stopped_at) THEN
        RETURN 'a later one is stopped';
    END IF;
    UPDATE sharing_release SET
        state = 'scheduled', stopped_at = NULL, stopped_because = '', stopped_by_id = NULL, stopped_by = ''
    WHERE dataset_id = release.dataset_id AND academic_year = release.academic_year
      AND state = 'stopped' AND stopped_at = release.stopped_at;
    RETURN 'done';
END
$$;

GRANT EXECUTE ON FUNCTION portal_stop_release, portal_show_release_again TO portal_app;
