-- What the web application may do with the service's own records (A17).
--
-- It reads them all, and writes two things: that emails could not be sent, and a comparison of the two sites. So
-- somebody who breaks into a page cannot pretend that the ledger was verified or a backup made. Of the queues it learns
-- only numbers.

-- Adds to the number of emails that could not be sent. Emails are given up one by one: those within a day of the last
-- time are added up.
CREATE OR REPLACE FUNCTION portal_post_failed(number integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO sharing_servicerun AS known (name, started_at, ended_at, outcome, about)
    VALUES ('post', clock_timestamp(), clock_timestamp(), 'failed', jsonb_build_object('failed', greatest(number, 0)))
    ON CONFLICT (name) DO UPDATE SET
        started_at = excluded.started_at, ended_at = excluded.ended_at, outcome = 'failed',
        about = jsonb_build_object(
            'failed', greatest(number, 0)
                      + CASE WHEN known.ended_at > excluded.ended_at - interval '1 day'
                             THEN (known.about ->> 'failed')::int ELSE 0 END)
$$;

-- How much of each kind is waiting for the worker, and since when. `failed`, for emails: those that were tried in vain,
-- and will be tried again. A disposal has no state of its own while it is in hand.
CREATE OR REPLACE FUNCTION portal_service_queues()
RETURNS TABLE(name text, waiting bigint, running bigint, failed bigint, oldest timestamp with time zone)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'imports', count(*) FILTER (WHERE state IN ('uploaded', 'to_apply')),
           count(*) FILTER (WHERE state IN ('checking', 'applying')),
           count(*) FILTER (WHERE state = 'failed' AND at > now() - interval '7 days'),
           min(at) FILTER (WHERE state IN ('uploaded', 'to_apply'))
    FROM sharing_import
    UNION ALL
    SELECT 'reports', count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'making'),
           count(*) FILTER (WHERE state = 'failed' AND asked_at > now() - interval '7 days'),
           min(asked_at) FILTER (WHERE state = 'waiting')
    FROM sharing_report
    UNION ALL
    SELECT 'downloads', count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'making'),
           count(*) FILTER (WHERE state = 'failed' AND asked_at > now() - interval '7 days'),
           min(asked_at) FILTER (WHERE state = 'waiting')
    FROM sharing_download
    UNION ALL
    SELECT 'statistics', count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'working'),
           count(*) FILTER (WHERE state = 'failed' AND asked_at > now() - interval '7 days'),
           min(asked_at) FILTER (WHERE state = 'waiting')
    FROM sharing_statisticsrequest
    UNION ALL
    SELECT 'disposals', count(*) FILTER (WHERE is_due AND NOT is_begun), count(*) FILTER (WHERE is_due AND is_begun),
           count(*) FILTER (WHERE state = 'failed' AND done_at > now() - interval '7 days'),
           min(coalesce(decided_at, asked_at)) FILTER (WHERE is_due AND NOT is_begun)
    FROM sharing_disposal,
         LATERAL (SELECT state IN ('asked', 'approved') AS is_due, tries > 0 OR gone > 0 AS is_begun) AS how
    UNION ALL
    SELECT 'letters', count(*), 0, count(*) FILTER (WHERE tries > 0), min(written_at)
    FROM access_register_waitingletter
$$;

-- How many releases are to come, and when the next one does.
CREATE OR REPLACE FUNCTION portal_service_releases()
RETURNS TABLE(coming bigint, next timestamp with time zone)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), min(goes_out_at) FROM sharing_release WHERE state = 'scheduled' AND goes_out_at > now()
$$;

GRANT EXECUTE ON FUNCTION portal_post_failed, portal_service_queues, portal_service_releases
    TO portal_app, portal_batch;
