-- The figures of an establishment from before it had its URN (R3, R31, A2; docs/adr/0041).
--
-- It is the same establishment: whoever can read its figures of today can read the earlier ones in the same way, and
-- nobody can read more. An earlier URN speaks for the releases of school years that were over when it closed, and for
-- those whose day was not after its last one. For all others, the URN that followed speaks.

-- The earlier URNs of these establishments, and how many steps back each is.
CREATE OR REPLACE FUNCTION portal_earlier(places bigint[])
RETURNS TABLE(id bigint, place bigint, steps integer) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT before.id, before.goes_on_as_id AS place, 1 AS steps
        FROM sharing_establishment AS before
        WHERE before.goes_on_as_id = ANY (places)
        UNION ALL
        SELECT before.id, chain.place, chain.steps + 1
        FROM chain JOIN sharing_establishment AS before ON before.goes_on_as_id = chain.id
    ) CYCLE id SET is_cycle USING path
    SELECT id, place, steps FROM chain WHERE NOT is_cycle
$$;

-- These establishments under every URN they have or had.
CREATE OR REPLACE FUNCTION sharing_under_any_urn(places bigint[])
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE same AS (
        SELECT unnest(places) AS id
        UNION
        SELECT other.id FROM same CROSS JOIN LATERAL (
            SELECT before.id FROM sharing_establishment AS before WHERE before.goes_on_as_id = same.id
            UNION ALL
            SELECT place.goes_on_as_id FROM sharing_establishment AS place
            WHERE place.id = same.id AND place.goes_on_as_id IS NOT NULL) AS other)
    SELECT id FROM same
$$;

-- For which published releases an earlier URN speaks.
CREATE OR REPLACE FUNCTION portal_history(places bigint[])
RETURNS TABLE(place bigint, earlier bigint, release bigint, steps integer)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT chain.place, chain.id, release.id, chain.steps
    FROM portal_earlier(places) AS chain
    JOIN sharing_establishment AS before ON before.id = chain.id
    JOIN sharing_release AS release
      ON release.state = 'scheduled' AND release.goes_out_at <= now()
     AND (release.as_of <= before.close_date
          OR release.academic_year < extract(year FROM before.close_date + 1)
             - CASE WHEN extract(month FROM before.close_date + 1) < 9 THEN 1 ELSE 0 END)
$$;

GRANT EXECUTE ON FUNCTION portal_earlier, portal_history TO portal_app, portal_batch;
GRANT EXECUTE ON FUNCTION sharing_under_any_urn TO portal_batch;
