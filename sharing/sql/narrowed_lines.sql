-- Figures from which somebody with a narrowed line could subtract (R11, R35).
--
-- Somebody who sees the pupils of some year groups can count all of those. A figure for all pupils of the school, minus
-- their own, would give a figure for the others. And the figure of an area, minus those of its other schools, is that
-- of the school. So neither is shown to them, where this portal has counted it.

-- Where the asker sees the pupils of some year groups only, including under an earlier URN.
CREATE OR REPLACE FUNCTION portal_narrowed_lines()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH narrowed AS (
        SELECT establishment_id AS id FROM sharing_held_by_asker('view_pupils') AS held
        WHERE year_groups <> '{}' AND NOT EXISTS (
            SELECT FROM sharing_held_by_asker('view_pupils') AS whole
            WHERE whole.establishment_id = held.establishment_id AND whole.year_groups = '{}'))
    SELECT id FROM narrowed UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM narrowed))
$$;

-- The releases that this portal has counted itself. Returned only to people with a narrowed line: everybody else has
-- nothing to subtract.
CREATE OR REPLACE FUNCTION portal_counted_releases()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT release.id
    FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE NOT stream.is_published_elsewhere AND EXISTS (SELECT FROM portal_narrowed_lines())
$$;

GRANT EXECUTE ON FUNCTION portal_narrowed_lines, portal_counted_releases TO portal_app, portal_batch;
