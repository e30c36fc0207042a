-- What somebody with a narrowed line could subtract from (R11, R35).
--
-- Whoever sees the pupils of some year groups counts them in whole. A figure of all pupils of the school, less their
-- own, would be one of the others; and one of an area, less those of its other schools, is that of the school. So
-- both are out of their reach, where this portal has counted them.

-- Where the asker sees the pupils of some year groups alone, also under an earlier URN.
CREATE OR REPLACE FUNCTION portal_narrowed_lines()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH narrowed AS (
        SELECT establishment_id AS id FROM sharing_held_by_asker('view_pupils') AS held
        WHERE year_groups <> '{}' AND NOT EXISTS (
            SELECT FROM sharing_held_by_asker('view_pupils') AS whole
            WHERE whole.establishment_id = held.establishment_id AND whole.year_groups = '{}'))
    SELECT id FROM narrowed UNION ALL SELECT id FROM portal_earlier(ARRAY(SELECT id FROM narrowed))
$$;

-- What this portal has counted itself. Told to narrowed lines alone: for everybody else there is nothing to compare.
CREATE OR REPLACE FUNCTION portal_counted_releases()
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT release.id
    FROM sharing_release AS release JOIN sharing_dataset AS stream ON stream.id = release.dataset_id
    WHERE NOT stream.is_published_elsewhere AND EXISTS (SELECT FROM portal_narrowed_lines())
$$;

GRANT EXECUTE ON FUNCTION portal_narrowed_lines, portal_counted_releases TO portal_app, portal_batch;
